package route

import (
	"slices"

	"github.com/candor-gateway/candor/internal/ascii"
)

// checkedOf finds a route that refuses, for what a call is and not for who calls, what r has taken: the path of all is read alike.
func checkedOf(all []folding, r *Route, method []byte) *Route {
	for i := range all {
		s := &all[i]
		if !s.couldHave(r) {
			continue
		}
		own := s.leaf.route(method)
		if own == nil && s.route.Modes[CheckMethod] == Enforce {
			return s.route
		}
		if own != nil && own == s.route && own.checksMore(r) {
			return own
		}
	}
	return nil
}

// passesBy reports whether a call that the planned route takes, of whatever method, could pass a check of the folded one by.
func (p *planned) passesBy(s folding) bool {
	return s.couldHave(p.route) && (s.route.checksMore(p.route) || s.route.Modes[CheckMethod] == Enforce && p.takesBeside(s.leaf))
}

// takesBeside reports whether the route takes a method that a path lacks.
func (p *planned) takesBeside(l *leaf) bool {
	if len(p.methods) == 0 {
		return l.every == nil
	}
	return slices.ContainsFunc(p.methods, func(method string) bool { return l.route([]byte(method)) == nil })
}

// checksUnlike reports whether one of two routes may refuse a call, for what it is, that the other takes.
func (p *planned) checksUnlike(o *planned) bool {
	if a, other := p.route.API, o.route.API; a != other && (a.Modes[CheckPath] == Enforce || other.Modes[CheckPath] == Enforce) {
		return true // of a path that it does not know
	}
	return p.route.checksMore(o.route) || o.route.checksMore(p.route) || p.route.Modes[CheckMethod] != o.route.Modes[CheckMethod] || !slices.Equal(p.methods, o.methods)
}

// checksMore reports whether a call may be let through by r and not by s, for what it is and not for who calls.
func (s *Route) checksMore(r *Route) bool {
	own, other := &s.Body, &r.Body
	for check, more := range [...]bool{
		CheckVersion:   s.Version != nil && !s.Version.like(r.Version),
		CheckQuota:     s.QuotaName != "" && (s.QuotaName != r.QuotaName || s.Resource != r.Resource),
		CheckLength:    own.LengthRequired && !other.LengthRequired || own.Max > 0 && (other.Max == 0 || other.Max > own.Max),
		CheckMediaType: len(own.Types) > 0 && !other.takesNoMoreThan(own),
		CheckBody:      own.CheckJSON && !other.CheckJSON,
	} {
		if more && s.Modes[check] == Enforce {
			return true
		}
	}
	return false
}

// takesNoMoreThan reports whether whatever a body may be is taken by the other, too.
func (b *Body) takesNoMoreThan(other *Body) bool {
	for _, t := range b.Types {
		if !other.Takes([]byte(t)) { // a family, as text/*, is taken by itself and by */* alone
			return false
		}
	}
	return len(b.Types) > 0
}

// like reports whether two say the same of versions.
func (v *Versions) like(other *Versions) bool {
	return v == other || other != nil && ascii.EqualFold([]byte(v.Header), []byte(other.Header)) && v.Status == other.Status && v.span == other.span && slices.Equal(v.list, other.list)
}
