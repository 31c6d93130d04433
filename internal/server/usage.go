package server

import (
	"context"
	"net/url"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/usage"
)

// Usage is what an app did today, what its limits are, and what it may do. *admin.Fault: there is no such app, or it cannot be read.
func (s *Server) Usage(ctx context.Context, app string) (*usage.Report, error) {
	all, err := s.Apps(ctx)
	if err != nil {
		return nil, err
	}
	now := s.o.Now()
	told, err := usageOf(ctx, s.requests, app, all, now)
	if err != nil {
		return nil, err
	}
	addLimits(told, s.limiter, s.gateway.Policy().Admission.Routes, s.gateway.Policy().Admission.Apps.Named(app), now)
	return told, nil
}

// askedUsage answers GET /v1/usage?app=NAME of the operator; without a name it tells which apps there are.
func (s *Server) askedUsage(ctx context.Context, query url.Values) (any, error) {
	for name := range query {
		if name != "app" {
			return nil, &admin.Fault{Status: 400, Message: "there is no parameter " + name + " here", Fix: "Send app alone, as in app=NAME."}
		}
	}
	if app := query.Get("app"); app != "" {
		return s.Usage(ctx, app)
	}
	all, err := s.Apps(ctx)
	if err != nil {
		return nil, err
	}
	names := usageApps{Apps: []string{}}
	for i := range all {
		names.Apps = append(names.Apps, all[i].Name)
	}
	return names, nil
}

// usageApps are the apps of which usage can be told.
type usageApps struct {
	Apps []string `json:"apps"`
}

// usageOf reads what was counted of an app, as far as it can be read just now.
func usageOf(ctx context.Context, log recordLog, app string, all []admin.App, now time.Time) (*usage.Report, error) {
	l := &lookup{log: log}
	l.settle(ctx)
	counts, err := log.Store().Counts(ctx, []string{app}, usage.From(now))
	if err != nil {
		return nil, notRead(err)
	}
	told := usage.Make(app, counts, now)
	for i := range all {
		if all[i].Name == app {
			told.Rights = rightsOf(&all[i])
			return told, nil
		}
	}
	if len(counts) == 0 {
		return nil, refusal(404, "there is no app %s; candor app list names all", app)
	}
	told.Notes = append(told.Notes, "There is no such app any more: this is what it did.")
	return told, nil
}

func rightsOf(a *admin.App) usage.Rights {
	r := usage.Rights{Disabled: a.Disabled || a.Gone, Products: orEmpty(a.Products), Scopes: orEmpty(a.Scopes), ScopeUses: []usage.ScopeUse{}}
	for _, u := range a.ScopeUses {
		r.ScopeUses = append(r.ScopeUses, usage.ScopeUse{Scope: u.Scope, Asked: u.Asked, Granted: u.Granted, Refused: u.Refused})
	}
	return r
}

// addLimits adds what is left of the limits of each resource that was called.
func addLimits(to *usage.Report, limiter *quota.Limiter, table *route.Table, app *access.App, now time.Time) {
	if app == nil {
		return
	}
	for i := range to.Resources {
		of := &to.Resources[i]
		seen := map[*quota.Set]bool{}
		for _, r := range table.Routes() {
			if of.Resource == "" || r.Resource != of.Resource || r.Quota == nil || seen[r.Quota] {
				continue
			}
			seen[r.Quota] = true
			var left quota.Result
			limiter.Peek(r.Quota, app.ID, 0, now.UnixNano(), &left)
			left.Each(func(l quota.Left) { addLimit(of, &l) })
		}
	}
}

func addLimit(to *usage.Resource, l *quota.Left) {
	told := usage.Limit{Quota: l.Quota(), Window: l.Window.String(), Limit: l.N, PerEach: l.Key == quota.Member}
	if l.Applies {
		used, at := max(0, l.N-l.Left), time.Unix(l.ResetsAt, 0).UTC()
		told.Used, told.Left, told.ResetsAt = &used, &l.Left, &at
	}
	for i := range to.Limits {
		if was := &to.Limits[i]; was.Quota == told.Quota && was.Window == told.Window && was.Limit == told.Limit && was.PerEach == told.PerEach {
			return
		}
	}
	to.Limits = append(to.Limits, told)
}

// usageNumbers say how much of the counting is missing.
func (s *Server) usageNumbers() []admin.Number {
	return []admin.Number{
		{Name: "candor_usage_lost_total", Help: "Calls that were counted by app and could not be kept: the request log was not written for too long.", Total: true, Value: func() float64 { return float64(s.usage.Lost()) }},
		{Name: "candor_repeats_unknown_total", Help: "Calls that were forgotten within a minute for want of room: as many repetitions at least may not have been seen.", Total: true, Value: func() float64 { return float64(s.usage.Repeats.Pushed()) }},
	}
}
