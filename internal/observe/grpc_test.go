package observe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// TestGRPCMessage: a message is shown as it was meant, without secrets, and can mislead nobody.
func TestGRPCMessage(t *testing.T) {
	for _, c := range []struct{ sent, want string }{
		{"no%20token", "no token"},
		{"50%, or%", "50%, or%"},
		{"caf%C3%A9 %zz%2", "café %zz%2"},
		{"%ff", "\ufffd"},
		{"line%0d%0aline", "line line"},
		{"red\x1b[2J%1b[2J %E2%80%AEold", `red\u001b[2J\u001b[2J \u202eold`},
		{"the token%20Bearer%20eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.c2lnbmF0dXJl %zz", "the token Bearer REDACTED %zz"},
		{strings.Repeat("%61", 300), strings.Repeat("a", 199) + "…"},
	} {
		_, got := shown(Options{}, call("POST", "/p.S/M", 200, answer(func(a *accesslog.Answer) { a.GRPCStatus, a.GRPCMessage = []byte("16"), []byte(c.sent) })))
		want := `12:00:00 200 POST /p.S/M | by upstream | upstream answered 200: "` + c.want + `" (grpc-status 16 UNAUTHENTICATED) | fix: Correct what grpc-status and grpc-message name. | id ` + idText + "\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sent, diff)
		}
	}
}
