package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// stage fails calls on purpose: those that ask for it themselves, and those that a rule is for. What a call asks for comes first.
type stage struct {
	rules rules
	now   func() time.Time // for windows: its monotonic reading counts

	mu      sync.Mutex
	pending map[string]*drawn // by the id of the call: what the upstream is to do with it
}

var _ gateway.Stage = (*stage)(nil)

// Asked is gateway.Stage's: a call that names a problem in FaultHeader is refused with it, right after its head is parsed.
func (s *stage) Asked(c *admission.Call) *gateway.Staged {
	field := c.Head.Find(faultField)
	if field == nil {
		return nil
	}
	value := string(bytes.TrimSpace(field))
	told := &gateway.Staged{Refuses: intercept(c.Head, &c.Problem), Proxy: proxies[c.Problem.Type]}
	if _, refusal := parseFault(value); refusal == faultKnown {
		told.Fields, told.Note = faultLines(c, value), stagedNote+value
	}
	return told
}

// Judged is gateway.Stage's: a rule may fail a call that is admitted. One that is refused anyway can meet a rule for its token alone.
func (s *stage) Judged(ctx context.Context, c *admission.Call, v admission.Verdict) *gateway.Staged {
	if s.rules.none() {
		return nil
	}
	d := s.rules.draw(factsOf(c, v), s.now())
	if d == nil {
		return nil
	}
	told := &gateway.Staged{Fields: faultLines(c, d.String()), Note: stagedNote + d.String()}
	if d.problem == problem.None {
		id := string(c.ID.AppendUUID(nil))
		s.hand(id, d)
		told.Over = func() { s.hand(id, nil) }
		return told
	}
	pause(ctx, d.latency)
	c.Problem = exampleAt(d.problem, c.At)
	told.Refuses, told.Outcome, told.Proxy = true, admission.Unsent, proxies[d.problem]
	if slices.Contains(reached[:], d.problem) {
		told.Outcome = admission.Sent
	}
	return told
}

// reached are the problems of which a real one has come to the upstream, so that the call counts.
var reached = [...]problem.Type{
	problem.EntityNotFound, problem.NotAcceptable, problem.Conflict, problem.Gone, problem.PreconditionFailed, problem.Unprocessable,
	problem.UpstreamBroke, problem.UpstreamInvalid, problem.GatewayTimeout, problem.UpstreamClientError, problem.UpstreamServerError, problem.InternalError,
}

// proxies are what Proxy-Status says of the catalogue's examples (RFC 9209 §2.3).
var proxies = map[problem.Type]string{
	problem.UpstreamUnreachable: "connection_refused", problem.UpstreamBroke: "connection_terminated", problem.UpstreamInvalid: "http_protocol_error",
	problem.GatewayTimeout: "connection_read_timeout", problem.InternalError: "proxy_internal_error",
}

// hand keeps what the upstream is to do with a call, or forgets it.
func (s *stage) hand(id string, d *drawn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d == nil {
		delete(s.pending, id)
		return
	}
	if s.pending == nil {
		s.pending = map[string]*drawn{}
	}
	s.pending[id] = d
}

func (s *stage) handed(id string) *drawn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pending[id]
}

// plays lets an upstream do what a rule has drawn for a call, as if the call had asked for it. Each attempt of a call meets the same.
func (s *stage) plays(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := s.handed(r.Header.Get("X-Request-Id"))
		if d == nil {
			next.ServeHTTP(w, r)
			return
		}
		if d.latency > 0 && !waited(r, d.latency) {
			return
		}
		if d.mischief != noMischief {
			r.Header.Set(FaultHeader, d.name)
		}
		next.ServeHTTP(w, r)
	})
}

// stagedNote begins what the log says of a call that fails on purpose.
const stagedNote = "staged by the sandbox: "

// faultField is FaultHeader as heads are searched for it.
const faultField = "x-sandbox-fault"

// faultLines name a fault in the head of an answer, where a script of another origin can read it, too.
func faultLines(c *admission.Call, name string) []byte {
	lines := FaultHeader + ": " + name + "\r\n"
	if c.Head.Get(http1.Origin) != nil {
		lines += "Access-Control-Expose-Headers: " + FaultHeader + "\r\n"
	}
	return []byte(lines)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// exampleAt is the catalogue's example, as it would be at unix ns.
func exampleAt(t problem.Type, at int64) problem.Problem {
	p, now := problem.Example(t), at/int64(time.Second)
	if p.ResetsAt != 0 {
		p.ResetsAt = now + int64(p.RetryAfter)
	}
	if p.ExpiredAt != 0 {
		p.ExpiredAt = now - int64(24*time.Hour/time.Second)
	}
	return p
}

// factsOf is what rules can ask of a call.
func factsOf(c *admission.Call, v admission.Verdict) *facts {
	f := &facts{refused: v == admission.Refuses, method: string(c.Head.Method.Of(c.Head.Buf)), token: tokenOf(c.Head)}
	if c.Match.Route != nil {
		f.route = c.Match.Route.Name
	}
	if c.Caller.App != nil {
		f.app = c.Caller.App.Name
	}
	if c.Caller.Member != nil {
		f.member = c.Caller.Member.Subject
	}
	return f
}

// tokenOf is the token that a call brings, wherever; "": none.
func tokenOf(h *http1.Head) string {
	if scheme, rest, found := bytes.Cut(h.Get(http1.Authorization), []byte(" ")); found && ascii.EqualFold(scheme, "bearer") {
		return string(bytes.TrimSpace(rest))
	}
	for pair := range bytes.SplitSeq(h.Query.Of(h.Buf), []byte("&")) {
		if name, value, _ := bytes.Cut(pair, []byte("=")); string(name) == "oauth2_access_token" || string(name) == "access_token" {
			return string(value)
		}
	}
	return ""
}
