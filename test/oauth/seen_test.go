package oauth

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/seen.txt")

// fault is something that goes wrong, at an app whose member does as said.
type fault struct {
	name   string
	change map[string]any // of what the app is told when it is configured
	does   decision
	meets  func(v *visit) bool // nil: every app
	later  bool                // the code is redeemed when it has ended
	taken  bool                // the member takes access back before the app refreshes
}

var faults = []fault{
	{name: "the member cancels the login", does: cancelsLogin},
	{name: "the member cancels at the question", does: cancelsAccess},
	{name: "the secret is wrong", does: allows, change: map[string]any{"secret": "wrong"}, meets: func(v *visit) bool { return !v.public }},
	{name: "a scope is asked for that the app has not", does: allows, change: map[string]any{"scope": "openid r_other"}},
	{name: "answers have no token_type", does: allows, meets: func(v *visit) bool { return v.strict && v.r.profile == "linkedin" }},
	{name: "access was taken back when it refreshes", does: allows, taken: true, meets: func(v *visit) bool { return !v.strict || v.r.profile == "standard" }},
	{name: "the code has ended", does: allows, later: true},
}

// TestSeen: what developers see when something goes wrong, in the words of their library.
func TestSeen(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, profile := range []string{"standard", "linkedin"} {
		r := newRealm(t, profile)
		seen := seeAll(t, r)
		for i := range faults {
			fmt.Fprintf(&text, "== %s, %s\n", profile, faults[i].name)
			group(&text, seen[i])
		}
	}
	const name = "testdata/seen.txt"
	if *update {
		if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text.String(), "\n")); diff != "" {
		t.Errorf("other than in %s (-want +got):\n%s", name, diff)
	}
}

// sight is what the developer of an app sees.
type sight struct{ library, text string }

// group writes what is seen, together what is the same.
func group(to *strings.Builder, all []sight) {
	for i, s := range all {
		same := func(o sight) bool { return o.text == s.text }
		if slices.ContainsFunc(all[:i], same) {
			continue
		}
		for _, o := range all[i:] {
			if same(o) {
				fmt.Fprintln(to, o.library)
			}
		}
		fmt.Fprintln(to, s.text)
	}
}

// seeAll lets every fault happen to every library. Time passes once, at the end, for the fault that waits for it, which is the last.
func seeAll(t *testing.T, r *realm) [][]sight {
	t.Helper()
	seen := make([][]sight, len(faults))
	var late []func()
	for i := range libraries {
		v := libraries[i].open(t, r, fmt.Sprint("app-", i))
		for j := range faults {
			f := &faults[j]
			if f.meets != nil && !f.meets(v) {
				continue
			}
			v.configure(t, f.change)
			if f.later {
				r.takesBack(t) // so that no app after this one ends the code by it
			}
			b := v.begins(t, f.does)
			see := func() { seen[j] = append(seen[j], sight{v.name, f.seen(t, v, b)}) }
			if f.later {
				late = append(late, see)
				continue
			}
			see()
		}
	}
	r.ahead.Add(int64(time.Hour))
	for _, see := range late {
		see()
	}
	return seen
}

// seen has the app finish, and returns what its developer sees.
func (f *fault) seen(t *testing.T, v *visit, b back) string {
	t.Helper()
	got := v.finish(t, b)
	if f.taken {
		if got.Failed != nil {
			t.Errorf("%s: before %s: %v", v.name, f.name, got.Failed)
		}
		v.r.takesBack(t)
		got = v.do(t, "refresh", nil)
	}
	if got.Failed == nil {
		t.Errorf("%s, %s: nothing went wrong: %v", v.name, f.name, got.Got)
	}
	var text strings.Builder
	list(&text, "    ", got.Failed)
	return times.ReplaceAllString(strings.NewReplacer(v.r.www, "{www}", v.is.ClientID, "{client_id}").Replace(text.String()), "{time}")
}

var times = regexp.MustCompile(`20\d\d-\d\d-\d\dT[\d:.]+Z`)

// list writes what an error has, a line each.
func list(to *strings.Builder, indent string, of map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if inner, nested := of[name].(map[string]any); nested {
			fmt.Fprintf(to, "%s%s:\n", indent, name)
			list(to, indent+"    ", inner)
			continue
		}
		fmt.Fprintf(to, "%s%s: %v\n", indent, name, of[name])
	}
}
