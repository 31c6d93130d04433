package explain

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

// wildNow is the clock of the cases.
var wildNow = time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC)

// ranked are the causes that are told of a paste.
func ranked(paste []byte) []Cause {
	e, _, err := Pasted(paste, wildNow)
	if err != nil {
		return nil
	}
	return e.Ranked
}

// score counts the cases whose true cause is named first, and among the first three, and logs the others.
func score(t *testing.T, cases []wildCase) (first, three int) {
	t.Helper()
	for _, c := range cases {
		var names []string
		for _, found := range ranked(c.text) {
			names = append(names, fmt.Sprintf("%s %d%%", found.Name, found.Percent))
		}
		at := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, c.want[0]+" ") })
		if at == 0 {
			first++
		}
		if at >= 0 && at < 3 {
			three++
		}
		if at != 0 {
			t.Logf("%s: %s is at %d of %v", c.title, c.want[0], at+1, names)
		}
	}
	t.Logf("%d of %d first, %d among the first three", first, len(cases), three)
	return first, three
}

// What was wrong is named first for two thirds of what people paste, and among the first three for nearly all.
func TestWild(t *testing.T) {
	first, three := score(t, wildCases(t, wildFile))
	if first < 40 || three < 54 {
		t.Errorf("%d are named first and %d among the first three, want 40 and 54", first, three)
	}
}

// Cases that the knowledge was widened by: what is found of them stays found.
func TestWildLater(t *testing.T) {
	first, three := score(t, wildCases(t, laterFile))
	if first < 108 || three < 114 {
		t.Errorf("%d are named first and %d among the first three, want 108 and 114", first, three)
	}
}

// Cases that the knowledge was not made with and not changed after: the score is told, whatever it is.
func TestWildUnseen(t *testing.T) {
	cases := wildCases(t, unseenFile)
	first, three := score(t, cases)
	if len(cases) < 12 || first == 0 || three == 0 {
		t.Errorf("none of %d is found", len(cases))
	}
}

// What servers and programs of many makers say, a line each, with no word beside it.
func TestWildLines(t *testing.T) { testLines(t, "testdata/wild_lines.txt") }

// What the libraries of each language, the systems' errors, TLS, proxies and their logs say of one failure.
func TestWildFamilies(t *testing.T) { testLines(t, "testdata/wild_families.txt") }

func testLines(t *testing.T, file string) {
	t.Helper()
	cases := lineCases(t, file)
	first, three := score(t, cases)
	if first < len(cases)*95/100 || three < len(cases)*98/100 {
		t.Errorf("of %d, %d are named first and %d among the first three", len(cases), first, three)
	}
}

// lineCases reads the lines of a file: the cause, a tab, and what is said.
func lineCases(tb testing.TB, file string) []wildCase {
	tb.Helper()
	lines, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []wildCase
	for line := range strings.Lines(string(lines)) {
		want, text, ok := strings.Cut(line, "\t")
		if !ok {
			tb.Fatalf("%q has no tab", line)
		}
		cases = append(cases, wildCase{title: text, want: []string{want}, text: []byte(text)})
	}
	return cases
}

const (
	laterFile  = "testdata/wild_later.txtar"
	unseenFile = "testdata/wild_unseen.txtar"
)
