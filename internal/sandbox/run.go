package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/problem"
)

// Options say how a sandbox is run.
type Options struct {
	// API, WWW, Admin and Demo are addresses to listen on; port 0 is any free one. "" is port 8080, 8081, 8082 or 8083, or the next that is free.
	API, WWW, Admin, Demo string
	Data                  string // a folder to keep things in; "" is a fresh temporary one, removed at the end
	Profile               problem.Profile
	JSON                  bool // print the content of sandbox.json, and nothing else

	Now             func() time.Time
	Log             *slog.Logger
	Version, Commit string
}

// Run runs a sandbox until ctx ends. When all of it accepts calls it writes sandbox.json and prints to out where it is and
// what to try. Nothing of it is left when Run returns, but what was kept in Options.Data.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	s := &sandbox{o: o, dir: o.Data, wall: wall{read: o.Now}, stage: stage{now: o.Now}, adminToken: newAdminToken()}
	defer func() { err = errors.Join(err, s.close(ctx)) }()
	if err := s.open(); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err := s.announce(ctx, out); err != nil {
		return err
	}
	return s.wait(ctx)
}

// sandbox is one that runs, or is on its way there or back.
type sandbox struct {
	o         Options
	dir       string
	at        places
	temporary bool
	up, demo  *side
	www       string // URL
	page      *page
	gateway   *server.Server
	ready     chan struct{} // closed when www and demo may answer
	stop      context.CancelFunc
	prepared  chan error     // what came of what is made beside; nil: nothing was begun
	keys      []developerKey // of the developers
	aside     bool           // a file of before may stand aside
	published published
	wall      wall
	stage     stage
	known     atomic.Pointer[known] // nil: nobody can direct the sandbox yet
	// adminToken is what /v1/faults and /v1/clock ask for.
	adminToken string
}

// open makes the folder.
func (s *sandbox) open() (err error) {
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "candor-sandbox-"); err != nil {
			return fmt.Errorf("make a folder for the sandbox: %w", err)
		}
		s.temporary = true
	} else if err = os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the sandbox: %w", err)
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return fmt.Errorf("find the folder of the sandbox: %w", err)
	}
	ahead, err := readClock(s.dir)
	if err != nil {
		return err
	}
	s.wall.ahead.Store(int64(ahead))
	s.aside = true
	return setAside(s.dir)
}

// begin takes the addresses. One that was free a moment ago may be taken by another program now, or by another sandbox that starts: then it looks again.
func (s *sandbox) begin(ctx context.Context) (err error) {
	const attempts = 5
	for n := 1; ; n++ {
		if s.at, err = s.o.place(func(address string) (bool, error) { return isTaken(ctx, address) }); err != nil {
			return err
		}
		err = s.start(ctx)
		lost, ok := errors.AsType[*server.ListenError](err)
		if !ok || !lost.Taken() || s.given(lost.Address) || n == attempts {
			return err
		}
	}
}

// given reports whether an address was asked for.
func (s *sandbox) given(address string) bool {
	return slices.Contains(s.o.given(), address)
}

// start brings up the upstream, the gateway before it, and the place of the demo.
func (s *sandbox) start(ctx context.Context) (err error) {
	s.closeSides() // of an attempt before
	if s.demo, err = listen(ctx, "demo", s.at.demo); err != nil {
		return err
	}
	if err = checkDemo(s.demo.url()); err != nil {
		return err
	}
	if s.up, err = listen(ctx, "upstream", "127.0.0.1:0"); err != nil {
		return err
	}
	www, err := server.Listen(ctx, s.at.www) // here, so that the configuration can say where it is
	if err != nil {
		return fmt.Errorf("for the page: %w", err)
	}
	s.www = urlOf(www.Addr().String())
	s.up.serve(s.stage.plays(misbehaving(api.New(api.Options{Now: s.wall.now, Pictures: s.www + "/pictures"}), s.wall.now)), s.o.Log)
	cfg, err := Config(Settings{
		API: s.at.api, Admin: s.at.admin, WWWAddress: s.at.www, WWW: s.www, Demo: s.demo.url(), Upstream: s.up.url(),
		Data: s.data(), AccessLog: filepath.Join(s.dir, "access.log"), Profile: s.o.Profile,
	})
	if err != nil {
		return errors.Join(err, www.Close())
	}
	s.page, s.ready = &page{}, make(chan struct{})
	further := map[string]http.Handler{}
	for _, at := range pagePaths {
		further[at] = s.page
	}
	s.gateway, err = server.Start(ctx, cfg, server.Options{
		Log: s.o.Log, Now: s.wall.now, Version: s.o.Version, Commit: s.o.Commit,
		Sandbox: server.Sandbox{Stage: &s.stage, Ahead: s.wall.offset(), Extras: s.extras(), Pages: further, Ready: s.ready, Fault: s.stage.oauthFault},
		Sockets: handover.Pool{{TCPListener: www, Address: s.at.www, For: handover.WWW}},
	})
	if err != nil {
		_ = www.Close() // a start that fails early has not taken it
	}
	return err
}

// wait waits for the end: the one that was asked for, or that of a listener that died.
func (s *sandbox) wait(ctx context.Context) error {
	died := make(chan error, 1)
	go func() { died <- s.gateway.Wait() }() // ends with Shutdown at the latest
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-died:
			return err
		case err := <-s.prepared:
			if err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// data is where the gateway keeps its state. What a temporary folder would lose at the end is kept in memory from the start.
func (s *sandbox) data() string {
	if s.temporary {
		return "none"
	}
	return s.dir
}

// announce mints the tokens and, once everything accepts calls, tells programs and people.
func (s *sandbox) announce(ctx context.Context, out io.Writer) error {
	if err := remove(asideName(s.dir)); err != nil { // the gateway runs, so the folder is ours
		return err
	}
	f, err := s.seed(ctx)
	if err != nil {
		return err
	}
	s.known.Store(knownOf(f, s.gateway.RouteNames()))
	lines, err := s.lines(f)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, FileName)
	s.page.html, err = newPage(pageFacts{
		File: f, Path: path, Resources: api.Resources(), Groups: grouped(lines), Mischiefs: mischiefsAbout(), Problems: problemNames(),
	})
	if err != nil {
		return err
	}
	s.prepare(ctx, f)
	encoded, err := s.publish(f)
	if err != nil {
		return err
	}
	if s.o.JSON {
		for _, m := range s.at.moved {
			s.o.Log.Warn(m)
		}
	} else {
		encoded = text(f, path, s.o.Profile, lines, s.at.moved)
	}
	if _, err := out.Write(encoded); err != nil {
		return fmt.Errorf("print where the sandbox is: %w", err)
	}
	return nil
}

// seed makes the tokens of sandbox.json.
func (s *sandbox) seed(ctx context.Context) (*File, error) {
	tokens, err := mintAll(ctx, s.gateway, s.wall.now())
	if err != nil {
		return nil, err
	}
	if tokens.Refresh, err = refreshOf(ctx, s.gateway, refreshMember, s.wall.now()); err != nil {
		return nil, err
	}
	developers := Developers()
	s.keys = withKeys(developers)
	return &File{
		API: urlOf(s.gateway.APIAddrs()[0]), WWW: s.www, Admin: urlOf(s.gateway.AdminAddr()), AdminToken: s.adminToken, Demo: s.demo.url(),
		Apps: Apps(s.demo.url()), Members: Members(), Developers: developers, Tokens: tokens,
	}, nil
}

func (s *sandbox) lines(f *File) ([]Line, error) {
	c, err := problem.New(problem.Options{Profile: s.o.Profile})
	if err != nil {
		return nil, fmt.Errorf("read the catalogue of problems: %w", err)
	}
	return append(Lines(f, c, s.o.Profile, s.wall.now()), directions(f)...), nil
}

// close takes everything back in the order in which it is missed least: first nobody is told of the sandbox any more.
func (s *sandbox) close(ctx context.Context) error {
	was, err := s.unpublish()
	errs := []error{err}
	if !was && s.aside {
		errs = append(errs, putBack(s.dir))
	}
	s.stopPreparing()
	if s.gateway != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		errs = append(errs, s.gateway.Shutdown(end))
	}
	s.closeSides()
	if s.temporary {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

func (s *sandbox) closeSides() {
	for _, side := range [...]*side{s.demo, s.up} {
		if side != nil {
			side.close()
		}
	}
	s.demo, s.up = nil, nil
}

// shutdownTime bounds the end of a sandbox: calls in flight have this long to finish.
const shutdownTime = 5 * time.Second
