package gateway

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// FuzzLoops sends any bytes to both loops, whole and in two writes, and ends what it sends. Both must answer the same, byte for byte, and end the connection.
// Nothing listens at the upstream: a forwarded call is a 502 at once. What comes in two writes may be asked for, and may close the connection sooner, since
// the rest of a refused body is not here yet; the answers are the same.
func FuzzLoops(f *testing.F) {
	get := "GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, seed := range []string{
		get + get, "GET /me HTTP/1.1\r\nHost: a\r\n\r\n" + get, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n" + get + "\r\n" + get,
		"GET /me HTTP/1.1\nHost: a\r\n\r\n" + get, "GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get, "GET /me HTTP/1.0\r\n\r\n" + get,
		"GET /me HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get, "HEAD /me HTTP/1.1\r\nHost: a\r\n\r\n" + get, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" + get,
		"PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get, "PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nhello" + get,
		"PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get, "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello",
		"PUT /me HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + get,
		"PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + get,
		"PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" + get,
		"PUT /me HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + get,
		"PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + get,
		"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n[1,2]" + get,
		"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n[1,}]" + get,
		"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + strings.Repeat("x", 255) + "\r\n0\r\n\r\n" + get,
		"GET /" + strings.Repeat("x", 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n" + get, "G", "",
		"GET /a\x00 HTTP/1.1\r\n", "GET \r\n", "GET /a\r\n", "GET /a HTTP/1.1\r\nX\r\n", "GET /a HTTP/1.1\r\nX: \x00",
	} {
		f.Add([]byte(seed), uint16(len(seed)/2))
	}
	var log testkit.Lines // of panics
	houses := [2]*house{}
	for i := range houses {
		p := newPlan()
		p.Options.Portable, p.Sink, p.Log = i == 1, io.Discard, &log
		houses[i] = p.open(f, nowhere())
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut uint16) {
		at := min(int(cut), len(raw))
		defer func() {
			if said := log.All(); len(said) > 0 {
				t.Fatalf("%q: %s", raw, said)
			}
		}()
		want := houses[0].exchange(t, string(raw))
		portable := houses[1].exchange(t, string(raw))
		if diff := cmp.Diff(want, portable); diff != "" && before502(want) != before502(portable) {
			t.Fatalf("%q: the loops answer otherwise (-fast +portable):\n%s", raw, diff)
		}
		for i, h := range houses {
			got := h.exchange(t, string(raw[:at]), string(raw[at:]))
			a, b := timeless(want), timeless(got)
			if strings.Contains(a+b, "HTTP/1.1 502") { // a fault within a body is found before or after the upstream is
				a, b = before502(a), before502(b)
			}
			if !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) {
				t.Fatalf("%q cut at %d: loop %d answers otherwise (-whole +cut):\n%s", raw, at, i, cmp.Diff(a, b))
			}
		}
	})
}

// before502 is what comes before the first answer that the upstream's absence makes. A client that ends in the middle of a body may be found to be gone before
// the upstream is.
func before502(answers string) string {
	before, _, _ := strings.Cut(answers, "HTTP/1.1 502")
	return before
}

// timeless takes out what may differ with the time at which bytes come.
func timeless(answers string) string {
	return strings.NewReplacer("Connection: close\r\n", "", "HTTP/1.1 100 Continue\r\n\r\n", "").Replace(answers)
}

// exchange sends the parts on one connection, ends it, and returns all that comes.
func (h *house) exchange(t *testing.T, parts ...string) string {
	t.Helper()
	c := h.dial(t)
	defer c.tcp.Close()
	for _, part := range parts {
		c.send(part)
	}
	_ = c.tcp.CloseWrite() // fails where the gateway has closed already
	got, err := io.ReadAll(c.r)
	if err != nil {
		t.Fatalf("%q: the connection did not end in order: %v, after %q", parts, err, got)
	}
	return string(got)
}
