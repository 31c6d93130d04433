package adopt

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// handshake asks for a WebSocket; what is said on it stands in frames, masked where the client says it (RFC 6455 §5).
const (
	handshake = "GET /ws?room=7" + host + "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin: http://{{host}}\r\nCookie: sid=1\r\n\r\n"
	hello = "\x81\x85\x00\x00\x00\x00hello"
	ping  = "\x89\x81\x01\x02\x03\x04q"
	bye   = "\x88\x82\x00\x00\x00\x00\x03\xe8"

	said = "\x81\x05hello\x8a\x01p\x88\x02\x03\xe8"
)

// webSocket holds the handshake, and every byte behind it, against those without Candor.
func webSocket(t *testing.T, p *tap, all []way) {
	t.Helper()
	var want exchange
	for i, w := range all {
		p.take()
		client := stage.Dial(t, w.address, nil)
		client.Send(strings.ReplaceAll(handshake, "{{host}}", p.address))
		a, err := client.Answer(false)
		if err != nil || a.Status != 101 || !strings.EqualFold(a.Field("Upgrade"), "websocket") || !strings.EqualFold(a.Field("Connection"), "upgrade") {
			t.Fatalf("%s: %v, %q", w.name, err, a.Raw)
		}
		client.Send(hello + ping + bye)
		got, err := client.Rest()
		client.Close()
		if got != said || err != nil {
			t.Errorf("%s: %q and %v, want %q and its end", w.name, got, err, said)
		}
		asked, frames, _ := strings.Cut(p.take(), "\r\n\r\n")
		if frames != hello+ping+bye {
			t.Errorf("%s: the upstream got %q behind the handshake", w.name, frames)
		}
		if head := strings.ToLower(asked); !strings.Contains(head, "\r\nupgrade: websocket\r\n") && !strings.HasSuffix(head, "\r\nupgrade: websocket") {
			t.Errorf("%s: the upstream was not asked for an upgrade: %q", w.name, asked)
		}
		now := exchange{answers: []message{read(a.Raw)}, requests: []message{read(asked + "\r\n\r\n")}}
		if i == 0 {
			want = now
			continue
		}
		plain, through := want.requests[0], now.requests[0]
		w.mendRequest(t, &plain, &through)
		if diff := cmp.Diff(plain.text(), through.text()); diff != "" {
			t.Errorf("%s: another request (-direct +through Candor):\n%s", w.name, diff)
		}
		plain, through = want.answers[0], now.answers[0]
		through.take("x-request-id")
		if diff := cmp.Diff(plain.text(), through.text()); diff != "" {
			t.Errorf("%s: another answer (-direct +through Candor):\n%s", w.name, diff)
		}
	}
}
