package problem

import (
	"fmt"
	"strings"
	"testing"
)

// A status is changed in the standard profile alone, and within its class.
func TestStatusOfOverride(t *testing.T) {
	of := []Override{{Type: InvalidBody, Status: 422}, {Type: EmptyAccessToken, Status: 403}, {Type: Gone}}
	standard, linkedin := catalogue(t, Options{Overrides: of}), catalogue(t, Options{Profile: LinkedIn, Overrides: of})
	for typ, want := range map[Type][2]int{InvalidBody: {422, 400}, EmptyAccessToken: {403, 401}, Gone: {410, 410}, Conflict: {409, 409}} {
		p := Example(typ)
		if s, l := standard.Status(&p), linkedin.Status(&p); s != want[0] || l != want[1] {
			t.Errorf("%s: %d, %d; want %v", typ, s, l, want)
		}
		if body := string(standard.Append(nil, RFC9457, &p, nil)); !strings.Contains(body, fmt.Sprintf(`"status":%d,`, want[0])) {
			t.Errorf("%s: %s", typ, body)
		}
	}
	for _, o := range []Override{{Type: InvalidBody, Status: 500}, {Type: Gone, Status: 401}, {Type: UpstreamServerError, Status: 503}, {Type: NonexistentVersion, Status: 400}, {Type: Gone, Status: 39}} {
		if _, err := New(Options{Overrides: []Override{o}}); err == nil {
			t.Errorf("%s may have the status %d", o.Type, o.Status)
		}
	}
}

// A sentence names the headers of its API: what is renamed by its name, what is off not at all, and nobody's but the profile's own.
func TestHeadersInSentences(t *testing.T) {
	override := []Override{{Type: InternalError, Fix: "Report {idheader}."}}
	for _, tc := range []struct {
		o           Options
		id, version string
	}{
		{Options{}, "Report X-Request-Id.", "Api-Version"},
		{Options{RequestIDHeader: "X-Trace", VersionHeader: "X-Version"}, "Report X-Trace.", "X-Version"},
		{Options{RequestIDHeader: NoHeader}, "Try again with growing waits, and report the request and the id of this answer.", "Api-Version"},
		{Options{Profile: LinkedIn}, "Report x-li-uuid.", "LinkedIn-Version"},
	} {
		tc.o.Overrides = override
		c := catalogue(t, tc.o)
		if got := string(c.AppendFix(nil, &Problem{Type: InternalError})); got != tc.id {
			t.Errorf("%+v: %s", tc.o, got)
		}
		if got := string(c.AppendFix(nil, &Problem{Type: VersionMissing})); got != "Send "+tc.version+": YYYYMM with an active version." {
			t.Errorf("%+v: %s", tc.o, got)
		}
	}
}

// Nothing in the standard profile speaks as LinkedIn does.
func TestStandardNamesNothingOfLinkedIn(t *testing.T) {
	c := catalogue(t, Options{})
	check := func(p *Problem) {
		for _, id := range []string{exampleID, ""} {
			text := strings.ToLower(string(c.Append(nil, HTML, p, []byte(id))) + string(c.AppendChallenge(nil, p)))
			for _, word := range []string{"linkedin", "x-li-", "oauth2_", "r_lite", "rest.li", " member", "personid"} {
				if strings.Contains(text, word) {
					t.Errorf("%s, %s: %q in %s", p.Type, p.Detail, word, text)
				}
			}
		}
	}
	for _, typ := range Types() {
		p := c.Example(typ)
		check(&p)
		for _, reason := range []Reason{AppLacksProduct, NotAskedFor, ScopeChanged, ScopeMissing} {
			p.Reason = reason
			check(&p)
		}
	}
	for d := DetailBareLF; d < detailCount; d++ {
		p := ExampleOf(d)
		p.Part, p.Excerpt = "path", nil
		check(&p)
	}
}
