package server_test

import (
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/server"
)

// signsOf are what the findings of a digest are cases of.
func signsOf(d *digest.Digest) (all []string) {
	for i := range d.Findings {
		all = append(all, d.Findings[i].Sign)
	}
	return all
}

// A digest of an instance at work tells who has nearly used up a limit of the day, and which revisions of the configuration were taken; of one that does
// not run it tells the revisions alone, and says so.
func TestDigestOfAnInstance(t *testing.T) {
	s := newStage(t)
	words := []string{"100/day", "8/day, member: 8/day"}
	o, _ := s.atNoon()
	i := s.startBy(s.config(words...), o)
	made := i.mintAt(o.Now())
	for n := range int64(6) {
		i.get("/v2/me", made)
		i.used(n + 1)
	}
	digested := func() *digest.Digest {
		t.Helper()
		told, err := i.Digest(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return told.(*digest.Digest)
	}
	if got := digested(); slices.Contains(signsOf(got), "near_limit") || len(got.Revisions) != 1 || got.Revisions[0].Number != 1 {
		t.Errorf("with six of eight calls: %v, %v", signsOf(got), got.Revisions)
	}
	i.get("/v2/me", made)
	i.used(7)
	if err := i.Reload(t.Context(), s.config(append(words, "    name: people\n", "    name: people\n    profile: linkedin\n")...)); err != nil {
		t.Fatal(err)
	}
	got := digested()
	at := slices.IndexFunc(got.Findings, func(f digest.Finding) bool { return f.Sign == "near_limit" })
	if at < 0 || got.Findings[at].What != "The app demo has used 7 of 8 calls of people/me (day)" {
		t.Errorf("with seven of eight calls: %+v", got.Findings)
	}
	if len(got.Revisions) != 2 || got.Revisions[0].Number != 2 || len(got.Revisions[0].Routes) == 0 {
		t.Errorf("after a reload: %+v", got.Revisions)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	stopped, err := server.OpenRequests(t.Context(), s.config(words...), o.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err = stopped.Close(); err != nil {
			t.Error(err)
		}
	}()
	after, err := stopped.Digest(t.Context(), url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got.Revisions, after.Revisions); d != "" {
		t.Errorf("revisions (-at work +stopped)\n%s", d)
	}
	if slices.Contains(signsOf(after), "near_limit") || !slices.Contains(after.Notes, "The instance does not run: how far limits are used up is not told.") {
		t.Errorf("stopped: %v, %v", signsOf(after), after.Notes)
	}
}
