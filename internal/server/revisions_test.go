package server

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/testkit"
)

// revised is the configuration whose changes are told from each other.
const revised = `version: 1
data: {{data}}
listeners: [{address: "127.0.0.1:0"}]
admin: off
log: {access: off}
upstreams: {people: "http://127.0.0.1:9000", ads: "http://127.0.0.1:9001"}
scopes: {r_profile: Read, r_ads: Ads}
products: {profile: {scopes: [r_profile]}, ads: {scopes: [r_ads]}}
issuers: {one: {issuer: "https://one.example", audience: [a]}, two: {issuer: "https://two.example", audience: [a]}}
quotas: {many: {app: 100/day}, few: {app: 10/day}}
apps: [{name: demo, products: [profile]}]
apis:
  - name: people
    base: /v2
    upstream: people
    routes:
      - {name: me, path: /me, methods: [GET], scopes: [r_profile], quota: many}
      - {name: list, path: /list, quota: few, request: {headers: {set: {X-Env: "${ENV:-test}"}}}}
  - name: ads
    base: /ads
    upstream: ads
    tokens: [own, two]
    routes: [{name: all, path: /**, products: [ads]}]
`

func revisedBy(t *testing.T, data, env string, replace ...string) *config.Config {
	t.Helper()
	text := strings.ReplaceAll(revised, "{{data}}", data)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the configuration has no %q", replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "candor.yaml"), []byte(text), func(string) (string, bool) { return env, env != "" })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestWhatChangesARoute(t *testing.T) {
	const me, list, ads = "people/me", "people/list", "ads/all"
	before := routeFingerprints(revisedBy(t, "none", ""))
	for _, c := range []struct {
		name    string
		env     string
		replace []string
		want    []string
	}{
		{name: "nothing"},
		{name: "a comment", replace: []string{"version: 1\n", "version: 1 # of its shape\n"}},
		{name: "a default that is said", replace: []string{"name: people\n", "name: people\n    server_timing: false\n"}},
		{name: "no cache", replace: []string{"quota: many", "quota: many, cache: off"}},
		{name: "a cache", replace: []string{"quota: many", "quota: many, cache: per_principal"}, want: []string{me}},
		{name: "an API's cache", replace: []string{"base: /v2", "base: /v2\n    cache: per_principal"}, want: []string{list, me}},
		{name: "the size of all caches", replace: []string{"admin: off", "admin: off\ncache: {size: 1MiB}"}},
		{name: "the log", replace: []string{"{access: off}", "{access: off, level: debug}"}},
		{name: "an app", replace: []string{"name: demo", "name: other"}},
		{name: "how many connections there may be", replace: []string{"admin: off", "admin: off\nlimits: {connections: 100}"}},
		{name: "its place among routes", replace: []string{"- {name: me,", "- {name: new, path: /new}\n      - {name: me,"}, want: []string{"people/new"}},
		{name: "an issuer before", replace: []string{"issuers: {one:", `issuers: {zero: {issuer: "https://zero.example", audience: [a]}, one:`}},
		{name: "an issuer", replace: []string{"https://two.example", "https://three.example"}, want: []string{ads}},
		{name: "a path", replace: []string{"path: /me", "path: /myself"}, want: []string{me}},
		{name: "a method", replace: []string{"[GET]", "[GET, POST]"}, want: []string{me}},
		{name: "a scope", replace: []string{"scopes: [r_profile], quota", "scopes: [r_ads], quota"}, want: []string{me}},
		{name: "a mode", replace: []string{"quota: many", "quota: many, mode: {permission: observe}"}, want: []string{me}},
		{name: "no time for it", replace: []string{"quota: many", "quota: many, timeouts: {first_byte: 0s}"}, want: []string{me}},
		{name: "a quota", replace: []string{"100/day", "200/day"}, want: []string{me}},
		{name: "another quota", replace: []string{"few: {app: 10/day}", "few: {app: 11/day}"}, want: []string{list}},
		{name: "a variable", env: "live", want: []string{list}},
		{name: "an API's base", replace: []string{"base: /v2", "base: /v3"}, want: []string{list, me}},
		{name: "an API's profile", replace: []string{"base: /v2", "base: /v2\n    profile: linkedin"}, want: []string{list, me}},
		{name: "an upstream's address", replace: []string{"127.0.0.1:9001", "127.0.0.1:9002"}, want: []string{ads}},
		{name: "what a product gives", replace: []string{"ads: {scopes: [r_ads]}", "ads: {scopes: [r_ads, r_profile]}"}, want: []string{ads}},
		{name: "a limit of all calls", replace: []string{"admin: off", "admin: off\nlimits: {head: 16KiB}"}, want: []string{ads, list, me}},
		{name: "a time limit of all calls", replace: []string{"admin: off", "admin: off\ntimeouts: {body_gap: 5s}"}, want: []string{ads, list, me}},
	} {
		t.Run(c.name, func(t *testing.T) {
			after := routeFingerprints(revisedBy(t, "none", c.env, c.replace...))
			var changed []string
			for name, d := range after {
				if before[name] != d {
					changed = append(changed, name)
				}
			}
			slices.Sort(changed)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, changed); diff != "" {
				t.Errorf("changed (-want +got)\n%s", diff)
			}
		})
	}
}

// TestADigestStays, whatever the process and its version: a restart changes no route.
func TestADigestStays(t *testing.T) {
	type inner struct {
		Text   string
		hidden string
		Off    bool
	}
	type spec struct {
		Names  []string
		None   []string
		On     *bool
		Off    *bool
		Wait   *time.Duration
		No     *time.Duration
		Inner  inner
		ByName map[string]int
		Flags  [3]uint8
		Later  int // a key of a later version that nobody has said
	}
	on, off, wait := true, false, time.Duration(0)
	got := fingerprintOf(&spec{Names: []string{"a", ""}, On: &on, Off: &off, Wait: &wait, Inner: inner{"t\n", "h", false}, ByName: map[string]int{"b": 2, "a": 1}, Flags: [3]uint8{0, 7}})
	if text, _ := got.MarshalText(); string(text) != "d76fcbf855d68dea" {
		t.Errorf("%s", text)
	}
}

func TestRevisionsAreCounted(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	type state struct {
		file   byte
		routes map[string]byte
	}
	a, b := map[string]byte{"x": 1, "y": 1}, map[string]byte{"x": 2, "y": 1}
	r := &revisions{}
	for i, step := range []struct {
		state
		want map[string]int // number of each route; that of all is ""
	}{
		{state{1, a}, map[string]int{"": 1, "x": 1, "y": 1}},
		{state{1, a}, map[string]int{"": 1, "x": 1, "y": 1}},                               // reloaded
		{state{2, a}, map[string]int{"": 2, "x": 1, "y": 1}},                               // a comment
		{state{2, b}, map[string]int{"": 3, "x": 3, "y": 1}},                               // a variable
		{state{1, a}, map[string]int{"": 4, "x": 1, "y": 1}},                               // and back: the route is what it was
		{state{1, map[string]byte{"y": 1}}, map[string]int{"": 5, "y": 1}},                 // one is gone
		{state{1, map[string]byte{"y": 1, "x": 1}}, map[string]int{"": 6, "x": 6, "y": 1}}, // and comes back
		{state{3, map[string]byte{"y": 2, "x": 2}}, map[string]int{"": 7, "x": 7, "y": 7}}, // all
		{state{3, map[string]byte{"y": 2, "x": 2}}, map[string]int{"": 7, "x": 7, "y": 7}}, // again
		{state{3, map[string]byte{}}, map[string]int{"": 8}},                               // none are left
		{state{3, map[string]byte{}}, map[string]int{"": 8}},                               // and stay so
		{state{0, map[string]byte{"only": 1}}, map[string]int{"": 9, "only": 9}},           // of no file
		{state{0, map[string]byte{"only": 1}}, map[string]int{"": 9, "only": 9}},           // twice
		{state{0, map[string]byte{"other": 1}}, map[string]int{"": 10, "other": 10}},       // another name
		{state{0, map[string]byte{"other": 1, "z": 0}}, map[string]int{"": 11, "other": 10, "z": 11}},
	} {
		routes := map[string]fingerprint{}
		for name, by := range step.routes {
			routes[name] = fingerprint{by}
		}
		now := noon.Add(time.Duration(i) * time.Minute)
		was := r.Last.Number
		r = r.next(fingerprint{step.file}, routes, now)
		got := map[string]int{"": r.Last.Number}
		for name, one := range r.Routes {
			got[name] = one.Last.Number
			if one.Last.Number == r.Last.Number && one.Last != r.Last {
				t.Errorf("step %d: %s: %+v is not %+v", i, name, one.Last, r.Last)
			}
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("step %d (-want +got)\n%s", i, diff)
		}
		if changed := r.Last.Number != was; changed != r.Last.At.Equal(now) {
			t.Errorf("step %d: since %s", i, r.Last.At)
		}
	}
}

// TestRevisionsGoOn over reloads and restarts, where something is kept.
func TestRevisionsGoOn(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	var clock atomic.Int64
	clock.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano())
	o := Options{Log: slog.New(slog.DiscardHandler), Stdout: io.Discard, Now: func() time.Time { return time.Unix(0, clock.Load()).UTC() }}
	say := func(s *Server) string {
		p := s.gateway.Policy()
		said := []string{}
		for _, r := range p.Admission.Routes.Routes() {
			said = append(said, fmt.Sprint(r.Name, " ", p.Changed[r.Number].Number))
		}
		slices.Sort(said)
		return fmt.Sprint(p.Generation.Number, " ", said)
	}
	for i, run := range []struct{ start, reload, want string }{
		{"9001", "9001", "1 [ads/all 1 people/list 1 people/me 1]"},
		{"9001", "9002", "2 [ads/all 2 people/list 1 people/me 1]"},
		{"9002", "9002", "2 [ads/all 2 people/list 1 people/me 1]"},
		{"9003", "9004", "4 [ads/all 4 people/list 1 people/me 1]"},
	} {
		at := func(port string) *config.Config { return revisedBy(t, data, "", ":9001", ":"+port) }
		clock.Add(int64(time.Hour))
		s, err := Start(t.Context(), at(run.start), o)
		if err != nil {
			t.Fatal(err)
		}
		clock.Add(int64(time.Minute))
		if err = s.Reload(t.Context(), at(run.reload)); err != nil {
			t.Error(err)
		}
		if got := say(s); got != run.want {
			t.Errorf("run %d: %s, want %s", i, got, run.want)
		}
		if g := s.gateway.Policy().Generation; run.start != run.reload && g.At != clock.Load() || g.Hash == [8]byte{} {
			t.Errorf("run %d: %+v", i, g)
		}
		if err = s.ShutdownWithoutDelay(t.Context()); err != nil {
			t.Error(err)
		}
	}
	entries, err := filepath.Glob(filepath.Join(data, ".revisions*"))
	if len(entries) > 0 || err != nil {
		t.Error("left behind:", entries, err)
	}
	if info, err := os.Stat(filepath.Join(data, revisionsFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
}

// TestRevisionsThatCannotBeRead are counted anew, and it is said.
func TestRevisionsThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "garbage": "\x00\x01", "another shape": `{"last": {"number": "one"}}`, "a short hash": `{"last": {"number": 1, "file": "00"}}`} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			if err := os.MkdirAll(data, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(data, revisionsFile)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			lines := &testkit.Lines{}
			s, err := Start(t.Context(), revisedBy(t, data, ""), Options{Log: slog.New(slog.NewTextHandler(lines, nil))})
			if err != nil {
				t.Fatal(err)
			}
			if g := s.gateway.Policy().Generation; g.Number != 1 {
				t.Errorf("%+v", g)
			}
			if !strings.Contains(lines.String(), "the revisions of the configuration cannot be read and are counted from 1 again") {
				t.Error(lines)
			}
			if err := s.ShutdownWithoutDelay(t.Context()); err != nil {
				t.Error(err)
			}
			if again, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(again), `{"last":{"number":1,`) {
				t.Errorf("%s %v", again, err)
			}
		})
	}
}

// TestRevisionsOfNothingKept: with data: none they end with the process.
func TestRevisionsOfNothingKept(t *testing.T) {
	for range 2 {
		s, err := Start(t.Context(), revisedBy(t, "none", ""), Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := s.gateway.Policy()
		if p.Generation.Number != 1 || len(slices.Collect(maps.Keys(p.Changed))) != 3 {
			t.Errorf("%+v %v", p.Generation, p.Changed)
		}
		if err := s.ShutdownWithoutDelay(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
