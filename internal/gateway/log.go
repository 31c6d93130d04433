package gateway

import (
	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/tally"
	"github.com/candor-gateway/candor/problem"
)

// log writes the call's line and counts it, after its answer was written.
func (x *exchange) log() {
	x.attempt.release(&x.g.held, x.call.Peer.Addr)
	e, c := &x.entry, &x.call
	mono := x.g.o.Clock.Mono()
	x.ended = mono
	from := x.begun
	if began := x.from.Began(); began > 0 {
		from = began
		e.Stations.Head = (x.begun - began) / 1e3
	}
	e.Stations.Done = (mono - from) / 1e3
	e.In, e.Out = x.from.Counts()
	if err := x.from.Err(); err != nil {
		e.Note = err.Error()
	}
	if to := x.g.o.Tally; to != nil {
		t := countOf(e, c)
		to.Count(x.from.Peer().Number, &t)
		countWould(to, x.from.Peer().Number, c)
	}
	countUsage(x)
	if x.g.o.Access == nil && x.g.o.Sink == nil && x.g.o.Recorder == nil {
		return
	}
	switch {
	case c.Problem.Type == problem.PreflightDenied:
		e.Note = notePreflight(x.voice, &c.Problem)
	case c.Stricter != nil && c.Stricter.IsNowhere():
		e.Note = "read carelessly, the path is that of no route"
	case c.Problem.Detail == problem.DetailUpgrade:
		e.Note = "upgrade: [websocket] on the route lets it pass"
	case c.Stricter != nil:
		e.Note = notes[c.Match.Route != nil && c.Match.Route.Rewrite != nil] + c.Stricter.Name
	}
	noteStaged(x)
	e.Tolerated = wordsOf(x.scratch.words[0][:0], c.Tolerated)
	h := c.Head
	e.API = x.voice.Name
	if c.Match.API == nil {
		e.API = ""
	}
	if r := c.Match.Route; r != nil && !r.Unlisted {
		e.Route = r.Name
		switch {
		case r.Rewrite == nil:
		case len(r.Rewrite.Shown) > 0 && len(x.attempt.target()) > 0:
			e.UpstreamTarget = r.Rewrite.Shown
		default:
			e.UpstreamTarget = x.attempt.target()
		}
	}
	if app := c.Caller.App; app != nil {
		e.App = app.Name
	}
	if m := c.Caller.Member; m != nil {
		e.Member = m.Subject
	}
	e.Method, e.Target = h.Method.Of(h.Buf), h.Target.Of(h.Buf)
	if h.Len > 0 || h.Minor > 0 { // else it may not have been read
		e.Version = versions[min(h.Minor, 1)]
	}
	e.RequestID = heads.ClientID(h)
	noteWould(x)
	if e.Problem != "" {
		x.noteCause()
		e.WouldPass = wordsOf(x.scratch.words[1][:0], c.WouldPass)
		e.UserAgent = h.Get(http1.UserAgent)
		e.Spellings = x.voice.LinkedIn
	}
	if x.g.o.Recorder != nil {
		record(x)
	}
	if to := x.g.o.Access; to != nil {
		x.scratch.text = e.AppendJSON(x.scratch.text[:0])
		to.Append(x.scratch.text)
	}
	if x.g.o.Sink != nil {
		tell(x)
	}
}

// wordsOf appends the words of what is tolerated.
func wordsOf(dst []string, a route.Accept) []string {
	if a == 0 {
		return nil
	}
	words := route.AcceptWords()
	for i := range a.All() {
		dst = append(dst, words[i])
	}
	return dst
}

// notes begin what is said of a path that belongs to a stricter route, by whether it was rewritten.
var notes = map[bool]string{false: "read carelessly, the path is one of ", true: "rewritten, and read carelessly, the path is one of "}

var versions = [...]string{"HTTP/1.0", "HTTP/1.1"}

// countOf is what is counted of a call.
func countOf(e *accesslog.Entry, c *admission.Call) tally.Call {
	t := tally.Call{Route: tally.NoRoute, Status: e.Status, ByUpstream: e.ByUpstream, Micros: e.Stations.Done, In: e.In, Out: e.Out, Tolerated: uint16(c.Tolerated)}
	if r := c.Match.Route; r != nil && !r.Unlisted {
		t.Route = r.Number
	}
	if e.Problem != "" {
		t.Problem = uint8(typeOf(e, &c.Problem))
	}
	return t
}

// typeOf is the type of what the log names; a forwarded answer's may have been noted after the call's own.
func typeOf(e *accesslog.Entry, p *problem.Problem) problem.Type {
	if p.Type.Name() == e.Problem {
		return p.Type
	}
	t, _ := problem.ByName(e.Problem)
	return t
}
