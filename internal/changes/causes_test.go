package changes

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

// byStatusAlone are problems whose causes depend on the status that the API gave.
var byStatusAlone = []string{"upstream_client_error"}

// TestEachProblemHasItsCauses: whoever adds a problem says what can cause it.
func TestEachProblemHasItsCauses(t *testing.T) {
	t.Parallel()
	var want []string
	for typ := problem.None + 1; typ <= problem.ClientGone; typ++ {
		want = append(want, typ.Name())
	}
	want = slices.DeleteFunc(want, func(name string) bool { return slices.Contains(byStatusAlone, name) })
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(causesByProblem))); diff != "" {
		t.Errorf("the catalogue (-) and the table of causes (+) differ:\n%s", diff)
	}
}

func TestNoCauseIsTheAgent(t *testing.T) {
	t.Parallel()
	for name, s := range causesByProblem {
		if s.has(Agent) || s.has(AgentVersion) || s == 0 {
			t.Errorf("%s: causes %b", name, s)
		}
	}
	for status := range 600 {
		if s := causeOf("of_somebody_else", status); s.has(Agent) || s.has(AgentVersion) || s == 0 {
			t.Errorf("%d: causes %b", status, s)
		}
	}
}

func TestEachFeatureHasItsWords(t *testing.T) {
	t.Parallel()
	for i := range rows {
		f := Feature(i)
		if rows[i].name == "" || rows[i].noun == "" {
			t.Errorf("feature %d has no words", i)
		}
		if number := f >= firstNumber && f < Configuration; number != (rows[i].above != "") {
			t.Errorf("%s: a sentence for numbers: %q", f, rows[i].above)
		}
		var back Feature
		if err := back.UnmarshalText([]byte(f.String())); err != nil || back != f {
			t.Errorf("%s read back is %s, %v", f, back, err)
		}
	}
	var none Feature
	if err := none.UnmarshalText([]byte("shoe_size")); err == nil {
		t.Error("shoe_size was taken for a feature")
	}
	if got := noFeature.String(); got != "feature 255" {
		t.Errorf("no feature is %q", got)
	}
}

// TestNumbersInExports: the numbers of features are written down, so they stay what they are.
func TestNumbersInExports(t *testing.T) {
	t.Parallel()
	got := map[string]Feature{}
	for i := range features {
		got[Feature(i).String()] = Feature(i)
	}
	want := map[string]Feature{
		"field": 0, "parameter": 1, "member": 2, "scope": 3, "product": 4, "media_type": 5, "token_kind": 6, "token_place": 7, "token": 8, "version": 9,
		"user_agent": 10, "user_agent_version": 11, "method": 12, "path": 13, "network": 14, "upstream": 15, "revision": 16, "token_age": 17, "token_life": 18,
		"clock": 19, "calls_today": 20, "body_size": 21, "url_size": 22, "head_size": 23,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("they differ (-want +got), which takes a new version of the encoding:\n%s", diff)
	}
}
