package quota

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// maxLimits is how many limits a resource can have: one for each key or burst
// of it and window.
const maxLimits = 16

// Set is the limits of one resource. It is immutable; a reload makes a new one
// that goes on with the same counts.
type Set struct {
	base *limits
	apps map[access.AppID]*limits
}

// limits are those of a resource for one app, narrow before wide.
type limits struct{ rows []row }

// row is a Limit made ready.
type row struct {
	Limit
	of       *numbered
	name     string // in the RateLimit fields
	policy   string // the limit's item in RateLimit-Policy
	window   int64  // ns
	interval int64  // ns a call weighs in a burst's bucket
	capacity int64  // ns the bucket holds: N intervals
}

// Set makes the limits of a resource. perApp replaces them for single apps,
// kind by kind: an app that is given member limits keeps the resource's
// application and burst limits. Of several limits of one key and window the
// smallest holds. Limits are numbered by resource, key, window and burst, so
// counts go on over a reload, also if N was changed.
func (l *Limiter) Set(resource string, of []Limit, perApp map[access.AppID][]Limit) *Set {
	s := &Set{base: l.limits(resource, of)}
	for app, own := range perApp {
		if s.apps == nil {
			s.apps = make(map[access.AppID]*limits, len(perApp))
		}
		s.apps[app] = l.limits(resource, Override(of, own))
	}
	return s
}

func (s *Set) of(app access.AppID) *limits {
	if s == nil {
		return nil
	}
	if own, found := s.apps[app]; found {
		return own
	}
	return s.base
}

// Override puts own in the place of those in base that are of the same kind.
func Override(base, own []Limit) []Limit {
	out := slices.Clone(own)
	for _, b := range base {
		if !slices.ContainsFunc(own, func(o Limit) bool { return o.kind() == b.kind() }) {
			out = append(out, b)
		}
	}
	return out
}

// kinds are in the order in which limits are taken: narrow before wide.
type kind uint8

const (
	memberKind kind = iota
	appKind
	memberBurst
	appBurst
)

// kindNames are the policy names of the RateLimit fields.
var kindNames = [...]string{memberKind: "member", appKind: "app", memberBurst: "member-burst", appBurst: "burst"}

func (l Limit) kind() kind {
	switch {
	case l.Burst && l.Key == Member:
		return memberBurst
	case l.Burst:
		return appBurst
	case l.Key == Member:
		return memberKind
	}
	return appKind
}

func (l *Limiter) limits(resource string, of []Limit) *limits {
	of = slices.Clone(of)
	slices.SortFunc(of, func(a, b Limit) int {
		return cmp.Or(cmp.Compare(a.kind(), b.kind()), cmp.Compare(a.Window, b.Window), cmp.Compare(a.N, b.N))
	})
	of = slices.CompactFunc(of, func(a, b Limit) bool { return a.kind() == b.kind() && a.Window == b.Window })
	out := &limits{rows: make([]row, 0, len(of))}
	for _, limit := range of {
		id := l.number(limitID{resource, limit.Key, limit.Window, limit.Burst})
		out.rows = append(out.rows, newRow(limit, id, policyName(limit, of)))
	}
	return out
}

func newRow(limit Limit, of *numbered, name string) row {
	r := row{Limit: limit, of: of, name: name, window: limit.Window.Seconds() * int64(time.Second)}
	r.interval = max(1, r.window/max(1, limit.N))
	r.capacity = r.interval * max(0, limit.N)
	r.policy = policyOf(&r)
	return r
}

// policyName is the limit's kind, and the window too where of has several of
// the kind: "app", or "app-day" beside "app-minute".
func policyName(limit Limit, of []Limit) string {
	name := kindNames[limit.kind()]
	for _, other := range of {
		if other.kind() == limit.kind() && other.Window != limit.Window {
			return name + "-" + strings.ToLower(limit.Window.String())
		}
	}
	return name
}

// policyOf is an item of the List of draft-ietf-httpapi-ratelimit-headers §3:
// "app";q=100;w=86400.
func policyOf(r *row) string {
	b := appendName(nil, r.name)
	b = strconv.AppendInt(append(b, ";q="...), r.N, 10)
	b = strconv.AppendInt(append(b, ";w="...), r.Window.Seconds(), 10)
	return string(b)
}

// appendName appends a String of RFC 9651 §3.3.3; names need no escapes.
func appendName(dst []byte, name string) []byte {
	dst = append(dst, '"')
	dst = append(dst, name...)
	return append(dst, '"')
}
