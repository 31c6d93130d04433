package explain

import (
	"regexp"
	"strings"
	"testing"
)

// Looking for the words of a pattern first finds what the expression alone finds.
func TestPatternsMatchAsTheirExpressions(t *testing.T) {
	var texts []string
	for i, c := range wildCases(t, wildFile) {
		if i%3 == 0 { // of each kind some
			texts = append(texts, string(c.text))
		}
	}
	all := []*pattern{}
	for _, p := range patterns() {
		all = append(all, p)
	}
	for _, table := range signs {
		for i := range table {
			all = append(all, table[i].words)
		}
	}
	matched := 0
	for _, p := range all {
		whole := regexp.MustCompile(p.expr)
		for _, text := range texts {
			want := whole.MatchString(text)
			if got := lookAt(text).has(p); got != want {
				t.Errorf("%.80s in %.80q: %v, want %v", p.expr, text, got, want)
			}
			if want {
				matched++
			}
		}
	}
	if matched < len(texts) {
		t.Errorf("only %d match: nothing is compared", matched)
	}
}

// A pattern is told apart by the words that each of its matches holds.
func TestNeeds(t *testing.T) {
	for _, tc := range []struct {
		expr, needs string // of each alternative
	}{
		{`no Route matched`, "no route matched"},
		{`(?i)ENOTFOUND|\bgetaddrinfo\b`, "enotfound|getaddrinfo"},
		{`(missing|no) (api|sub)[ _-]?keys`, "keys"},
		{`(client|app)_?id`, "client,app"},
		{`\d+`, ""},
		{`x*|abc`, "|abc"},
		{`(ab){2}[xy]`, "ab"},
	} {
		var got []string
		for _, a := range words(tc.expr).alternatives() {
			got = append(got, strings.Join(a.needs, ","))
		}
		if s := strings.Join(got, "|"); s != tc.needs {
			t.Errorf("%s needs %q, want %q", tc.expr, s, tc.needs)
		}
	}
}

// Of a long paste the beginning and the end are looked at, and it is said so.
func TestLongPastes(t *testing.T) {
	filler := strings.Repeat(largePastes["json"], 2000)
	failure := "java.net.UnknownHostException: redis: Name or service not known\n"
	for name, paste := range map[string]string{"begins": failure + filler, "ends": filler + failure} {
		e, ok, err := Pasted([]byte(paste), wildNow)
		if err != nil || !ok || len(e.Ranked) == 0 || e.Ranked[0].Name != "name-not-found" {
			t.Errorf("%s: %v %v %+v", name, ok, err, e.Ranked)
		}
		if !strings.Contains(e.Note, "its first and last 8 KiB") {
			t.Errorf("%s: note %q", name, e.Note)
		}
	}
	if e, _ := At([]byte(failure), wildNow); strings.Contains(e.Note, "KiB") {
		t.Errorf("of a short one: %q", e.Note)
	}
}
