//go:build linux

package fault_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// asking is who calls: what of it a cache must tell apart.
type asking struct {
	name   string
	fields string // of the request
	query  string // behind the target
	app    string // that Candor knows; "": it takes no token of this caller's
	member string
	other  string // credentials that Candor does not look into
}

// hasCredential reports whether it is a call with credentials (RFC 9111 §3.5), in whichever place.
func (a *asking) hasCredential() bool { return a.app != "" || a.other != "" }

// isolating is an API with routes whose answers are kept in each mode, and who may call it so that an answer comes from the API.
type isolating struct {
	name, credentials string
	extra             string // keys of the API and its routes
	silent            bool   // the API is not told who calls
	takes             func(*asking) bool
}

func withToken(a *asking) bool { return a.app != "" }
func anyone(*asking) bool      { return true }

var isolated = []isolating{
	{"bearer", "bearer", "token_in_query: true", false, withToken},
	{"silent", "bearer", "token_in_query: true, headers: {app: off, member: off, scopes: off}", true, withToken},
	{"optional", "optional", "token_in_query: true", false, func(a *asking) bool { return !strings.Contains(a.fields, "Authorization: Basic") }},
	{"mute", "optional", "token_in_query: true, headers: {app: off, member: off, scopes: off}", true, func(a *asking) bool { return !strings.Contains(a.fields, "Authorization: Basic") }},
	{"public", "public", "", false, anyone},
}

func isolationConfiguration() string {
	var b strings.Builder
	b.WriteString(`
data: "DATA"
listeners: ["PLAIN"]
admin: {address: "ADMIN", token: 0123456789abcdef}
drain: {delay: 0s}
log: {access: "LOG"}
upstreams: {api: {targets: ["API"]}}
scopes: {r_profile: Read}
products: {profile: {scopes: [r_profile]}}
apps: [{name: demo, products: [profile]}, {name: other, products: [profile]}]
apis:
`)
	for _, api := range isolated {
		of := strings.NewReplacer("NAME", api.name, "CREDENTIALS", api.credentials, "EXTRA", api.extra)
		b.WriteString(of.Replace("  - {name: NAME, base: /NAME, upstream: api, credentials: CREDENTIALS, EXTRA, routes: [" +
			"{name: shared, path: /shared/**, cache: shared}, {name: own, path: /own/**, cache: per_principal}]}\n"))
	}
	return strings.ReplaceAll(b.String(), ", ,", ",")
}

// askers are those who call; their tokens are made by the instance.
func (s *scene) askers() []*asking {
	s.t.Helper()
	token := func(app, member string) string {
		made, err := s.operator.Mint(s.t.Context(), admin.MintRequest{App: app, Member: member, Scopes: []string{"r_profile"}})
		if err != nil {
			s.t.Fatal(err)
		}
		return made.Token
	}
	bearer := func(token string) string { return "Authorization: Bearer " + token + "\r\n" }
	ada, bob, adaAgain, demo := token("demo", "ada"), token("demo", "bob"), token("other", "ada"), token("demo", "")
	return []*asking{
		{name: "nobody"},
		{name: "nobody-else"},
		{name: "a-cookie", fields: "Cookie: session=a\r\n", other: "session=a"},
		{name: "another-cookie", fields: "Cookie: session=b\r\n", other: "session=b"},
		{name: "a-key", fields: "X-Api-Key: k\r\n", other: "k"},
		{name: "another-key", fields: "X-Api-Key: l\r\n", other: "l"},
		{name: "a-token", fields: "X-Auth-Token: t\r\n", other: "t"},
		{name: "another-token", fields: "X-Auth-Token: u\r\n", other: "u"},
		{name: "basic", fields: "Authorization: Basic YTpi\r\n", other: "a:b"},
		{name: "another-basic", fields: "Authorization: Basic YTpj\r\n", other: "a:c"},
		{name: "ada", fields: bearer(ada), app: "demo", member: "ada"},
		{name: "bob", fields: bearer(bob), app: "demo", member: "bob"},
		{name: "ada-by-another-app", fields: bearer(adaAgain), app: "other", member: "ada"},
		{name: "the-app", fields: bearer(demo), app: "demo"},
		{name: "ada-with-a-cookie", fields: bearer(ada) + "Cookie: session=a\r\n", app: "demo", member: "ada", other: "session=a"},
		{name: "the-app-for-alice", fields: bearer(demo) + "X-User-Token: alice\r\n", app: "demo", other: "alice"},
		{name: "the-app-for-carl", fields: bearer(demo) + "X-User-Token: carl\r\n", app: "demo", other: "carl"},
		{name: "ada-in-the-query", query: "&access_token=" + ada, app: "demo", member: "ada"},
		{name: "bob-in-the-query", query: "&access_token=" + bob, app: "demo", member: "bob"},
	}
}

// keepable are what an API says of its answer to caches: whether that is for others, too, where its caller had credentials.
var keepable = []struct {
	says   string
	shared bool // it says so
	never  bool // it may not be kept for anybody else in any case
	stale  bool // it can be used without the API once that is gone
	fresh  bool // it can be used at once
}{
	{"max-age=600", false, false, false, true},
	{"public,max-age=600", true, false, false, true},
	{"s-maxage=600", true, false, false, true},
	{"max-age=600,must-revalidate", true, false, false, true},
	{"private,max-age=600", false, true, false, false},
	{"no-store,max-age=600", false, true, false, false},
	{"max-age=0,stale-if-error=600", false, false, true, false},
	{"public,max-age=0,stale-if-error=600", true, false, true, false},
	{"max-age=0,stale-while-revalidate=600", false, false, false, false},
}

// may reports whether reader may be given what was answered to maker.
func (api *isolating) may(mode string, maker, reader *asking, shared, never bool) bool {
	known := api.credentials != "public" && (maker.app != "" || reader.app != "") // Candor knows who one of them is
	same := maker.app == reader.app && maker.member == reader.member
	switch {
	case maker == reader:
		return true
	case never:
		return false
	case known && mode == "own":
		return same && maker.other == reader.other
	case known && !api.silent && !same: // the API was told of one and not of the other
		return false
	}
	return shared || !maker.hasCredential() && !reader.hasCredential()
}

// keeps reports whether anything may come from the cache at all.
func (i *isolation) keeps() bool {
	return i.mode == "own" || keepable[i.says].shared || slices.ContainsFunc(i.askers, func(a *asking) bool { return !a.hasCredential() })
}

// isolation is a target that all call, one of them first.
type isolation struct {
	api    *isolating
	mode   string
	says   int // of keepable
	target string
	askers []*asking
	first  int
	hits   int
}

// each is every API, mode, answer and first caller.
func (s *scene) isolations(askers []*asking) (all []*isolation) {
	for i := range isolated {
		api := &isolated[i]
		var may []*asking
		for _, a := range askers {
			if api.takes(a) {
				may = append(may, a)
			}
		}
		for _, mode := range []string{"shared", "own"} {
			for says := range keepable {
				for first := range may {
					target := "/" + api.name + "/" + mode + "/" + s.number() + "?f=Cache-Control:" + keepable[says].says
					all = append(all, &isolation{api: api, mode: mode, says: says, target: target, askers: may, first: first})
				}
			}
		}
	}
	return all
}

// ask makes the call of one of them.
func (i *isolation) ask(c *caller, by *asking) (is told, err error) {
	c.write("GET " + i.target + by.query + " HTTP/1.1\r\nHost: api.example\r\nX-Who: " + by.name + "\r\n" + by.fields + "\r\n")
	return c.read("GET", nil)
}

// judge looks at what one of them got; gone: the API is.
func (i *isolation) judge(t *testing.T, by *asking, is told, err error, gone bool) {
	t.Helper()
	k := keepable[i.says]
	maker, found := strings.CutPrefix(is.Body, "for ")
	switch {
	case err == nil && gone && is.Status == 502:
		return
	case err != nil || is.Status != 200 || !found:
		t.Errorf("%s: %s got %+v, %v", i.target, by.name, is, err)
		return
	}
	if is.Age != "" {
		i.hits++
	}
	for _, a := range i.askers {
		if a.name == maker && !i.api.may(i.mode, a, by, k.shared, k.never) {
			t.Errorf("%s: %s got what was answered to %s (Cache-Status %s)", i.target, by.name, maker, is.CacheStatus)
		}
	}
}

// One caller's answer never reaches another, unless its API has said that it is for others: whoever asks first, in whichever mode, whether it is fresh, or stale since the
// API is gone, or asked for by all at once.
func TestIsolation(t *testing.T) {
	t.Parallel()
	s := newScene(t, isolationConfiguration())
	all := s.isolations(s.askers())
	round := func(gone bool) {
		c := s.connect()
		for _, i := range all {
			if gone && !keepable[i.says].stale {
				continue
			}
			for n := range i.askers {
				by := i.askers[(i.first+n)%len(i.askers)]
				is, err := i.ask(c, by)
				if i.judge(t, by, is, err, gone); err != nil {
					t.FailNow()
				}
			}
		}
	}
	round(false)
	round(false)
	expectHits(t, all, func(i *isolation) bool { return keepable[i.says].fresh })
	s.api.kill()
	round(true)
	expectHits(t, all, func(i *isolation) bool { return keepable[i.says].stale })
}

// expectHits expects that something came from the cache wherever it may have, and forgets that.
func expectHits(t *testing.T, all []*isolation, may func(*isolation) bool) {
	t.Helper()
	for _, i := range all {
		if hit := i.hits > 0; may(i) && hit != i.keeps() {
			t.Errorf("%s: from the cache: %t", i.target, hit)
		}
		i.hits = 0
	}
}

// All at once ask for what is not there yet: whoever waits for another's answer gets it only where it may be shared.
func TestIsolationOfThoseWhoWait(t *testing.T) {
	t.Parallel()
	s, collapsed := newScene(t, isolationConfiguration()), 0
	for _, i := range s.isolations(s.askers()) {
		if i.first > 0 {
			continue
		}
		i.target += "&do=hold"
		var wait sync.WaitGroup
		type got struct {
			by *asking
			is told
			error
		}
		answers := make(chan got, 2*len(i.askers))
		for n := range 2 * len(i.askers) {
			c, by := s.connect(), i.askers[n/2]
			wait.Go(func() {
				is, err := i.ask(c, by)
				answers <- got{by, is, err}
				c.c.Close()
			})
		}
		testkit.Until(t, "all are answered", func() bool { s.api.tell("release"); return len(answers) == cap(answers) })
		wait.Wait()
		for range cap(answers) {
			a := <-answers
			i.judge(t, a.by, a.is, a.error, false)
			if strings.Contains(a.is.CacheStatus, "collapsed") {
				collapsed++
			}
		}
	}
	if collapsed == 0 {
		t.Error("nobody waited for another's answer")
	}
}
