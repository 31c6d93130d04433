package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
)

func TestSummary(t *testing.T) {
	slow := func(e *accesslog.Entry) { e.Stations.FirstByte = 2_500_010 }
	s, _ := shown(Options{},
		call("GET", "/v2/people/1", 200), call("GET", "/v2/people/2", 200, slow), call("POST", "/v2/people", 201),
		call("GET", "/v2/poeple/1", 404), call("GET", "/v2/poeple/2", 404), call("GET", "/v2/people/3", 404), call("GET", "/x", 500),
		call("GET", "", 0, ours("malformed_request", "bare_lf", "", 400)),
		call("GET", "/v2//people/1", 200, tolerated("double_slash")), call("GET", "/v2//people/2", 200, tolerated("double_slash")),
		call("GET", "/a#b", 200, fragment),
	)
	out := s.o.Out.(*bytes.Buffer)
	out.Reset()
	s.End()
	want := `
11 calls, 6 failed
     2  404 by upstream: never good here
     1  404 by upstream: no such value in a known path
     1  500 by upstream: no reason given
     1  by Candor: malformed_request (bare_lf)
     1  would-be by Candor: invalid_url

not found, and the nearest that was good here:
     2  GET /v2/poeple/{id}  nearest: GET /v2/people/{id}
     1  GET /v2/people/{id}  nearest: none

slow, up to the first byte of the answer:
        GET /v2/people/{id}  slowest 2.5 s, mean 1.2 s of 2 calls

malformed calls, and the tolerance (http.accept) that candor serve would need for them:
     2  double_slash
     1  bare_lf: there is none
     1  fragment: there is none
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A scanner asks for more paths than are named: what is left out is counted.
func TestMissingPathsBeyondTheBounds(t *testing.T) {
	for _, c := range []struct {
		paths, last int // and how often the last of them was asked for
		text, json  string
	}{
		{maxShown, 1, "", ""},
		{maxShown + 1, 1, "and 1 more call of another path", `"not_found_more":{"paths":1,"calls":1}`},
		{maxShown + 3, 1, "and 3 more calls of 3 other paths", `"not_found_more":{"paths":3,"calls":3}`},
		{maxMissing, 1, "and 180 more calls of 180 other paths", `"not_found_more":{"paths":180,"calls":180}`},
		{maxMissing + 1, 7, "and 187 more calls of 181 other paths or more", `"not_found_more":{"paths":181,"at_least":true,"calls":187}`},
	} {
		totals := newTotals()
		for i := range c.paths {
			for range map[bool]int{true: c.last, false: 1}[i == c.paths-1] {
				totals.notFound(&Failure{Method: "GET"}, &route{pattern: fmt.Sprintf("/p%03d", i), here: &seen{}})
			}
		}
		s := totals.summary(&routes{})
		if got := string(s.appendText(nil)); strings.Contains(got, "more call") != (c.text != "") || !strings.Contains(got, c.text) {
			t.Errorf("%d paths: no %q in %s", c.paths, c.text, got)
		}
		got, err := json.Marshal(s)
		if err != nil || strings.Contains(string(got), "not_found_more") != (c.json != "") || !strings.Contains(string(got), c.json) {
			t.Errorf("%d paths: no %s in %s, %v", c.paths, c.json, got, err)
		}
	}
}

// Whatever comes, no more is remembered than the bounds say.
func TestMemoryIsBounded(t *testing.T) {
	s, _ := shown(Options{})
	for i := range 12_000 {
		path := fmt.Sprintf("/%c%c%c/%c/x", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26)
		s.Call(call(fmt.Sprintf("M%d", i%100), path, 200))
		if i%20 > 0 {
			continue
		}
		s.Call(call("GET", path+"y", 404, body("text/plain", path)))
		s.Call(call("GET", path+"y", 400, body("text/plain", path)))
		s.Call(call("GET", path, 0, ours("malformed_request", path, "", 400)))
		s.o.Out.(*bytes.Buffer).Reset()
	}
	if n := s.routes.nodes; n > maxNodes {
		t.Errorf("%d nodes are remembered", n)
	}
	if n := len(s.totals.causes); n > maxCauses+1 {
		t.Errorf("%d causes are counted", n)
	}
	if n := len(s.totals.missing); n > maxMissing {
		t.Errorf("%d paths are counted", n)
	}
	if n := len(s.totals.malformed); n > maxCauses {
		t.Errorf("%d kinds are counted", n)
	}
}
