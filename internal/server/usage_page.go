package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/problem"
)

// failuresShown is how many failures stand on a page.
const failuresShown = 20

// usagePage shows how an app is used: the one that is asked for, else the first.
func usagePage(v *visit, r *http.Request, who *onlooker) *problem.Problem {
	page, err := v.www.s.usageView(r.Context(), who, r.URL.Query(), pages.Path)
	if err != nil {
		return v.broken("show the usage of an app", err)
	}
	page.Site, page.Signed = v.site.entrance.page, true
	status := http.StatusOK
	if page.App == "" && r.URL.Query().Has(people.FieldApp) {
		v.oauth, status = "no_app", http.StatusNotFound
	}
	return v.show(status, page)
}

func usageAt(app string) string {
	if app == "" {
		return people.UsagePath
	}
	return people.UsagePath + "?" + url.Values{people.FieldApp: {app}}.Encode()
}

// usageView is the page of an app that an onlooker may see. What is another's is as unknown as what never was: there is no app on it.
func (s *Server) usageView(ctx context.Context, who *onlooker, query url.Values, reference string) (people.Usage, error) {
	v := people.Usage{Now: s.o.Now().UTC(), Apps: slices.Sorted(slices.Values(who.apps))}
	if who.operator {
		all, err := s.Apps(ctx)
		if err != nil {
			return v, err
		}
		v.Apps = namesOf(all)
	}
	app := query.Get(people.FieldApp)
	switch {
	case !query.Has(people.FieldApp) && len(v.Apps) > 0:
		app = v.Apps[0]
	case app == "" || !who.operator && !slices.Contains(v.Apps, app):
		return v, nil
	}
	told, err := s.Usage(ctx, app)
	if f, is := errors.AsType[*admin.Fault](err); is && f.Status == http.StatusNotFound {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	addUsage(&v, told, reference)
	return v, s.addFailures(ctx, &v, who, query.Get(people.FieldCursor))
}

func namesOf(all []admin.App) (names []string) {
	for i := range all {
		names = append(names, all[i].Name)
	}
	return names
}

// addUsage is a report as the page shows it.
func addUsage(v *people.Usage, told *usage.Report, reference string) {
	v.App, v.Now, v.Used, v.Notes = told.App, told.Time, used(&told.Did, reference), told.Notes
	for i := range told.Resources {
		r := &told.Resources[i]
		of := people.UsedResource{Name: r.Resource, Used: used(&r.Did, reference)}
		for j := range r.Limits {
			of.Limits = append(of.Limits, limitView(&r.Limits[j]))
		}
		for _, m := range r.Throttled {
			of.Throttled = append(of.Throttled, people.Ended{Problem: m.Member, Calls: m.Calls})
		}
		v.Resources = append(v.Resources, of)
	}
	for i := range told.Hours {
		h := &told.Hours[i]
		v.Plot.Hours = append(v.Plot.Hours, people.UsedHour{Time: h.Time, Used: used(&h.Did, reference)})
	}
	v.Disabled, v.Products, v.Scopes = told.Rights.Disabled, told.Rights.Products, told.Rights.Scopes
	for _, u := range told.Rights.ScopeUses {
		v.Asked = append(v.Asked, people.ScopeUse(u))
	}
}

func used(d *usage.Did, reference string) people.Used {
	u := people.Used{Calls: d.Calls, LetThrough: d.LetThrough, Repeated: d.Repeated, Failed: d.Failed}
	for _, e := range d.Errors {
		ended := people.Ended{Problem: e.Problem, Calls: e.Calls}
		if reference != "" && isProblem(e.Problem) {
			ended.Href = reference + "/" + e.Problem
		}
		u.Errors = append(u.Errors, ended)
	}
	return u
}

func limitView(l *usage.Limit) people.Limit {
	v := people.Limit{Quota: l.Quota, Window: strings.ToLower(l.Window), Limit: l.Limit, PerMember: l.PerEach}
	if l.Left != nil && l.Used != nil && l.ResetsAt != nil {
		v.Known, v.Used, v.Left, v.ResetsAt = true, *l.Used, *l.Left, *l.ResetsAt
	}
	return v
}

// addFailures lists what failed today, from a cursor on. One that cannot be read is that of the first page.
func (s *Server) addFailures(ctx context.Context, v *people.Usage, who *onlooker, cursor string) error {
	f := requestlog.Filter{App: v.App, Since: v.Now.Truncate(24 * time.Hour), Most: failuresShown}
	f.Before, v.Later = callid.Parse(cursor)
	page, err := s.lookup().list(ctx, &f, who.tell)
	if err != nil {
		return fmt.Errorf("list the failures of an app: %w", err)
	}
	v.Next = page.Next
	for _, r := range page.Requests {
		if r.Problem == "" && r.Status < http.StatusBadRequest { // somebody wanted to see it
			continue
		}
		v.Failures = append(v.Failures, people.Failure{ID: r.RequestID, Call: callOf(r), End: endOf(r), Time: r.Time})
	}
	return nil
}
