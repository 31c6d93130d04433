package main

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// Whoever looks a failure up is not sent to the API with an id that it has never seen.
func TestTextOfAStoredFailure(t *testing.T) {
	for cache, says := range map[string][2]string{
		"":            {"The API itself answered with 404", "with the id i"},
		"miss":        {"The API itself answered with 404", "with the id i"},
		"revalidated": {"The API itself answered with 404", "with the id i"},
		"hit":         {"had that in its cache", "does not know the id"},
		"coalesced":   {"had that in its cache", "does not know the id"},
	} {
		s := &sheet{}
		writeCause(s, &requestlog.Record{RequestID: "i", By: requestlog.ByUpstream, Status: 404, Cache: cache})
		got := strings.Join(strings.Fields(s.String()), " ")
		if !strings.Contains(got, says[0]) || !strings.Contains(got, says[1]) {
			t.Errorf("%q: %s", cache, got)
		}
	}
}
