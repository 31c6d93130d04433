package observe

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// over is a good call over a connection.
func over(connection uint32, method, target string, change ...func(*accesslog.Entry)) *accesslog.Entry {
	e := call(method, target, 200, change...)
	e.Seen.Connection, e.Client = connection, netip.AddrFrom4([4]byte{192, 0, 2, byte(connection)})
	return e
}

// draftOf is the draft after calls.
func draftOf(front Front, calls ...*accesslog.Entry) string {
	s, _ := shown(Options{Learns: true}, calls...)
	return string(s.Draft(&front, noon))
}

func routesOf(draft string) string {
	_, routes, _ := strings.Cut(draft, "    routes:\n")
	return routes
}

func TestDraft(t *testing.T) {
	front := Front{Listen: "127.0.0.1:8080", Target: "http://127.0.0.1:3000"}
	var calls []*accesslog.Entry
	for i := range 6 {
		conn := uint32(i%2 + 1)
		calls = append(calls,
			over(conn, "GET", "/v2/me?secret=1", sent(jwt(`{"iss":"https://login.example/tenant"}`))),
			over(conn, "GET", fmt.Sprintf("/v2/people/%d", i), tolerated("query_raw", "double_slash")), over(conn, "POST", "/v2/people", func(e *accesslog.Entry) { e.Seen.Sent = 30 << 20 }),
			over(conn, "GET", fmt.Sprintf("/v2/people/%d/posts", i), func(e *accesslog.Entry) { e.Stations.FirstByte = 50e6 }),
		)
	}
	calls = append(calls, call("GET", "/nowhere", 404), call("GET", "/nowhere", 404), call("DELETE", "/v2/me", 405))
	want := `# A draft that candor observe has learnt from 24 good calls of http://127.0.0.1:3000, at 2026-03-01T12:00:00Z.
# Served, it does what candor observe did: nothing is refused, and what a check would refuse is noted in the access log (would). Switch the checks on
# route by route with mode: (docs/adopting.md).
version: 1
listeners: ["127.0.0.1:8080"]
limits: {body: 80MiB} # above the largest that was seen
upstreams:
  api:
    targets: ["http://127.0.0.1:3000"]
    host: target
    request_id: off
    timeouts: {first_byte: 120s} # above the longest that was seen
apis:
  - name: api
    upstream: api
    credentials: public
    # JWT, iss https://login.example/tenant (unverified), 6 calls
    # peak 12/min per address (limits by address come later)
    preflight: pass
    guard: off
    mode: observe
    http: {accept: [double_slash, query_raw]}
    routes:
      - {path: "/v2/me", methods: [GET]} # 6 calls
      - {path: "/v2/people", methods: [POST]} # 6 calls
      - {path: "/v2/people/{id}", methods: [GET]} # 6 calls
      - {path: "/v2/people/{id}/posts", methods: [GET]} # 6 calls
      - {path: "/**"} # all else
`
	if diff := cmp.Diff(want, draftOf(front, calls...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// again makes a call several times, over as many connections as are given, one after the other.
func again(n int, connections uint32, method, target string) (calls []*accesslog.Entry) {
	for i := range n {
		calls = append(calls, over(uint32(i)%connections, method, target))
	}
	return calls
}

func allOf(all ...[]*accesslog.Entry) (calls []*accesslog.Entry) {
	for _, some := range all {
		calls = append(calls, some...)
	}
	return calls
}

func TestDraftedRoutes(t *testing.T) {
	const rest = "      - {path: \"/**\"} # all else\n"
	for name, c := range map[string]struct {
		calls []*accesslog.Entry
		want  string
	}{
		"nothing":                            {nil, rest},
		"a word that one connection has":     {again(9, 1, "GET", "/words"), rest},
		"a word that was seen twice":         {again(2, 2, "GET", "/words"), rest},
		"a word of three calls":              {again(3, 2, "GET", "/words"), "      - {path: \"/words\", methods: [GET]} # 3 calls\n" + rest},
		"a final slash":                      {again(3, 2, "GET", "/words/"), "      - {path: \"/words/\", methods: [GET]} # 3 calls\n" + rest},
		"the root":                           {again(3, 2, "GET", "/"), "      - {path: \"/\", methods: [GET]} # 3 calls\n" + rest},
		"several methods":                    {allOf(again(3, 2, "PUT", "/words"), again(1, 1, "GET", "/words")), "      - {path: \"/words\", methods: [GET, PUT]} # 4 calls\n" + rest},
		"methods that no route can list":     {allOf(again(3, 2, "TRACE", "/words"), again(3, 2, "get", "/words")), rest},
		"values of which there are too few":  {allOf(again(3, 2, "GET", "/a/1"), again(3, 2, "GET", "/a/2"), again(3, 2, "GET", "/a/3")), rest},
		"values of one shape":                {allOf(again(1, 1, "GET", "/1"), again(1, 1, "GET", "/2"), again(1, 1, "GET", "/3"), again(1, 1, "GET", "/4")), "      - {path: \"/{id}\", methods: [GET]} # 4 calls\n" + rest},
		"values of two shapes":               {allOf(again(1, 1, "GET", "/1"), again(1, 1, "GET", "/2"), again(1, 1, "GET", "/a3"), again(1, 1, "GET", "/abcdef0123")), rest},
		"names, beside a word":               {allOf(again(1, 1, "GET", "/alice"), again(1, 1, "GET", "/bob"), again(1, 1, "GET", "/carol"), again(1, 1, "GET", "/dave"), again(3, 2, "GET", "/me")), "      - {path: \"/me\", methods: [GET]} # 3 calls\n      - {path: \"/{id}\", methods: [GET]} # 4 calls\n" + rest},
		"a long run of letters":              {again(9, 3, "GET", "/abcdefghijklmnopqrstuvw"), rest},
		"values within values":               {values2(), "      - {path: \"/a/{id}/b/{id2}\", methods: [GET]} # 16 calls\n" + rest},
		"a target that names the server":     {again(3, 2, "GET", "http://a.example/words"), "      - {path: \"/words\", methods: [GET]} # 3 calls\n" + rest},
		"escapes, which may be of anything":  {again(9, 3, "GET", "/w%6frds"), rest},
		"what is no path":                    {again(9, 3, "OPTIONS", "*"), rest},
		"a word that could be a long secret": {again(9, 3, "GET", "/abcdefghijklmnop-abcdefghijklmnop"), rest},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, routesOf(draftOf(Front{}, c.calls...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// values2 are calls of paths with two values.
func values2() (calls []*accesslog.Entry) {
	for i := range 4 {
		for j := range 4 {
			calls = append(calls, over(uint32(i), "GET", fmt.Sprintf("/a/%d/b/%d", i, j)))
		}
	}
	return calls
}

// What somebody sends is never written, whatever it looks like.
func TestDraftHoldsNoValues(t *testing.T) {
	var calls []*accesslog.Entry
	for i := range 9 {
		calls = append(calls,
			over(uint32(i), "GET", fmt.Sprintf("/words/s3cr3tvalue%d?s3cr3tquery=s3cr3tvalue", i), sent("Bearer s3cr3tvalue")),
			over(uint32(i), "GET", "/words", sent(jwt(`{"iss":"https://u:s3cr3tvalue@h/"}`))), over(uint32(i), "GET", "/words", sent(jwt(`{"iss":"s3cr3tvalue"}`))),
			over(uint32(i), "GET", "/words", sent(jwt(`{"iss":"https://h/?s3cr3tvalue"}`)), body("application/json", `{"s3cr3tvalue":1}`)),
			over(uint32(i), "S3CR3TVALUE", "/words"),
		)
	}
	if got := draftOf(Front{Listen: "a", Target: "b"}, calls...); strings.Contains(strings.ToLower(got), "s3cr3t") {
		t.Error(got)
	}
}

// A draft of the most that is remembered is made in a moment.
func TestLargeDraft(t *testing.T) {
	s, _ := shown(Options{Learns: true})
	for i := range maxNodes {
		s.Call(over(uint32(i), "GET", fmt.Sprintf("/%c%c/%c%c/%d", 'a'+i%26, 'a'+i/26%26, 'a'+i/7%26, 'a'+i/11%26, i)))
	}
	begun := time.Now()
	draft := string(s.Draft(&Front{}, noon))
	if n := strings.Count(draft, "path:"); n > maxRoutes+1 {
		t.Errorf("%d routes, after %s", n, time.Since(begun))
	}
}
