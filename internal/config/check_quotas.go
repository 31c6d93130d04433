package config

import (
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/quota"
)

// base is what every app has of a quota.
func (r *reader) base(name string) []quota.Limit {
	for i := range r.cfg.Quotas {
		if r.cfg.Quotas[i].Name == name {
			return r.cfg.Quotas[i].Limits
		}
	}
	return nil
}

// checkQuota judges the limits of a quota, or those that one app has over a base.
func (r *reader) checkQuota(q *quota.Spec, base []quota.Limit, path ...any) {
	if len(q.Limits) == 0 && !r.failed(path...) {
		r.wrongAt("this quota limits nothing; give it app:, member: or burst:, as in {app: 5000/day}", path...)
	}
	if r.failed(path...) {
		return
	}
	for _, idle := range quota.IdleLimits(quota.Override(base, q.Limits)) {
		at, own := limitAt(q.Limits, idle.Limit)
		if !own {
			continue
		}
		r.warn(fmt.Sprintf("%s: %s can never bite: %s: %s is reached first", limitKey(idle.Limit), idle.Limit, limitKey(idle.Because), idle.Because),
			append(slices.Clone(path), at...)...)
	}
}

// limitAt is where a limit stands in its quota.
func limitAt(limits []quota.Limit, of quota.Limit) (at []any, found bool) {
	n := 0
	for _, l := range limits {
		if l == of {
			return []any{limitKey(of), n}, true
		}
		if limitKey(l) == limitKey(of) {
			n++
		}
	}
	return nil, false
}

func limitKey(l quota.Limit) string {
	switch {
	case l.Burst:
		return "burst"
	case l.Key == quota.Member:
		return "member"
	}
	return "app"
}

// checkUnused warns of quotas that no route names: nothing counts them.
func (r *reader) checkUnused() {
	used := map[string]bool{}
	for i := range r.cfg.APIs {
		for j := range r.cfg.APIs[i].Routes {
			used[r.cfg.APIs[i].Routes[j].Quota] = true
		}
	}
	for i := range r.cfg.Quotas {
		if name := r.cfg.Quotas[i].Name; !used[name] {
			r.warn(fmt.Sprintf("no route names the quota %s, so it limits nothing; name it with quota: there", quoted(name)), "quotas", name)
		}
	}
}
