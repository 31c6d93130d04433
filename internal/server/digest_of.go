package server

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/usage"
)

// appLimits are the limits of an app for resources that it called.
type appLimits func(app string, resources []string) []digest.Limit

// limitsOf are those of an hour or a day: what is left of shorter ones says nothing a moment later.
func limitsOf(limiter *quota.Limiter, table *route.Table, apps access.Apps, now time.Time) appLimits {
	return func(app string, resources []string) (all []digest.Limit) {
		told := &usage.Report{App: app}
		for _, name := range resources {
			told.Resources = append(told.Resources, usage.Resource{Resource: name})
		}
		addLimits(told, limiter, table, apps.Named(app), now)
		for i := range told.Resources {
			of := &told.Resources[i]
			for _, l := range of.Limits {
				if l.Used != nil && (l.Window == quota.Hour.String() || l.Window == quota.Day.String()) {
					all = append(all, digest.Limit{Resource: of.Resource, Window: l.Window, Used: *l.Used, Most: l.Limit})
				}
			}
		}
		return all
	}
}

// calledToday are the resources that each app called in the UTC day of now.
func calledToday(counts []requestlog.Count, now time.Time) map[string][]string {
	midnight, called := now.UTC().Truncate(24*time.Hour), map[string][]string{}
	for i := range counts {
		c := &counts[i]
		if !c.Hour.Before(midnight) && c.App != "" && c.Resource != "" && !slices.Contains(called[c.App], c.Resource) {
			called[c.App] = append(called[c.App], c.Resource)
		}
	}
	return called
}

// taken are the revisions that are known, by number: the last, and those that routes have been served by since.
func (r *revisions) taken() []digest.Revision {
	if r == nil || r.Last.Number == 0 {
		return nil
	}
	all := map[int]*digest.Revision{r.Last.Number: {Number: r.Last.Number, At: r.Last.At}}
	add := func(route string, by revision) {
		if all[by.Number] == nil {
			all[by.Number] = &digest.Revision{Number: by.Number, At: by.At}
		}
		all[by.Number].Routes = append(all[by.Number].Routes, route)
	}
	for name, of := range r.Routes {
		add(name, of.Last)
		for _, before := range of.Before {
			add(name, before.Last)
		}
	}
	told := make([]digest.Revision, 0, len(all))
	for _, rev := range slices.SortedFunc(maps.Values(all), func(a, b *digest.Revision) int { return cmp.Compare(a.Number, b.Number) }) {
		told = append(told, *rev)
	}
	return told
}
