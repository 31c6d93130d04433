package accesslog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What checks would have refused stands in its order, the first with all that is known, and secrets in none of it.
func TestWould(t *testing.T) {
	e := Entry{
		Status: 200, ByUpstream: true, UserAgent: []byte("shop/1.0"),
		Would: []Would{{"credential", "invalid_access_token", "token_altered"}, {"path", "resource_not_found", ""}, {"length", "length_required", "length_not_chunked"}},
		First: &Cause{Detail: "token_altered", At: 3, Excerpt: []byte("?access_token=secret"), Sent: 71, Unit: "characters"},
	}
	line := string(e.AppendJSON(nil))
	_, got, _ := strings.Cut(line, `"duration_us":0`)
	want := `,"would":[{"check":"credential","problem":"invalid_access_token","detail":"token_altered","at":3,"excerpt":"?access_token=REDACTED","sent":71,"unit":"characters"},` +
		`{"check":"path","problem":"resource_not_found"},{"check":"length","problem":"length_required","detail":"length_not_chunked"}],"user_agent":"shop/1.0"}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	e.Problem, e.Cause = "throttled", Cause{Detail: "x"}
	if line := string(e.AppendJSON(nil)); strings.Count(line, `"user_agent"`) != 1 || !strings.Contains(line, `"user_agent":"shop/1.0","detail":"x"`) {
		t.Errorf("beside a problem: %s", line)
	}
}
