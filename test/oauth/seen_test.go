package oauth

import (
	"flag"
	"fmt"
	"maps"
	"os"
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
	var text strings.Builder
	for _, profile := range []string{"standard", "linkedin"} {
		seeAll(t, newRealm(t, profile), &text)
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

// seeAll lets every fault happen to every library. Time passes once: what waits for it comes last.
func seeAll(t *testing.T, r *realm, to *strings.Builder) {
	t.Helper()
	var after []func()
	for i, l := range libraries {
		for j := range faults {
			f := &faults[j]
			v := l.open(t, r, fmt.Sprint("app-", i, "-", j), f.change)
			if f.meets != nil && !f.meets(v) {
				continue
			}
			back := v.begins(t, f.does)
			see := func() { f.write(t, v, to, back) }
			if f.later {
				after = append(after, see)
				continue
			}
			see()
		}
	}
	r.ahead.Add(int64(time.Hour))
	for _, see := range after {
		see()
	}
}

// write has the app finish, and writes down what its developer sees.
func (f *fault) write(t *testing.T, v *visit, to *strings.Builder, back string) {
	t.Helper()
	got := v.do(t, "finish", map[string]any{"back": back})
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
	fmt.Fprintf(to, "%s | %s | %s\n", v.r.profile, v.name, f.name)
	list(to, "    ", got.Failed, strings.NewReplacer(v.r.www, "{www}", v.is.ClientID, "{client_id}"))
	to.WriteString("\n")
}

// list writes what an error has, a line each.
func list(to *strings.Builder, indent string, of map[string]any, hide *strings.Replacer) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if inner, nested := of[name].(map[string]any); nested {
			fmt.Fprintf(to, "%s%s:\n", indent, name)
			list(to, indent+"    ", inner, hide)
			continue
		}
		fmt.Fprintf(to, "%s%s: %s\n", indent, name, hide.Replace(fmt.Sprint(of[name])))
	}
}
