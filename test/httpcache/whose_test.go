package httpcache

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/token"
)

// apis have routes of each kind of cache, with each need of a credential. Of the second one the upstream is not told who calls.
const apis = `
data: none
listeners: [{address: "127.0.0.1:0"}]
admin: off
log: {access: off}
drain: {delay: 0s}
cache: {size: 1MiB}
upstreams: {api: "{{api}}"}
scopes: {r: Read}
products: {p: {scopes: [r]}}
apps: [{name: shop, products: [p]}, {name: desk, products: [p]}]
apis:
  - name: told
    base: /told
    token_in_query: true
    preflight: refuse
    routes: &
  - name: untold
    base: /untold
    token_in_query: true
    preflight: refuse
    headers: {app: off, member: off, scopes: off}
    routes: &
`

const routes = `
      - {name: a, path: /public/shared/**, credentials: public, cache: shared}
      - {name: b, path: /public/own/**, credentials: public, cache: per_principal}
      - {name: c, path: /optional/shared/**, credentials: optional, cache: shared}
      - {name: d, path: /optional/own/**, credentials: optional, cache: per_principal}
      - {name: e, path: /required/shared/**, cache: shared}
      - {name: f, path: /required/own/**, cache: per_principal}`

// who is a caller: a token of an app for a member, in the field or in the query, a cookie, both, or neither.
type who struct {
	token   string // "": none
	inQuery bool
	cookie  string
	key     string // X-Api-Key, which Candor does not look at
}

// credential reports whether an answer to this caller may be about them.
func (w *who) credential() bool { return w.token != "" || w.cookie != "" || w.key != "" }

// same reports whether two are one to the API, and to Candor.
func (w *who) same(as *who) bool {
	return w.token == as.token && w.cookie == as.cookie && w.key == as.key
}

// made is an answer: who asked for it, by number, and where.
type made struct {
	Who    int
	Target string
}

// allowance are what the API says of its answers; most of it is good for a cache.
var allowances = []string{
	"max-age=60", "max-age=60", "public, max-age=60", "s-maxage=60", "max-age=60, must-revalidate", "private, max-age=60", "no-store", "no-cache", "",
	"max-age=0, stale-while-revalidate=60", "max-age=0, stale-if-error=60", "public, max-age=0, stale-while-revalidate=60", "public, max-age=0, stale-if-error=60",
}

// TestNobodyGetsAnothersAnswer: many callers call many routes at once, an API answers each with its number, slowly, now and then not at all, and
// allows at random what may be kept. Whoever gets another's number may have it.
func TestNobodyGetsAnothersAnswer(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(answer))
	defer api.Close()
	text := strings.NewReplacer("{{api}}", api.URL, " &", routes).Replace(apis)
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "candor.yaml"), []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), Stdout: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err = s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	c := &callers{t: t, at: "http://" + s.APIAddrs()[0], all: everybody(t, s), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	defer c.client.CloseIdleConnections()
	var wg sync.WaitGroup
	for n := range uint64(16) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(n, 7))
			for range 150 {
				c.calls(r)
			}
		})
	}
	wg.Wait()
	figures, err := s.CacheFigures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var hits, stale, coalesced uint64
	for _, r := range figures.Routes {
		hits, stale, coalesced = hits+r.Hits, stale+r.Stale, coalesced+r.Coalesced
	}
	t.Logf("%d hits, %d stale, %d coalesced; %d were another's", hits, stale, coalesced, c.others)
	if hits == 0 || stale == 0 || coalesced == 0 || c.others == 0 {
		t.Error("that proves nothing: there must be answers from the cache, stale ones, some that came with another call, and ones that were another's")
	}
}

// everybody is each kind of caller.
func everybody(t *testing.T, s *server.Server) (all []who) {
	t.Helper()
	tokens := []string{""}
	for _, app := range []string{"shop", "desk"} {
		for _, member := range []string{"", "ada", "eve"} {
			made, err := s.Mint(t.Context(), token.Order{App: app, Member: member, Scopes: []string{"r"}, Life: time.Hour}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			tokens = append(tokens, made.Token)
		}
	}
	for _, token := range tokens {
		for _, cookie := range []string{"", "session=1", "session=2"} {
			all = append(all, who{token: token, cookie: cookie}, who{token: token, cookie: cookie, inQuery: token != ""})
		}
	}
	return append(all, who{key: "one"}, who{key: "two"})
}

// answer is the API's: the number of who asks, and where.
func answer(w http.ResponseWriter, r *http.Request) {
	if rand.IntN(8) == 0 {
		w.WriteHeader(503)
		return
	}
	n := 0
	_, _ = fmt.Sscan(r.Header.Get("X-Number"), &n)
	if allow := r.URL.Query().Get("allow"); allow != "" {
		w.Header().Set("Cache-Control", allow)
	}
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(n, r.URL.Path, r.URL.Query().Get("allow"))))
	if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
		w.WriteHeader(304)
		return
	}
	<-time.After(time.Duration(rand.IntN(3)) * time.Millisecond) // others come meanwhile
	_ = json.NewEncoder(w).Encode(made{n, r.URL.Path})
}

// callers call.
type callers struct {
	t      *testing.T
	at     string
	all    []who
	client *http.Client
	mu     sync.Mutex
	others int // answers that were another's
}

// calls makes a call of somebody to some route, now and then three at once.
func (c *callers) calls(r *rand.Rand) {
	n := r.IntN(len(c.all))
	need, mode := []string{"public", "optional", "required"}[r.IntN(3)], []string{"shared", "own"}[r.IntN(2)]
	api := []string{"told", "untold"}[r.IntN(2)]
	path := fmt.Sprintf("/%s/%s/%s/%d", api, need, mode, r.IntN(2))
	allow := allowances[r.IntN(len(allowances))]
	var wg sync.WaitGroup
	for range 1 + 2*(r.IntN(4)/3) {
		wg.Go(func() { c.call(n, path, allow) })
	}
	wg.Wait()
}

// call makes a call, and looks at whose answer it gets.
func (c *callers) call(n int, path, allow string) {
	me := &c.all[n]
	query := "?allow=" + strings.NewReplacer(" ", "%20", ",", "%2C", "=", "%3D").Replace(allow)
	if me.inQuery {
		query += "&access_token=" + me.token
	}
	q, err := http.NewRequestWithContext(c.t.Context(), "GET", c.at+path+query, http.NoBody)
	if err != nil {
		c.t.Error(err)
		return
	}
	q.Header.Set("X-Number", fmt.Sprint(n))
	for name, value := range map[string]string{"Cookie": me.cookie, "X-Api-Key": me.key} {
		if value != "" {
			q.Header.Set(name, value)
		}
	}
	if me.token != "" && !me.inQuery {
		q.Header.Set("Authorization", "Bearer "+me.token)
	}
	a, err := c.client.Do(q)
	if err != nil {
		c.t.Error(err)
		return
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	got := made{}
	if a.StatusCode != 200 || err != nil || json.Unmarshal(body, &got) != nil {
		return // refused, or the API failed
	}
	if got.Target != path {
		c.t.Errorf("%s was answered with %s", path, got.Target)
	}
	if them := &c.all[got.Who]; !me.same(them) {
		c.mu.Lock()
		c.others++
		c.mu.Unlock()
		if !mayHave(me, them, path, a.Header.Get("Cache-Control")) {
			c.t.Errorf("%s, %q: %+v has the answer of %+v; %s", path, a.Header.Get("Cache-Control"), *me, *them, a.Header.Get("Cache-Status"))
		}
	}
}

// mayHave is the rule, as docs/caching.md has it.
func mayHave(me, them *who, path, allow string) bool {
	own, told, public := strings.Contains(path, "/own/"), strings.HasPrefix(path, "/told/"), strings.Contains(path, "/public/")
	switch {
	case strings.Contains(allow, "private"), strings.Contains(allow, "no-store"):
		return false
	case !me.credential() && !them.credential():
		return true
	case !strings.Contains(allow, "public") && !strings.Contains(allow, "s-maxage") && !strings.Contains(allow, "must-revalidate"):
		return false
	case !public && (own || told): // each caller that is known has answers of their own
		return me.token == them.token
	}
	return true
}
