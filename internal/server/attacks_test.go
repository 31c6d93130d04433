package server_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// attack is what somebody does who may not, what they get, and what then works for the one whom it was meant for.
type attack struct {
	name  string
	alone bool         // after it the realm is no good for others
	does  func(*scene) // it notes each thing that it gets
	gets  string       // each of them
	// linkedin are what that profile says instead, which has other words; nil: the same.
	linkedin []string
	still    func(*scene) string // nil: all that ada had works on
	works    string              // what still says
}

var bothProfiles = []string{"standard", "linkedin"}

// attacks are all of them, by what they aim at, and the profiles in which they are tried: where no program is answered, both are the same.
var attacks = []struct {
	subject  string
	all      []attack
	profiles []string
}{
	{"codes", codeAttacks, bothProfiles},
	{"tokens", tokenAttacks, bothProfiles},
	{"redirects", redirectAttacks, bothProfiles[:1]},
	{"browsers", browserAttacks, bothProfiles[:1]},
	{"forms", formAttacks, bothProfiles[:1]},
	{"meanwhile", meanwhileAttacks, bothProfiles[:1]},
	{"floods", floodAttacks, bothProfiles[:1]},
}

// leastAttacks is how many there are to be.
const leastAttacks = 100

// scene is a realm in which ada is signed in and has allowed shop something. Mallory is at another browser, has the account bob, and the app other.
type scene struct {
	*realm
	t                   *testing.T
	ada, mallory        *browser
	token, refreshToken string // of shop, for ada
	stolen              string // a code that is attacked
	outcomes            []string
}

// TestAttacks is the table of attacks: each is refused, and does nothing to whom it was meant for.
func TestAttacks(t *testing.T) {
	t.Parallel()
	n := 0
	for _, a := range attacks {
		n += len(a.all)
		for _, profile := range a.profiles {
			t.Run(a.subject+" "+profile, func(t *testing.T) {
				t.Parallel()
				tryAll(t, a.all, profile)
			})
		}
	}
	if n < leastAttacks {
		t.Errorf("there are %d attacks, and %d are the least", n, leastAttacks)
	}
}

func tryAll(t *testing.T, all []attack, profile string) {
	t.Helper()
	shared := newRealm(t, profile)
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			r := shared
			if a.alone {
				r = newRealm(t, profile)
			}
			a.try(t, r)
		})
	}
}

func (a *attack) try(t *testing.T, r *realm) {
	t.Helper()
	s := &scene{realm: r, t: t, ada: r.browser(t), mallory: r.browser(t)}
	got := r.redeems(t, r.code(s.ada, "ada", r.link()))
	s.token, s.refreshToken = got.text("access_token"), got.text("refresh_token")
	if is := lives(s); is != "all" {
		t.Fatalf("before the attack: %s", is)
	}
	a.does(s)
	if len(s.outcomes) == 0 {
		t.Error("nothing was tried")
	}
	want := []string{a.gets}
	if r.profile == "linkedin" && a.linkedin != nil {
		want = a.linkedin
	}
	for i, outcome := range s.outcomes {
		if !slices.Contains(want, outcome) {
			t.Errorf("%d. outcome: got %q, want %q", i+1, outcome, want)
		}
	}
	still, works := a.still, a.works
	if still == nil {
		still, works = lives, "all"
	}
	if is := still(s); is != works {
		t.Errorf("afterwards: %q, want %q", is, works)
	}
}

// lives says whether all that ada has works: her session, and shop's tokens for her.
func lives(s *scene) string {
	if is := s.calls(s.token); is != "OK" {
		return "her token: " + is
	}
	if a := s.refreshes(s.t, &s.shop, s.refreshToken); a.Status != 200 {
		return "her refresh token: " + answers(a)
	}
	if p := s.ada.get("/services"); p.status != 200 || !strings.Contains(p.body, "ada@example.com") || !strings.Contains(p.body, "shop") {
		return "her session: " + shown(p)
	}
	return "all"
}

// got notes what came of a thing that was tried.
func (s *scene) got(outcome string) { s.outcomes = append(s.outcomes, outcome) }

// answers is what an endpoint says to a program: status, error, cause.
func answers(a said) string {
	return strings.Join(strings.Fields(fmt.Sprint(a.Status, " ", a.text("error"), " ", a.text("cause"))), " ")
}

var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)

// shown is what a browser gets: where it is led to, without parameters but an error, or the heading of a page.
func shown(p seen) string {
	to := p.head.Get("Location")
	if to == "" {
		if m := heading.FindStringSubmatch(p.body); m != nil {
			return fmt.Sprint(p.status, " ", html.UnescapeString(strings.TrimSpace(m[1])))
		}
		return strings.TrimSpace(fmt.Sprint(p.status, " ", p.head.Get("Candor-Problem")))
	}
	at, query, _ := strings.Cut(to, "?")
	q, _ := url.ParseQuery(query)
	return strings.TrimSpace(fmt.Sprint(p.status, " ", at, " ", q.Get("error")))
}
