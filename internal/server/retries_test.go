package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestRetriesAreCounted: by upstream and outcome, also over a reload that makes another upstream of the name; and they are in the access log and in the record.
func TestRetriesAreCounted(t *testing.T) {
	s := newStage(t)
	url := loose(t, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndown")
	change := []string{
		`people: {targets: ["{{people}}"]}`, `people: {targets: ["` + url + `"]}`,
		"{name: news, path: /news,", "{name: news, path: /news, retry: {attempts: 2},",
	}
	i := s.start(change...)
	if a := i.get("/v2/news", ""); a.Status != 503 {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if err := i.Reload(t.Context(), s.config(append(change, `"`+url+`"]`, `"`+url+`"], timeouts: {connect: 2s}`)...)); err != nil {
		t.Fatal(err)
	}
	i.get("/v2/news", "")
	const name = "candor_upstream_retries_total"
	want := map[string]string{name + `{outcome="failed",upstream="people"}`: "2", name + `{outcome="healed",upstream="people"}`: "0", name + `{outcome="budget",upstream="people"}`: "0"}
	names := make([]string, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	if diff := cmp.Diff(want, i.metrics(names...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	testkit.Until(t, "logged", func() bool { return strings.Count(s.out.String(), `"attempts":2,"retried":["503"]`) == 2 })
}
