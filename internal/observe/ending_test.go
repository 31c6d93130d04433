package observe

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// ended is what a gateway tells of the end of a connection that was switched.
func ended(by, why string) *accesslog.Entry {
	return call("GET", "/chat?token=secret", 101, func(e *accesslog.Entry) {
		e.Upgrade, e.EndedBy, e.Ended, e.In, e.Out, e.Stations = "websocket", by, why, 12, 3400, accesslog.Stations{Done: 95_000_000}
	})
}

// TestEndings: what ends a WebSocket in order is no failure, whoever ends it; each other end has its line.
func TestEndings(t *testing.T) {
	const carried = " after 95 s; 12 bytes had come from the client and 3400 from upstream | fix: "
	for _, c := range []struct{ by, why, want, cause string }{
		{"client", "closed", "", ""},
		{"upstream", "closed", "", ""},
		{"gateway", "idle", "", ""},
		{"gateway", "drained", "", ""},
		{
			"upstream", "reset", "by upstream | upstream reset the WebSocket" + carried + "Look into the log of the API at this time: most often its process ended, or a limit of its own passed.",
			"101 by upstream: WebSocket reset",
		},
		{
			"client", "reset", "by client | the client reset the WebSocket" + carried + "Look at the client at this time: most often its process ended, or its network was gone.",
			"101 by the client: WebSocket reset",
		},
		{
			"gateway", "stalled", "by Candor | one side of the WebSocket took nothing of what the other had sent, so Candor ended it" + carried + "Find out which of the two stopped reading: the API or the client.",
			"101 by Candor: WebSocket stalled",
		},
		{
			"gateway", "revoked", "by Candor | the token was revoked with which the WebSocket was opened, so Candor ended it" + carried + "Open it again with a token that holds.",
			"101 by Candor: WebSocket revoked",
		},
		{
			"gateway", "expired", "by Candor | the token ended with which the WebSocket was opened, so Candor ended it" + carried + "Open it again with a token that holds.",
			"101 by Candor: WebSocket expired",
		},
		{
			"gateway", "panic", "by Candor | Candor ended the WebSocket by a fault of its own" + carried + "Open it again, and report the lines that Candor has written of it.",
			"101 by Candor: WebSocket panic",
		},
	} {
		t.Run(c.by+" "+c.why, func(t *testing.T) {
			s, got := shown(Options{Learns: true}, call("GET", "/chat?token=secret", 101), ended(c.by, c.why))
			want, sum := "", "\n1 call, 0 failed\n"
			if c.want != "" {
				want = "12:00:00 101 GET /chat | " + c.want + " | id " + idText + "\n"
				sum = "\n1 call, 1 failed\n     1  " + c.cause + "\n"
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the line (-want +got):\n%s", diff)
			}
			out := s.o.Out.(*bytes.Buffer)
			out.Reset()
			s.End()
			if diff := cmp.Diff(sum, out.String()); diff != "" {
				t.Errorf("the summary (-want +got):\n%s", diff)
			}
			if s.learnt.calls != 1 {
				t.Errorf("learnt of %d calls", s.learnt.calls)
			}
			s.Call(ended("upstream", "reset"))
			if strings.Contains(out.String(), "reset the WebSocket") {
				t.Error("a line behind the summary")
			}
		})
	}
}
