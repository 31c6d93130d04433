package explain

import (
	"slices"
	"strings"
	"testing"
)

// A mistyped name is told with the nearest one; what is near to none is not.
func TestNearest(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want string // a part of the headline of the first; "": none
	}{
		{"EMPTY_ACES_TOKEN", "EMPTY_ACCESS_TOKEN"},
		{"401 EMPTY_ACES_TOKEN", "EMPTY_ACCESS_TOKEN"},
		{"upstream_unreachabel", "upstream_unreachable"},
		{"65610", "65600"},
		{"invalid_grnat", "invalid_grant"},
		{"unsuported_grant_type", "unsupported_grant_type"},
		{"NOTFOUND", "404"},
		{"clok-skew", "A clock is wrong"},
		{"wrong_pasword", "Wrong e-mail address or password"},
		{"hello", ""},
		{"S3CRET0c93dd", ""},
		{"99999", ""},
		{"", ""},
	} {
		e, _ := Explain([]byte(tc.in))
		switch {
		case tc.want == "" && e.Nearest != "":
			t.Errorf("%s: %s", tc.in, e.Nearest)
		case tc.want == "":
		case e.Nearest == "" || !strings.Contains(e.Text(), tc.want) || !strings.HasPrefix(e.Text(), "Nothing is called "):
			t.Errorf("%s: want %s in\n%s", tc.in, tc.want, e.Text())
		}
	}
}

// A name that is known is told as itself.
func TestNamesAreNotMistyped(t *testing.T) {
	b := newBook()
	for _, name := range b.names() {
		if e, ok := Explain([]byte(name)); !ok || e.Nearest != "" {
			t.Errorf("%s: %v, %s", name, ok, e.Nearest)
		}
	}
}

func TestDifferences(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "acb", 1}, {"abc", "abcd", 1}, {"grant", "grnat", 1}, {"kitten", "sitting", 3}} {
		if got := differences(tc.a, tc.b); got != tc.want || differences(tc.b, tc.a) != tc.want {
			t.Errorf("%s, %s: %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
	if got := nearestOf([]string{"abcdx", "abcdy", "qqqqq"}, "abcde"); !slices.Equal(got, []string{"abcdx", "abcdy"}) {
		t.Errorf("equally near: %v", got)
	}
}
