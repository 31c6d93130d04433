package server

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"
	"time"
)

func TestTroubleIsToldOnce(t *testing.T) {
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	now := time.Unix(1_000_000_000, 0)
	full := errors.New("disk full")
	tr := trouble{fails: "cannot", well: "can again"}
	for _, err := range []error{nil, full, full, full, nil, nil, full} {
		tr.tell(log, err, now)
		now = now.Add(time.Second)
	}
	const want = `level=WARN msg=cannot error="disk full"
level=INFO msg="can again" after=3s
level=WARN msg=cannot error="disk full"
`
	if said.String() != want {
		t.Errorf("got\n%swant\n%s", said.String(), want)
	}
}
