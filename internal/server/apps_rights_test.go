package server_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
)

// appRights is what of an app an authorization server goes by.
type appRights struct {
	own, refresh bool
	introspect   []string
}

func rightsOf(a admin.AppAnswer) appRights {
	return appRights{a.ApplicationTokens, a.RefreshTokens, a.Introspect}
}

// TestRightsOfANewApp: what is said, and else what is usual by the profile of the authorization server, or of all where there is none.
func TestRightsOfANewApp(t *testing.T) {
	const www, oauth = "version: 1\n", "version: 1\nprofile: linkedin\nwww: {address: \"127.0.0.1:0\", public_url: \"http://127.0.0.1:8081\"}\noauth: {profile: standard}\n"
	for name, c := range map[string]struct {
		file  string
		asked admin.AppRequest
		want  appRights
	}{
		"usual":                        {www, admin.AppRequest{}, appRights{true, true, nil}},
		"public":                       {www, admin.AppRequest{Public: true}, appRights{false, true, nil}},
		"in the linkedin profile":      {www + "profile: linkedin\n", admin.AppRequest{}, appRights{true, false, nil}},
		"with a standard server":       {oauth, admin.AppRequest{}, appRights{true, true, nil}},
		"without anything":             {www, admin.AppRequest{AppRights: admin.AppRights{ApplicationTokens: new(false), RefreshTokens: new(false)}}, appRights{false, false, nil}},
		"public, no tokens of its own": {www, admin.AppRequest{Public: true, AppRights: admin.AppRights{ApplicationTokens: new(false)}}, appRights{false, true, nil}},
		"looks into an API":            {www, admin.AppRequest{Introspect: []string{"people", "people"}}, appRights{true, true, []string{"people"}}},
	} {
		i := newStage(t).start("version: 1\n", c.file)
		c.asked.Name, c.asked.Owners = "shop", []string{"ada@example.com"}
		if diff := cmp.Diff(c.want, rightsOf(create(t, i, c.asked)), cmp.AllowUnexported(appRights{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// TestRightsChange: each by itself, and what is not said stays.
func TestRightsChange(t *testing.T) {
	s := newStage(t)
	i := s.start()
	create(t, i, shop)
	is := appRights{true, true, nil}
	for _, c := range []struct {
		asked admin.AppChange
		want  func(*appRights)
	}{
		{admin.AppChange{AppRights: admin.AppRights{ApplicationTokens: new(false)}}, func(r *appRights) { r.own = false }},
		{admin.AppChange{AppRights: admin.AppRights{RefreshTokens: new(false)}}, func(r *appRights) { r.refresh = false }},
		{admin.AppChange{Introspect: &[]string{"people"}}, func(r *appRights) { r.introspect = []string{"people"} }},
		{admin.AppChange{AppRights: admin.AppRights{ApplicationTokens: new(true)}}, func(r *appRights) { r.own = true }},
		{admin.AppChange{Introspect: &[]string{}}, func(r *appRights) { r.introspect = nil }},
	} {
		c.want(&is)
		if diff := cmp.Diff(is, rightsOf(change(t, i, "shop", c.asked)), cmp.AllowUnexported(appRights{})); diff != "" {
			t.Errorf("%+v: -want +got\n%s", c.asked, diff)
		}
	}
}
