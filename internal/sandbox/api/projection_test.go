package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func jsonValid(s string) bool { return json.Valid([]byte(s)) }

func TestParseProjection(t *testing.T) {
	for _, tt := range []struct {
		text  string
		want  projection
		fault string
	}{
		{text: "(id)", want: projection{{name: "id"}}},
		{text: "(id,firstName)", want: projection{{name: "id"}, {name: "firstName"}}},
		{text: "(elements*(handle~))", want: projection{{name: "elements", each: true, sub: projection{{name: "handle~"}}}}},
		{text: "(elements(*(to~(id))))", want: projection{{name: "elements", sub: projection{{each: true, sub: projection{{name: "to~", sub: projection{{name: "id"}}}}}}}}},
		{text: "(a~:playableStreams(b))", want: projection{{name: "a~", sub: projection{{name: "b"}}}}},
		{text: "id", fault: "'(' expected at position 1"},
		{text: "()", fault: "a field name expected at position 2"},
		{text: "(id", fault: "',' or ')' expected at position 4"},
		{text: "(id,)", fault: "a field name expected at position 5"},
		{text: "(id))", fault: "the end expected at position 5"},
		{text: "(id:)", fault: "a name after ':' expected at position 5"},
		{text: strings.Repeat("(a", 9), fault: "at most 8 levels expected at position 18"},
		{text: "(" + strings.Repeat("a", 2048) + ")", fault: "longer than 2048 characters"},
	} {
		got, err := parseProjection(tt.text)
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		if d := cmp.Diff(tt.fault, fault); d != "" {
			t.Errorf("%.40s: %s", tt.text, d)
		}
		if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(pick{})); d != "" {
			t.Errorf("%.40s: %s", tt.text, d)
		}
	}
}

// Whatever projection a caller invents, the answer is JSON and an honest status.
func FuzzProjection(f *testing.F) {
	for _, s := range []string{"(id)", "(elements*(handle~))", "(*)", "(profilePicture(displayImage~:playableStreams(elements*(identifiers*(identifier)))))", "((", "(id,id,*)"} {
		f.Add(s)
	}
	a := newTestAPI()
	f.Fuzz(func(t *testing.T, s string) {
		got := projected(s, a.profile(&members[2]))
		if got.status != 200 && got.status != 400 {
			t.Errorf("status %d", got.status)
		}
		if b := appendJSON(nil, got.body); !json.Valid(b) {
			t.Errorf("no JSON: %s", b)
		}
	})
}

func TestURN(t *testing.T) {
	for s, want := range map[string]bool{
		"urn:li:person:x": true, "URN:isbn:0451450523": true, "urn:li:x": true,
		"": false, "urn": false, "urn:li": false, "urn:li:": false, "urn:l:x": false, "urn:-li:x": false, "urn:li:a b": false, "urn:li:é": false, "li:person:x": false,
	} {
		if got := isURN(s); got != want {
			t.Errorf("isURN(%q) = %v", s, got)
		}
	}
}
