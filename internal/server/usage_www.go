package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// usagePaths are where developers see what their apps did.
var usagePaths = []wwwPath{{"/v1/usage", "www/usage", reading, looking(showUsage), nil, false}}

// showUsage tells of one app that the onlooker owns, or of which they may ask. Another's is unknown.
func showUsage(v *visit, r *http.Request, who *onlooker) *problem.Problem {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return queryProblem(err)
	}
	for name, sent := range values {
		switch {
		case name != "app":
			return parameterProblem(&requestlog.ParameterError{Name: name, Fault: requestlog.Unknown, Write: "app"})
		case len(sent) > 1:
			return parameterProblem(&requestlog.ParameterError{Name: name, Fault: requestlog.Repeated})
		}
	}
	s, app := v.www.s, values.Get("app")
	switch {
	case app == "" && who.operator:
		return v.tellApps(r.Context())
	case app == "":
		return v.tellJSON(usageApps{Apps: who.apps})
	case !who.operator && !slices.Contains(who.apps, app):
		return noApp()
	}
	told, err := s.Usage(r.Context(), app)
	if f, is := errors.AsType[*admin.Fault](err); is && f.Status == 404 {
		return noApp()
	}
	if err != nil {
		return v.broken("tell the usage of an app", err)
	}
	return v.tellJSON(told)
}

// tellApps tells an operator of which apps they may ask.
func (v *visit) tellApps(ctx context.Context) *problem.Problem {
	told, err := v.www.s.askedUsage(ctx, nil)
	if err != nil {
		return v.broken("list apps", err)
	}
	return v.tellJSON(told)
}

// noApp is the one answer of an app that there is not and of one that is somebody else's.
func noApp() *problem.Problem {
	return &problem.Problem{Type: problem.ResourceNotFound, Detail: problem.DetailNoApp}
}
