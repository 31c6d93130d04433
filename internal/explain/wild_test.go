package explain

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// wildCase is a failure as somebody pasted it, with what was wrong.
type wildCase struct {
	title string
	want  []string // the true cause, then those that should come after it
	text  []byte
}

// wildCases reads the cases of a file.
func wildCases(tb testing.TB, file string) []wildCase {
	tb.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []wildCase
	for _, f := range a.Files {
		causes, title, _ := strings.Cut(f.Name, ": ")
		cases = append(cases, wildCase{title: title, want: strings.Split(causes, " > "), text: f.Data})
	}
	return cases
}

const wildFile = "testdata/wild.txtar"

// The cases are worth to be measured by: enough of them, each with a cause, and invalid_grant in all its meanings.
func TestWildCasesAreWhole(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	cases := wildCases(t, wildFile)
	if len(cases) != 60 {
		t.Errorf("%d cases, want 60", len(cases))
	}
	titles, ofInvalidGrant := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		if c.title == "" || titles[c.title] || len(strings.TrimSpace(string(c.text))) == 0 {
			t.Errorf("%q is empty or there twice", c.title)
		}
		titles[c.title] = true
		for _, cause := range c.want {
			if !name.MatchString(cause) {
				t.Errorf("%s: %q is no name of a cause", c.title, cause)
			}
		}
		if strings.Contains(string(c.text), "invalid_grant") {
			ofInvalidGrant[c.want[0]] = true
		}
	}
	if len(ofInvalidGrant) < 6 {
		t.Errorf("invalid_grant stands for %d causes only: %v", len(ofInvalidGrant), ofInvalidGrant)
	}
}
