package route

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

func TestCheckPath(t *testing.T) {
	for path, want := range map[string]URLFault{
		"":                                    {},
		"/":                                   {},
		"/v2/me/":                             {},
		"/people/(id:7),x=1;v=2@a:b!$&'()*+~": {},
		"/a b":                                {problem.DetailRawControl, "path", 3, []byte(" ")},
		`/odd/"<>[]^{|}` + "`":                {},
		"/caf%C3%A9/%F0%9F%8E%89":             {},
		"/latin/%E9/%e0b":                     {},
		"/%zz":                                {problem.DetailBadEscape, "path", 2, []byte("%zz")},
		"/a%":                                 {problem.DetailBadEscape, "path", 3, []byte("%")},
		"/a%4":                                {problem.DetailBadEscape, "path", 3, []byte("%4")},
		"/a%4g/..":                            {problem.DetailBadEscape, "path", 3, []byte("%4g")},
		"/%00":                                {problem.DetailEncodedControl, "path", 2, []byte("%00")},
		"/%0d%0a":                             {problem.DetailEncodedControl, "path", 2, []byte("%0d")},
		"/%7F":                                {problem.DetailEncodedControl, "path", 2, []byte("%7F")},
		"/a\x01":                              {problem.DetailRawControl, "path", 3, []byte("\x01")},
		"/a\x7f":                              {problem.DetailRawControl, "path", 3, []byte("\x7f")},
		"/caf\xc3\xa9":                        {problem.DetailRawByte, "path", 5, []byte("\xc3")},
		`/a\b`:                                {problem.DetailBackslash, "path", 3, []byte(`\`)},
		"/a#b":                                {problem.DetailFragment, "path", 3, []byte("#")},
		"//admin":                             {problem.DetailEmptySegment, "path", 1, []byte("//")},
		"/a//":                                {problem.DetailEmptySegment, "path", 3, []byte("//")},
		"/a%2Fb":                              {problem.DetailEncodedSlash, "path", 3, []byte("%2F")},
		"/a%2fb":                              {problem.DetailEncodedSlash, "path", 3, []byte("%2f")},
		"/a%5cb":                              {problem.DetailEncodedBackslash, "path", 3, []byte("%5c")},
		"/public/../admin":                    {problem.DetailDotSegment, "path", 9, []byte("..")},
		"/public/%2e%2E/admin":                {problem.DetailDotSegment, "path", 9, []byte("%2e%2E")},
		"/public/.%2e":                        {problem.DetailDotSegment, "path", 9, []byte(".%2e")},
		"/.":                                  {problem.DetailDotSegment, "path", 2, []byte(".")},
		"/./x":                                {problem.DetailDotSegment, "path", 2, []byte(".")},
		"/..;/x":                              {problem.DetailDotSegment, "path", 2, []byte("..;")},
		"/..%3bx=1/x":                         {problem.DetailDotSegment, "path", 2, []byte("..%3bx=1")},
		"/.../.a/..b/a..;":                    {},
		"/%2e%2e%2f":                          {problem.DetailEncodedSlash, "path", 8, []byte("%2f")},
		"/%c0%af":                             {problem.DetailBadEscape, "path", 2, []byte("%c0%af")},
		"/%C1%9c":                             {problem.DetailBadEscape, "path", 2, []byte("%C1%9c")},
		"/%e0%80%af":                          {problem.DetailBadEscape, "path", 2, []byte("%e0%80")},
		"/%f0%80%80%af":                       {problem.DetailBadEscape, "path", 2, []byte("%f0%80")},
		"/%E0%A4%B9":                          {},
	} {
		checkFault(t, path, checkPath([]byte(path), 0, new(Accept)), want)
	}
}

func TestCheckQuery(t *testing.T) {
	for _, c := range []struct {
		query              string
		standard, linkedin URLFault
	}{
		{"", URLFault{}, URLFault{}},
		{"q=viewer&ids=List(1,2)&a=b:c@d/e?f", URLFault{}, URLFault{}},
		{"a=%00%2F%5C", URLFault{}, URLFault{}},
		{"50%|{x}", URLFault{}, URLFault{problem.DetailBadEscape, "query", 3, []byte("%|{")}},
		{"a=b%", URLFault{}, URLFault{problem.DetailBadEscape, "query", 4, []byte("%")}},
		{"a[0]=1", URLFault{}, URLFault{problem.DetailQueryByte, "query", 2, []byte("[")}},
		{`a=\`, URLFault{}, URLFault{problem.DetailQueryByte, "query", 3, []byte(`\`)}},
		{"a=\t", URLFault{problem.DetailRawControl, "query", 3, []byte("\t")}, URLFault{problem.DetailRawControl, "query", 3, []byte("\t")}},
		{"a=\xe9", URLFault{problem.DetailRawByte, "query", 3, []byte("\xe9")}, URLFault{problem.DetailRawByte, "query", 3, []byte("\xe9")}},
		{"a#b", URLFault{problem.DetailFragment, "query", 2, []byte("#")}, URLFault{problem.DetailFragment, "query", 2, []byte("#")}},
		{"{#", URLFault{problem.DetailFragment, "query", 2, []byte("#")}, URLFault{problem.DetailQueryByte, "query", 1, []byte("{")}},
	} {
		checkFault(t, c.query, checkQuery([]byte(c.query), problem.Standard, 0, new(Accept)), c.standard)
		checkFault(t, c.query, checkQuery([]byte(c.query), problem.LinkedIn, 0, new(Accept)), c.linkedin)
	}
}

func TestCheckURLByProfile(t *testing.T) {
	linked := api("linked", "/l", "* /**")
	linked.Profile = problem.LinkedIn
	table := build(t, linked, api("standard", "/s", "* /**"))
	odd := URLFault{problem.DetailQueryByte, "query", 1, []byte("|")}
	for path, want := range map[string]URLFault{"/l/x": odd, "/s/x": {}, "/nowhere": {}, "/s//": {problem.DetailEmptySegment, "path", 3, []byte("//")}} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(path), &m)
		got := table.CheckURL(&m, []byte(path), []byte("|"))
		if got.Detail != want.Detail || got.Part != want.Part || got.At != want.At || string(got.Excerpt) != string(want.Excerpt) {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
}

func checkFault(t *testing.T, of string, got, want URLFault) {
	t.Helper()
	if got.Detail != want.Detail || got.Part != want.Part || got.At != want.At || string(got.Excerpt) != string(want.Excerpt) {
		t.Errorf("%q: %d %s %d %q, want %d %s %d %q", of, got.Detail, got.Part, got.At, got.Excerpt, want.Detail, want.Part, want.At, want.Excerpt)
	}
	if got.Bad() && !strings.HasPrefix(of[got.At-1:], string(got.Excerpt)) {
		t.Errorf("%q: the excerpt %q does not stand at position %d", of, got.Excerpt, got.At)
	}
}
