package adopt

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// events is a call for a stream; release lets the upstream send its second half, which it does not before.
const (
	events  = "GET /events" + host + "Accept: text/event-stream\r\n\r\n"
	release = "POST /events" + host + "Content-Length: 0\r\nConnection: close\r\n\r\n"
)

// stream reads a stream of events, whose second half is asked for when the first is there.
func stream(t *testing.T, p *tap, w way) {
	t.Helper()
	at := strings.NewReplacer("{{host}}", p.address)
	client := stage.Dial(t, w.address, nil)
	defer client.Close()
	client.Send(at.Replace(events))
	if a, err := client.Until("data: 1\n\n"); err != nil {
		t.Fatalf("%s: the first half does not come: %v behind %q", w.name, err, a)
	}
	other := stage.Dial(t, w.address, nil)
	defer other.Close()
	other.Send(at.Replace(release))
	if a, err := other.Answer(false); err != nil || a.Status != 202 {
		t.Fatalf("%s: %v, %q", w.name, err, a.Raw)
	}
	if a, err := client.Until(": the end\n\n"); err != nil {
		t.Errorf("%s: the second half does not come: %v behind %q", w.name, err, a)
	}
	p.take()
}
