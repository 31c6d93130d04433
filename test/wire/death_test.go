package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// dying are answers that an upstream begins and does not end. complete is the byte from which on nothing is missing.
var dying = []struct {
	name, answer string
	byLength     bool // complete with its last byte, however the connection ends
	byClose      bool // complete with an end in order, from the end of its head on
}{
	{name: "with a length", answer: "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 10\r\n\r\n0123456789", byLength: true},
	{name: "in chunks", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n012\r\n7;x=y\r\n3456789\r\n0\r\nX-Sum: 1\r\n\r\n", byLength: true},
	{name: "to the end of the connection", answer: "HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n0123456789", byClose: true},
	{name: "of HTTP/1.0", answer: "HTTP/1.0 200 OK\r\n\r\n0123456789", byClose: true},
	{name: "behind interim ones", answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", byLength: true},
}

// TestUpstreamDiesAtEveryByte: an answer that is not whole is never passed on so that it looks whole. Before a byte of it was written the client gets a 502,
// after that its connection is reset. A full answer stands, whatever happens behind it.
func TestUpstreamDiesAtEveryByte(t *testing.T) {
	t.Parallel()
	for _, e := range []*engine{
		{name: "portable", portable: true}, {name: "fast"}, {name: "fast over TLS", tls: true}, {name: "portable, upstream over TLS", portable: true, upstreamTLS: true},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.start(t)
			for _, answer := range dying {
				for _, death := range []string{"close", "reset"} {
					t.Run(answer.name+" "+death, func(t *testing.T) {
						for n := range len(answer.answer) + 1 {
							stands := answer.byLength && n == len(answer.answer) || answer.byClose && death == "close" && n >= strings.Index(answer.answer, "\r\n\r\n")+4
							if e.die(t, answer.answer[:n], death, stands); t.Failed() {
								return
							}
						}
					})
				}
			}
		})
	}
}

// die plays an upstream that ends its connection behind these bytes.
func (e *engine) die(t *testing.T, answer, death string, stands bool) {
	t.Helper()
	script := stage.Script{{Do: "whole"}, {Do: "write", Data: answer}, {Do: death}}
	e.next(script, script) // a GET on a connection that was kept is sent again, once
	client := e.dial(t)
	defer client.Close()
	client.Send("GET /a HTTP/1.1\r\nHost: api\r\n\r\n")
	a, err := client.Answer(false)
	said := fmt.Sprintf("behind %q: %v, %q", answer, err, a.Raw)
	switch {
	case stage.Stuck(err):
		t.Errorf("stuck %s", said)
	case stands && (err != nil || a.Status >= 300):
		t.Errorf("a whole answer was lost %s", said)
	case stands && strings.Contains(answer, "01234") && a.Body != "0123456789"[:len(a.Body)]:
		t.Errorf("another body %s", said)
	case !stands && err == nil && (a.Status != 502 || a.Field("Candor-Problem") != "upstream_broke" || !strings.Contains(a.Body, `"applied":"unknown"`)):
		t.Errorf("an answer that is not whole looks whole %s", said)
	case !stands && err != nil && (!stage.Cut(err) && !e.tls || a.Status != 0 && a.Status != 200 && a.Status != 204):
		t.Errorf("neither a 502 nor a reset %s", said)
	}
	if err == nil && !stands {
		e.next()
		client.Send(good)
		e.goodAnswer(t, client)
	}
}
