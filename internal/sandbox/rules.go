package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// mostRules bounds how many rules there are at once.
const mostRules = 64

// rules are what POST /v1/faults has set, in their order: the first one that is for a call decides about it, but where its rate spares the call. All methods are safe for
// concurrent use.
type rules struct {
	mu  sync.Mutex
	all []*rule
	n   atomic.Int32 // of all, so that calls without rules take no lock
}

// rule is one at work.
type rule struct {
	Rule
	faults  []fault       // of Sequence, or the one of Fault; the zero one is ok
	least   time.Duration // of the latency
	most    time.Duration
	opens   time.Duration // of the window, since it was set
	closes  time.Duration // 0: never
	set     time.Time
	rand    *rand.Rand
	matched int
	staged  int // "ok" of a sequence included
	drew    map[string]int
}

// facts are what a rule can ask of a call.
type facts struct {
	app, member, route, method, token string
	refused                           bool // the gateway refuses it anyway
}

// drawn is what a rule has drawn for one call.
type drawn struct {
	fault
	name    string // as FaultHeader takes it; "ok", or "" where there is only a latency
	rule    string
	latency time.Duration
	spared  bool // by its rate: it is for the next rule to decide
}

// ok is what a sequence calls a call that is left alone.
const ok = "ok"

// String is how an answer names it: "throttled; rule=NAME; latency=200ms".
func (d *drawn) String() string {
	latency := "latency=" + d.latency.String()
	switch {
	case d.name == "":
		return latency + "; rule=" + d.rule
	case d.latency > 0:
		return d.name + "; rule=" + d.rule + "; " + latency
	}
	return d.name + "; rule=" + d.rule
}

// none reports whether there are no rules.
func (r *rules) none() bool { return r.n.Load() == 0 }

// draw is what becomes of a call, by the first rule that is for it and does not spare it; nil: nothing is staged.
func (r *rules) draw(f *facts, now time.Time) *drawn {
	r.mu.Lock()
	defer r.mu.Unlock()
	var spared *drawn
	for _, one := range r.all {
		if !one.isFor(f) || one.state(now) != active {
			continue
		}
		d := one.draw()
		if !d.spared {
			return d
		}
		if spared == nil {
			spared = d
		}
	}
	return spared
}

// isFor reports whether all that the rule asks of a call is so.
func (r *rule) isFor(f *facts) bool {
	m := &r.Match
	if f.refused && !r.isForRefused() || strings.HasPrefix(f.route, oauthAPI) && m.Route == "" { // the authorization server fails only by name
		return false
	}
	return (m.App == "" || m.App == f.app) && (m.Member == "" || m.Member == f.member) && (m.Route == "" || m.Route == f.route) &&
		(m.Method == "" || m.Method == f.method) && (m.token == "" || m.token == f.token)
}

// isForRefused reports whether the rule is also for calls that do not come to the upstream: it names a token, which may be one that is never good, and does nothing
// that only the upstream can do.
func (r *rule) isForRefused() bool {
	return r.Match.token != "" && !slices.ContainsFunc(r.faults, func(f fault) bool { return f.mischief != noMischief }) && len(r.faults) > 0
}

// state is whether the rule is for calls now.
type state string

const (
	waiting state = "waiting" // its window is not open yet
	active  state = "active"
	over    state = "over" // its window has closed, its count is used up, or its sequence has ended
)

func (r *rule) state(now time.Time) state {
	age := now.Sub(r.set) // by the monotonic clock: POST /v1/clock does not move it
	switch {
	case r.closes > 0 && age >= r.closes, r.Count > 0 && r.staged >= r.Count, len(r.Sequence) > 0 && !r.Repeat && r.staged >= len(r.Sequence):
		return over
	case age < r.opens:
		return waiting
	}
	return active
}

// draw takes the rule's next turn. What it draws depends on its seed and the order of its calls alone.
func (r *rule) draw() *drawn {
	r.matched++
	d := &drawn{rule: r.Name, name: ok}
	if r.Rate != nil && r.rand.Float64() >= *r.Rate {
		r.drew[ok]++
		d.spared = true
		return d
	}
	switch {
	case len(r.Sequence) > 0:
		at := r.staged % len(r.Sequence)
		d.name, d.fault = r.Sequence[at], r.faults[at]
	case r.Fault != "":
		d.name, d.fault = r.Fault, r.faults[0]
	default:
		d.name = ""
	}
	if r.staged++; d.name != ok {
		d.latency = r.holds()
	}
	r.drew[d.counted()]++
	return d
}

// holds draws a latency, in whole milliseconds where there is a choice.
func (r *rule) holds() time.Duration {
	choices := int64((r.most-r.least)/time.Millisecond) + 1
	return r.least + time.Duration(r.rand.Int64N(choices))*time.Millisecond
}

// counted is the name under which a draw is counted.
func (d *drawn) counted() string {
	if d.name == "" {
		return "latency"
	}
	return d.name
}

// add sets rules, all of them or none: one whose name is there already takes its place, and begins anew. It reports whether all are new.
func (r *rules) add(some []*rule) (fresh bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.all)
	fresh = true
	for _, one := range some {
		if one.Name == "" {
			one.Name = unused(all, some)
		}
		if at := slices.IndexFunc(all, func(there *rule) bool { return there.Name == one.Name }); at >= 0 {
			all[at], fresh = one, false
			continue
		}
		all = append(all, one)
	}
	if len(all) > mostRules {
		return false, fmt.Errorf("there can be %d rules at once, and these would make %d", mostRules, len(all))
	}
	r.keep(all)
	return fresh, nil
}

// unused is a name for a rule that was given none.
func unused(lists ...[]*rule) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("rule-%d", n)
		if !slices.ContainsFunc(slices.Concat(lists...), func(r *rule) bool { return r.Name == name }) {
			return name
		}
	}
}

func (r *rules) keep(all []*rule) {
	r.all = all
	r.n.Store(int32(len(all)))
}

// remove removes the rule of a name, or all where that is "", and tells how many went.
func (r *rules) remove(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.all)
	r.keep(slices.DeleteFunc(slices.Clone(r.all), func(one *rule) bool { return name == "" || one.Name == name }))
	return before - len(r.all)
}

// told are all rules with what became of them by now.
func (r *rules) told(now time.Time) []Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Told, 0, len(r.all))
	for _, one := range r.all {
		all = append(all, one.told(now))
	}
	return all
}

// toldOne is one of them.
func (r *rules) toldOne(one *rule, now time.Time) Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	return one.told(now)
}

func (r *rule) told(now time.Time) Told {
	return Told{Rule: r.Rule, State: string(r.state(now)), Matched: r.matched, Drew: maps.Clone(r.drew)}
}
