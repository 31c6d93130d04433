package changes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/changes"
)

func TestAppendMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		want string // names, separated by blanks
		all  bool
	}{
		{``, ``, true},
		{" \n", ``, true},
		{`{}`, ``, true},
		{`{"author":"urn:li:person:1","text":"{\"no\":1}"}`, `author text`, true},
		{`{"author":{"id":7,"name":{"first":{"deep":{"er":[{}]}}}},"n":null}`, `author author.id author.name author.name.first n`, true},
		{`{"elements":[{"urn":1,"to":[1,2]},{"urn":2,"cc":"x"}, 3, "a", null, [ {"x":[]} ]]}`, `elements elements.urn elements.to elements.cc`, true},
		{`[{"a":1},{"a":2,"b":true}]`, `a b`, true},
		{`"text"`, ``, true},
		{`12.5e3`, ``, true},
		{`{"a":1,"a":2}`, `a`, true},
		{`{"":1}`, ``, true},
		{`{"tom\"s":1}`, `tom\"s`, true},
		{"{ \"a\" :\t[ ] ,\r\n \"b\" : { } }", `a b`, true},
		{`{"a":1`, `a`, false},
		{`{"a":`, `a`, false},
		{`{"a"}`, ``, false},
		{`{"a":1,}`, `a`, false},
		{`{a:1}`, ``, false},
		{`{"a":"open`, `a`, false},
		{`{"a":1} x`, `a`, false},
		{`grant_type=client_credentials`, ``, false},
		{`<html>`, ``, false},
		{`{"a":{"b":{"c":{"d":[}`, `a a.b a.b.c`, false},
		{strings.Repeat(`[`, 1_000_000), ``, false},
		{strings.Repeat(`{"a":`, 1_000_000), `a a.a a.a.a`, false},
	} {
		got, all := changes.AppendMembers(nil, []byte(c.body))
		name := c.body[:min(len(c.body), 60)]
		if diff := cmp.Diff(c.want, strings.TrimSpace(strings.Join(got, " "))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if all != c.all {
			t.Errorf("%s: all is %t", name, all)
		}
	}
}

func TestMembersAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `%c"%d%s":1`, "{,"[min(i, 1)], i, strings.Repeat("x", 500))
	}
	b.WriteString("}")
	got, all := changes.AppendMembers([]string{"before"}, []byte(b.String()))
	if len(got) != 1+changes.MaxNames || all || got[0] != "before" {
		t.Errorf("%d names, all is %t", len(got), all)
	}
	for _, name := range got {
		if len(name) > 256 {
			t.Errorf("a name of %d bytes", len(name))
		}
	}
}

// FuzzAppendMembers: what encoding/json takes is followed to its end, and each name of the outermost object is found.
func FuzzAppendMembers(f *testing.F) {
	for _, s := range []string{`{"a":{"b":[{"c":1}]}}`, `[1,[2],{"x":"y"}]`, `{"a`, `{"a":1}}`, `"`, `{"a.b":1,"a":{"b":2}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, all := changes.AppendMembers(nil, body)
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil || len(got) == changes.MaxNames {
			return
		}
		if !all {
			t.Fatalf("%q is JSON, and could not be followed to its end", body)
		}
		for name := range object {
			asWritten := !bytes.Contains(body, []byte{'\\'}) && utf8.Valid(body) // otherwise encoding/json says it in another way
			if asWritten && len(name) < 256 && !slices.Contains(got, name) {
				t.Fatalf("%q lacks %q", got, name)
			}
		}
	})
}

func TestAppendParams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"", nil},
		{"q=analytics&count=10", []string{"q", "count"}},
		{"q&q=1&=2&&%71=3", []string{"q"}},
		{"search%2Estatus=a&fields+x=1&bad%zz=1&cut%4", []string{"search.status", "fields x", "bad%zz", "cut%4"}},
		{strings.Repeat("n", 500) + "=1", []string{strings.Repeat("n", 128)}},
	} {
		if diff := cmp.Diff(c.want, changes.AppendParams(nil, []byte(c.query))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
	many := []byte(strings.Repeat("x&", 10))
	for i := range 200 {
		many = fmt.Appendf(many, "p%d=1&", i)
	}
	if got := changes.AppendParams(nil, many); len(got) != changes.MaxNames {
		t.Errorf("%d names", len(got))
	}
}

func TestAppendField(t *testing.T) {
	t.Parallel()
	var got []string
	for _, name := range []string{
		"Accept", "ACCEPT", "Authorization", "Host", "X-Forwarded-For", "CF-Ray", "LinkedIn-Version", "Content-Type", "content-encoding", "",
	} {
		got = changes.AppendField(got, []byte(name))
	}
	if diff := cmp.Diff([]string{"accept", "linkedin-version", "content-encoding"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCutAgent(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"python-requests/2.31.0":         "python-requests 2.31.0",
		"curl/8.5.0":                     "curl 8.5.0",
		"Mozilla/5.0 (X11; Linux) Gecko": "Mozilla 5.0",
		"acme":                           "acme ",
		"":                               " ",
	} {
		product, number := changes.CutAgent([]byte(agent))
		if got := fmt.Sprintf("%s %s", product, number); got != want {
			t.Errorf("%s is %q, want %q", agent, got, want)
		}
	}
}

func TestShape(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "root", "": "root", "/v2": "1-segments", "/v2/me": "2-segments", "/v2/me/": "2-segments-slash", "/v2/urn%3Ali": "2-segments-escaped",
		"/v2//me": "3-segments-empty", "//": "root-slash",
	} {
		if got := changes.Shape([]byte(path)); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}
