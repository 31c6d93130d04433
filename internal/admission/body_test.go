package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// bodies are routes whose bodies have rules, in both profiles.
func bodies() []route.APISpec {
	routes := func(prefix string) []route.Spec {
		return []route.Spec{
			{Name: prefix + "plain", Path: "/plain"},
			{Name: prefix + "length", Path: "/length", Body: route.BodySpec{LengthRequired: true}},
			{Name: prefix + "json", Path: "/json", Body: route.BodySpec{Types: []string{"application/json", "text/*"}, CheckJSON: true, Max: 60}},
			{Name: prefix + "large", Path: "/large", Body: route.BodySpec{Max: 1 << 30}},
		}
	}
	hosts := []string{"api.example.com"}
	return []route.APISpec{
		{Name: "s", Hosts: hosts, Base: "/s", Upstream: "people", Routes: routes("s")},
		{Name: "l", Hosts: hosts, Base: "/l", Profile: problem.LinkedIn, Upstream: "people", Routes: routes("l")},
	}
}

// TestBodyRules: 411, 413 and 415 by what the head says of the body.
func TestBodyRules(t *testing.T) {
	const chunked, json = "Transfer-Encoding: chunked", "Content-Type: application/json"
	noLength := func(method string) problem.Problem {
		return problem.Problem{Type: problem.LengthRequired, Method: []byte(method)}
	}
	inChunks := problem.Problem{Type: problem.LengthRequired, Detail: problem.DetailLengthNotChunked, Method: []byte("POST")}
	wrongType := func(sent string) problem.Problem {
		return problem.Problem{Type: problem.UnsupportedMediaType, Excerpt: []byte(sent), Allow: []byte("application/json, text/*")}
	}
	noType := problem.Problem{Type: problem.UnsupportedMediaType, Detail: problem.DetailTypeMissing, Allow: []byte("application/json, text/*")}
	large := func(limit, sent int64) problem.Problem {
		return problem.Problem{Type: problem.PayloadTooLarge, Limit: limit, Sent: sent}
	}
	for _, c := range []struct {
		line   string
		fields []string
		want   problem.Problem
	}{
		{"POST /s/plain", nil, problem.Problem{}},
		{"POST /l/plain", nil, noLength("POST")},
		{"PUT /l/plain", nil, noLength("PUT")},
		{"PATCH /l/plain", nil, noLength("PATCH")},
		{"DELETE /l/plain", nil, problem.Problem{}},
		{"GET /l/plain", nil, problem.Problem{}},
		{"POST /l/plain", []string{chunked}, problem.Problem{}},
		{"POST /l/plain", []string{"Content-Length: 0"}, problem.Problem{}},
		{"POST /s/length", nil, noLength("POST")},
		{"POST /s/length", []string{chunked}, inChunks},
		{"POST /l/length", []string{chunked}, inChunks},
		{"POST /s/length", []string{"Content-Length: 100"}, problem.Problem{}},
		{"GET /s/length", nil, problem.Problem{}},
		{"POST /s/plain", []string{"Content-Length: 101"}, large(100, 101)},
		{"GET /s/plain", []string{"Content-Length: 101"}, large(100, 101)},
		{"POST /s/large", []string{"Content-Length: 1073741824"}, problem.Problem{}},
		{"POST /s/large", []string{"Content-Length: 1073741825"}, large(1<<30, 1<<30+1)},
		{"POST /s/json", []string{"Content-Length: 51", json}, large(50, 51)},
		{"POST /s/json", []string{"Content-Length: 50", json}, problem.Problem{}},
		{"POST /s/json", []string{chunked, json}, problem.Problem{}},
		{"POST /s/json", []string{chunked}, noType},
		{"POST /s/json", []string{chunked, "Content-Type:"}, wrongType("")},
		{"POST /s/json", []string{chunked, "Content-Type: text/plain; charset=latin1"}, problem.Problem{}},
		{"POST /s/json", []string{chunked, "Content-Type: application/jsonp"}, wrongType("application/jsonp")},
		{"POST /s/json", []string{chunked, json, "Content-Type: application/xml"}, wrongType("application/xml")},
		{
			"POST /s/json",
			[]string{chunked, json, "Content-Encoding: gzip"},
			problem.Problem{Type: problem.UnsupportedMediaType, Detail: problem.DetailEncodingUnsupported, Excerpt: []byte("gzip")},
		},
		{"POST /s/json", []string{chunked, json, "Content-Encoding: Identity"}, problem.Problem{}},
		{"POST /s/plain", []string{chunked, "Content-Encoding: gzip", "Content-Type: a/b", "Content-Type: c/d"}, problem.Problem{}},
	} {
		t.Run(c.line, func(t *testing.T) {
			verdict := admission.Refuses
			if c.want.Type == problem.None {
				verdict = admission.Forwards
			}
			s := newStage(t, bodies()...)
			s.check(t, head(c.line, append(c.fields, bearer("good"))...), verdict, c.want)
		})
	}
}

// TestMaxBody: the route's own limit before the general one; a body that is held to be checked has the smaller one.
func TestMaxBody(t *testing.T) {
	for path, want := range map[string]int64{"/s/plain": 100, "/s/json": 50, "/s/large": 1 << 30} {
		s := newStage(t, bodies()...)
		if c := s.check(t, head("GET "+path, bearer("good")), admission.Forwards, problem.Problem{}); c.BodyRules().Max != want {
			t.Errorf("%s: %d, want %d", path, c.BodyRules().Max, want)
		}
	}
}
