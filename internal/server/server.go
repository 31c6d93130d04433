// Package server is a running Candor: a configuration becomes a policy, listeners, certificates; it is reloaded, and drained. serve, observe, sandbox and
// tests start this. It is the only room that knows all others.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/tally"
	"github.com/candor-gateway/candor/internal/usage"
)

// Options are what a Candor is started with beside its configuration. The zero value works.
type Options struct {
	Log             *slog.Logger // nil: Own, or silent
	Own             *Log         // the process's own log, if a reload may change how it speaks
	Stdout, Stderr  io.Writer    // where an access log to stdout or stderr goes; nil: the process's own
	Version, Commit string
	// Observed is the configuration whose keys and store are read, and never written, to verify credentials with; nil: there is none.
	Observed *config.Config
	// Sink is told of each call when it is over; nil: nobody is.
	Sink gateway.Sink
	// Load reads the configuration again, for `candor reload`; nil: there is nothing to read.
	Load func() (*config.Config, error)
	// Now and NewID make exact answers for tests; nil: the time, a random id.
	Now   func() time.Time
	NewID func(unixMilli int64) callid.ID
	// Passwords is what one costs to hash: in a test of something else account.Least.
	Passwords account.Cost
	// Pages makes those of the errors; nil: pages.New.
	Pages   func(pages.Options) (*pages.Site, error)
	Sandbox Sandbox // what only the sandbox has
	// Sockets are those that systemd has handed over. One that no listener's address fits is a *SocketError.
	Sockets handover.Pool
	// TakeOver takes sockets, store and lock from the instance that runs with the same data folder, where there is one. The configuration must be good.
	TakeOver bool
	kept     handover.Pool // the sockets of an instance that starts again
	// Portable uses the plain connection loop where a faster one exists, too.
	Portable bool
}

// Server is a Candor at work. All methods are safe for concurrent use.
type Server struct {
	o       Options
	log     *slog.Logger
	clock   *clock.Clock
	buffers buffer.Lender
	core    *core
	limiter *quota.Limiter
	numbers *route.Numbers
	calls   *tally.Calls
	totals  totals
	access  *accesslog.Log
	// requests keeps what happened to calls that failed. It opens its store in the background.
	requests *requestlog.Log
	usage    *usage.Counts
	debug    *requestlog.Debug
	cache    *cache.Store // of answers, of all routes; outlives reloads
	// passwords hashes those of accounts: for commands and for pages, so that together they take no more cores than there are.
	passwords *account.Hasher
	gateway   *gateway.Gateway

	mu    sync.Mutex // one reload or shutdown at a time
	cfg   *config.Config
	known known
	// keptRevisions are those that the data folder has; nil: none.
	keptRevisions *revisions
	issuers       []*issuer.Issuer // those of the policy at work
	retired       []*issuer.Issuer // those that only calls of earlier policies may still ask
	external      external
	listeners     []*listener
	www           *www // nil: off
	attempts      *account.Attempts
	// adminListener is the operator's address, before and while admin serves it.
	adminListener *net.TCPListener
	admin         *admin.Server
	socket        *admin.Server
	accepting     sync.WaitGroup // listeners
	work          sync.WaitGroup // housekeeping
	stop          context.CancelFunc
	begin         func()             // accepts calls and keeps house
	stopHouse     context.CancelFunc // no more housekeeping
	before        *before            // the process that was taken over from; nil: none
	handing       handing
	unsaved       trouble // of the checkpoint
	unswept       trouble // of the sweep of the store
	singly        singly  // tokens that were taken back one by one
	unnoted       trouble // of the last uses of grants
	scopes        scopeUses
	counted       oauthCounts
	fault         chan error // of a listener that died; one is kept
	ended         chan struct{}
	err           error // of the end, where it was not Shutdown that ended it
	draining      atomic.Bool
	lingered      atomic.Int64 // nanoseconds
}

// Start runs a Candor by cfg: when it returns, all listeners accept. ctx bounds the start alone; Shutdown ends it. What was opened is closed again if it
// fails. With Options.TakeOver, ctx bounds the take-over: where it ends before calls are served here, the other instance serves on.
func Start(ctx context.Context, cfg *config.Config, o Options) (s *Server, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	switch {
	case o.Log == nil && o.Own != nil:
		o.Log = o.Own.Logger
	case o.Log == nil:
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Server{
		o: o, log: o.Log, clock: clock.New(time.Now).Since(time.Since), numbers: &route.Numbers{}, calls: tally.New(runtime.GOMAXPROCS(0)), cfg: cfg,
		passwords: newHasher(o.Passwords), attempts: account.NewAttempts(), fault: make(chan error, 1), ended: make(chan struct{}),
		unsaved: trouble{
			fails: "the counters of quotas cannot be saved, and a crash would forget what is counted from now on; trying each second until it succeeds",
			well:  "the counters of quotas are saved again",
		},
		handing: handing{orphaned: make(chan struct{})},
		unswept: trouble{fails: "the store cannot be swept; trying each minute until it succeeds", well: "the store is swept again"},
		unnoted: trouble{fails: "it cannot be kept when grants were used last; trying each minute until it succeeds", well: "the last uses of grants are kept again"},
	}
	s.warn(cfg)
	defer func() { //nolint:contextcheck // what was opened is closed, also where ctx has ended
		if err != nil {
			err = errors.Join(err, s.giveUp())
			s = nil
		}
	}()
	// First what makes nothing and is most likely to fail, so that a start that fails leaves nothing behind.
	if err = s.askBefore(ctx); err != nil {
		return s, err
	}
	asked := ctx
	if o.TakeOver { // what is begun on the way is not left half done
		ctx = context.WithoutCancel(ctx)
	}
	if err = s.lookAround(); err != nil {
		return s, err
	}
	if err = s.listen(ctx, cfg); err != nil {
		return s, err
	}
	ups, byName, err := s.upstreams(cfg)
	if err != nil {
		return s, err
	}
	if err = s.takePlace(asked); err != nil {
		return s, err
	}
	if s.core, err = openCore(ctx, cfg, o.Now()); err != nil {
		return s, err
	}
	if o.Observed != nil {
		if err = s.readKept(ctx, o.Observed); err != nil {
			return s, err
		}
	}
	s.sayWhatIsKept()
	if err = s.count(ctx, cfg); err != nil {
		return s, err
	}
	if s.access, err = s.openLog(cfg); err != nil {
		return s, err
	}
	policy, k, err := s.policy(ctx, cfg, ups, byName)
	if err != nil {
		return s, err
	}
	s.known = k
	s.usage = usage.New()
	s.debug = newDebug()
	s.cache = newCache(cfg)
	s.requests = s.newRequests() //nolint:contextcheck // ctx bounds the start alone
	s.gateway = gateway.New(policy, s.gatewayOptions(cfg))
	if err = s.takeWWW(ctx, cfg); err != nil {
		return s, err
	}
	if err = s.before.stopped(asked); err != nil {
		return s, err
	}
	if err = s.serveAdmin(ctx, cfg); err != nil {
		return s, err
	}
	s.warnOfCertificates(cfg)
	s.warnOfProducts(&k)
	s.takeIssuers(policy)
	s.prepareSigning()
	s.run() //nolint:contextcheck // ctx bounds the start alone
	s.requests.Begin()
	s.confirm()
	s.keepRevisions() // last: a start that fails leaves nothing behind
	return s, nil
}

// lookAround says what would keep this instance from starting. What another one has, and leaves in a moment, is looked at when it is taken.
func (s *Server) lookAround() error {
	if s.before != nil {
		return errors.Join(lookBeside(s.cfg)...)
	}
	return lookBefore(s.cfg, look)
}

// warn says what of a configuration is no mistake, but probably not what was meant.
func (s *Server) warn(cfg *config.Config) {
	for _, w := range cfg.Warnings {
		s.log.Warn(w.Text, "at", fmt.Sprintf("%s:%d:%d", w.File, w.Line, w.Column))
	}
}

// sayWhatIsKept says what of the data folder is new, or is done without.
func (s *Server) sayWhatIsKept() {
	if s.core.without != nil {
		s.log.Warn("there is no data folder and so no socket: candor reload cannot reach this instance; SIGHUP can", "error", s.core.without)
	}
	if s.core.kept && s.core.keys.Fresh() {
		s.log.Info("made a new key for tokens; tokens of an earlier data directory are invalid here", "keys", s.cfg.Tokens.Keys)
	}
}

// count makes the limiter and takes up the counts of the last run.
func (s *Server) count(ctx context.Context, cfg *config.Config) error {
	numbers := limitNumbers{known: map[string]uint32{}}
	s.limiter = quota.New(quota.Options{FailedPerMinute: failedPerMinute(cfg), Number: numbers.number, Rest: rest})
	counters, err := s.core.store.LoadCounters(ctx)
	if err != nil {
		return fmt.Errorf("load the counters: %w", err)
	}
	s.limiter.Restore(counters, s.o.Now().UnixNano())
	return nil
}

// failedPerMinute is how many failed credentials a client address has a minute, as the limiter takes it.
func failedPerMinute(cfg *config.Config) int64 {
	if cfg.Limits.FailedCredentials == 0 {
		return -1
	}
	return int64(cfg.Limits.FailedCredentials)
}

// limitNumbers numbers limits for the life of the process: what a store keeps of a count names it in full.
type limitNumbers struct {
	mu    sync.Mutex
	known map[string]uint32
}

func (n *limitNumbers) number(resource string, k quota.Key, w quota.Window, burst bool) uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := fmt.Sprint(resource, "\x00", k, "\x00", w, "\x00", burst)
	if _, ok := n.known[key]; !ok {
		n.known[key] = uint32(len(n.known))
	}
	return n.known[key]
}

// isStream reports whether the access log needs no file of its own.
func isStream(log string) bool {
	return slices.Contains([]string{"off", "", "stdout", "/dev/stdout", "stderr", "/dev/stderr"}, log)
}

func (s *Server) openLog(cfg *config.Config) (*accesslog.Log, error) {
	o := accesslog.Options{Log: s.log, Now: s.o.Now}
	switch cfg.Log.Access {
	case "off", "":
		return nil, nil
	case "stdout", "/dev/stdout": // to open it again would fail where it is a socket, and wait where it is a pipe
		if s.o.Stdout != nil {
			return accesslog.New(s.o.Stdout, o), nil
		}
		return accesslog.Open("stdout", o)
	case "stderr", "/dev/stderr":
		if s.o.Stderr != nil {
			return accesslog.New(s.o.Stderr, o), nil
		}
		return accesslog.Open("stderr", o)
	}
	return accesslog.Open(cfg.Log.Access, o)
}

func (s *Server) gatewayOptions(cfg *config.Config) gateway.Options {
	o := gateway.Options{
		Clock: s.clock, Buffers: &s.buffers, Log: s.log, Access: s.access, Sink: s.o.Sink, Tally: s.calls, Recorder: s.requests, Debug: s.debug, Usage: s.usage, Cache: s.cache, NewID: s.o.NewID, Stage: s.o.Sandbox.Stage,
		Connections: connections(cfg), PerAddress: cfg.Limits.PerAddress, Portable: s.o.Portable,
	}
	now := s.o.Now
	if !s.realTime() || s.o.Sandbox.Stage != nil { // whose clock is set forward on the way
		o.Now = func() int64 { return now().UnixNano() }
	}
	return o
}

// realTime reports whether the clock of this server is the machine's: then one reading serves limits and dates.
func (s *Server) realTime() bool {
	d := time.Since(s.o.Now())
	return d > -time.Second && d < time.Second
}
