package explain

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// What a developer is told of a call that was staged says so, although its note is not theirs; of one that a rule let pass there is nothing to say.
func TestStagedForDeveloper(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"throttled; rule=flaky":     "throttled; rule=flaky",
		"latency=200ms; rule=slow":  "latency=200ms; rule=slow",
		"ok; rule=flaky":            "",
		"ok":                        "",
		"reset\x1b[2J; rule=flaky":  "reset\uFFFD[2J; rule=flaky",
		"status=503 Bearer abcdefg": "status=503 Bearer REDACTED",
	} {
		r := &requestlog.Record{
			Status: 429, Problem: "throttled", By: requestlog.ByGateway, Note: "staged by the sandbox: " + value, Route: "v2/me",
			Answer: &requestlog.Answer{Headers: []requestlog.Field{{Name: "x-sandbox-fault", Value: value}}},
		}
		e := Record(r.ForDeveloper())
		if e.Answer.Staged != want || strings.Contains(e.Text(), "on purpose, by the sandbox: ") != (want != "") {
			t.Errorf("%q: %q", value, e.Answer.Staged)
		}
	}
}
