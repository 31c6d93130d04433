package usage

import (
	"cmp"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// Report is what an app did today and in the last 24 hours, what its limits are, and what it may do. Its JSON is what /v1/usage tells.
type Report struct {
	App   string    `json:"app"`
	Time  time.Time `json:"time"`
	Since time.Time `json:"since"` // midnight UTC: today's calls are those from then on
	Did
	Resources []Resource `json:"resources"` // those that were called today, the most called first
	Hours     []Hour     `json:"hours"`     // the last 24, the present one last
	Rights    Rights     `json:"rights"`
	Notes     []string   `json:"notes,omitempty"` // what could not be told
}

// Did is how calls ended.
type Did struct {
	Calls      int64   `json:"calls"`
	LetThrough int64   `json:"let_through"` // of those: no limit has refused them
	Repeated   int64   `json:"repeated"`    // of those, at least: repeated an identical GET within a minute, whose answer had not changed
	Failed     int64   `json:"failed"`
	Errors     []Ended `json:"errors"` // the most frequent first
}

// Ended is how many calls ended in a problem.
type Ended struct {
	Problem string `json:"problem"`
	Calls   int64  `json:"calls"`
}

// Resource is what an app did with one.
type Resource struct {
	Resource string `json:"resource"` // "": none that the app may know of was found
	Did
	Limits    []Limit  `json:"limits"`
	Throttled []Member `json:"throttled_members,omitempty"` // whom a limit has refused, the most refused first; 20 at most
}

// Limit is one limit of a resource for the app.
type Limit struct {
	Quota    string     `json:"quota"` // application, member, burst
	Window   string     `json:"window"`
	Limit    int64      `json:"limit"`
	PerEach  bool       `json:"per_member,omitempty"` // each member has its own: there is no one number of what is left
	Used     *int64     `json:"used,omitempty"`
	Left     *int64     `json:"left,omitempty"`
	ResetsAt *time.Time `json:"resets_at,omitempty"` // when all of it is there again
}

// Member is how many calls of a member a limit has refused.
type Member struct {
	Member string `json:"member"` // other: of those that were not counted apart
	Calls  int64  `json:"calls"`
}

// Hour is what an app did in one.
type Hour struct {
	Time time.Time `json:"time"`
	Did
}

// Rights are what an app may do.
type Rights struct {
	Disabled  bool       `json:"disabled,omitempty"`
	Products  []string   `json:"products"`
	Scopes    []string   `json:"scopes"`
	ScopeUses []ScopeUse `json:"scope_uses"` // of the last 24 hours
}

// ScopeUse is what became of a scope that the app asked for.
type ScopeUse struct {
	Scope   string `json:"scope"` // "": all those together that there are not
	Asked   int64  `json:"asked"`
	Granted int64  `json:"granted"`
	Refused int64  `json:"refused"`
}

const (
	hoursTold     = 24
	mostThrottled = 20
)

// From is the hour from which on counts are needed for a report.
func From(now time.Time) time.Time {
	return now.UTC().Truncate(time.Hour).Add(-(hoursTold - 1) * time.Hour)
}

// Make makes a report of what was counted of an app since From. Limits and rights are the caller's to add.
func Make(app string, counts []requestlog.Count, now time.Time) *Report {
	now = now.UTC()
	first := From(now)
	r := &Report{
		App: app, Time: now.Truncate(time.Second), Since: now.Truncate(24 * time.Hour), Did: Did{Errors: []Ended{}}, Resources: []Resource{},
		Hours: make([]Hour, hoursTold), Rights: Rights{Products: []string{}, Scopes: []string{}, ScopeUses: []ScopeUse{}},
	}
	for i := range r.Hours {
		r.Hours[i] = Hour{Time: first.Add(time.Duration(i) * time.Hour), Did: Did{Errors: []Ended{}}}
	}
	for i := range counts {
		if c := &counts[i]; c.App == app && (c.Problem == "" || c.Problem[0] != '!') {
			r.add(c)
		}
	}
	r.sort()
	for i := range r.Hours {
		r.Hours[i].sort()
	}
	for i := range r.Resources {
		r.Resources[i].sort()
		slices.SortFunc(r.Resources[i].Throttled, func(a, b Member) int { return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Member, b.Member)) })
		r.Resources[i].Throttled = r.Resources[i].Throttled[:min(len(r.Resources[i].Throttled), mostThrottled)]
	}
	slices.SortFunc(r.Resources, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Resource, b.Resource))
	})
	return r
}

func (r *Report) add(c *requestlog.Count) {
	if i := int(c.Hour.Sub(r.Hours[0].Time) / time.Hour); i >= 0 && i < len(r.Hours) && !c.Hour.Before(r.Hours[0].Time) {
		r.Hours[i].add(c)
	}
	if c.Hour.Before(r.Since) || !c.Hour.Before(r.Since.Add(24*time.Hour)) { // the latter was counted while the clock was ahead
		return
	}
	r.Did.add(c)
	of := r.resource(c.Resource)
	of.add(c)
	if c.Problem != problem.Throttled.Name() || c.Member == "" {
		return
	}
	for i := range of.Throttled {
		if of.Throttled[i].Member == c.Member {
			of.Throttled[i].Calls += c.Calls
			return
		}
	}
	of.Throttled = append(of.Throttled, Member{c.Member, c.Calls})
}

// resource finds or makes the one of a name.
func (r *Report) resource(name string) *Resource {
	for i := range r.Resources {
		if r.Resources[i].Resource == name {
			return &r.Resources[i]
		}
	}
	r.Resources = append(r.Resources, Resource{Resource: name, Did: Did{Errors: []Ended{}}, Limits: []Limit{}})
	return &r.Resources[len(r.Resources)-1]
}

func (d *Did) add(c *requestlog.Count) {
	d.Calls += c.Calls
	d.Repeated += c.Repeated
	if c.Problem != problem.Throttled.Name() {
		d.LetThrough += c.Calls
	}
	if c.Problem == "" {
		return
	}
	d.Failed += c.Calls
	for i := range d.Errors {
		if d.Errors[i].Problem == c.Problem {
			d.Errors[i].Calls += c.Calls
			return
		}
	}
	d.Errors = append(d.Errors, Ended{c.Problem, c.Calls})
}

func (d *Did) sort() {
	slices.SortFunc(d.Errors, func(a, b Ended) int { return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Problem, b.Problem)) })
}
