package observe

import (
	"fmt"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// endings are the ends of a WebSocket that are failures, by who ended it and how. Each other is in order: a side has said its last, nothing was said for long, or
// Candor itself ends. What is said inside is not read, so an end without a Close frame (RFC 6455 §5.5.1) is in order, too.
var endings = map[[2]string]struct{ by, cause, what, fix string }{
	{"upstream", "reset"}: {
		byUpstream, "by upstream", "upstream reset the WebSocket",
		"Look into the log of the API at this time: most often its process ended, or a limit of its own passed.",
	},
	{"client", "reset"}: {
		byClient, "by the client", "the client reset the WebSocket", "Look at the client at this time: most often its process ended, or its network was gone.",
	},
	{"gateway", "stalled"}: {
		byCandor, "by Candor", "one side of the WebSocket took nothing of what the other had sent, so Candor ended it",
		"Find out which of the two stopped reading: the API or the client.",
	},
	{"gateway", "revoked"}: {
		byCandor, "by Candor", "the token was revoked with which the WebSocket was opened, so Candor ended it", "Open it again with a token that holds.",
	},
	{"gateway", "expired"}: {
		byCandor, "by Candor", "the token ended with which the WebSocket was opened, so Candor ended it", "Open it again with a token that holds.",
	},
	{"gateway", "panic"}: {
		byCandor, "by Candor", "Candor ended the WebSocket by a fault of its own", "Open it again, and report the lines that Candor has written of it.",
	},
}

// parted is told of the end of a connection that was switched: its call was counted when that began.
func (s *Screen) parted(e *accesslog.Entry) {
	end, fails := endings[[2]string{e.EndedBy, e.Ended}]
	if !fails {
		return
	}
	f := Failure{By: end.by, Fix: end.fix, cause: fmt.Sprintf("%d %s: WebSocket %s", e.Status, end.cause, e.Ended)}
	f.What = fmt.Sprintf("%s after %s; %d bytes had come from the client and %d from upstream", end.what, spanText(done(e)), e.In, e.Out)
	f.about(e)
	s.totals.failed(f.cause)
	if !s.ended {
		s.write(&f)
	}
}
