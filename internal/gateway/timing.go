package gateway

import "github.com/candor-gateway/candor/internal/heads"

// tellTiming adds to the head of an answer where the time of its call went, where the route says so or the call has asked for it. Who may not know of a route is not told
// by this either.
func tellTiming(x *exchange) {
	r := x.call.Match.Route
	if !x.debug && (r == nil || !r.ServerTiming || !x.call.MayKnowRoute()) {
		return
	}
	t, s := timingOf(x), &x.entry.Stations
	t.Admit = s.Admit
	if s.Admit > 0 && s.Connect >= s.Admit {
		t.Connect = s.Connect - s.Admit
	}
	if s.FirstByte > 0 {
		t.Upstream = s.FirstByte - max(s.Connect, s.Admit)
	}
	x.scratch.head = x.heads().AppendServerTiming(x.scratch.head, &t)
}

// timingOf has what every call has: the time of its head, and of all.
func timingOf(x *exchange) (t heads.Timing) {
	mono, from := x.g.o.Clock.Mono(), x.begun
	if began := x.from.Began(); began > 0 {
		from = began
		t.Head = (x.begun - began) / 1e3
	}
	t.Total = max(1, (mono-from)/1e3)
	return t
}
