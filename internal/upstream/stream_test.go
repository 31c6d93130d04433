package upstream_test

import (
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/upstream"
)

// TestGapByType: the gap of an answer follows from its type; one that is sent as things happen has its own.
func TestGapByType(t *testing.T) {
	const brief = 20 * time.Millisecond
	for _, c := range []struct {
		kind    string
		streams bool
	}{
		{"text/event-stream", true},
		{"Text/Event-Stream; charset=utf-8", true},
		{"application/x-ndjson", true},
		{"application/ndjson ; charset=utf-8", true},
		{"application/jsonl", true},
		{"application/json-seq", true},
		{"application/geo+json-seq", true},
		{"application/stream+json", true},
		{"multipart/x-mixed-replace;boundary=frame", true},
		{"application/grpc", true},
		{"application/grpc+proto", true},
		{"application/grpc-web+proto", true},
		{"application/json;stream=watch", true},
		{"application/json", false},
		{"text/event-streams", false},
		{"text/plain; a=text/event-stream", false},
		{"application/x-ndjsonx", false},
		{"+json-seq", false},
		{"multipart/mixed; boundary=a", false},
		{"application/octet-stream", false},
		{"", false},
	} {
		t.Run(c.kind, func(t *testing.T) {
			p := newPeer(t)
			spec := p.spec()
			spec.Gap, spec.StreamGap = brief, 2*brief
			b := start(t, spec, true)
			conn := b.dial(t)
			t.Cleanup(conn.Abort)
			say(t, p.next(t), "HTTP/1.1 200 OK\r\nContent-Type: "+c.kind+"\r\n\r\nx")
			if f := b.exchange(conn, get); f.Cause != upstream.OK {
				t.Fatal(f)
			}
			want := brief
			if c.streams {
				want = 2 * brief
			}
			f := within(t, func() upstream.Fault { _, f := body(conn); return f })
			if f.Cause != upstream.GapTimeout || f.Limit != want {
				t.Errorf("%v after %v, want %v", f.Cause, f.Limit, want)
			}
		})
	}
}

// TestNoGap: a gap of none bounds nothing, also behind an answer that had one on the same connection.
func TestNoGap(t *testing.T) {
	const brief = 20 * time.Millisecond
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			spec := p.spec()
			spec.Gap, spec.FirstByte = brief, patience
			b := start(t, spec, portable)
			conn := b.dial(t)
			at := p.next(t)
			b.goodCall(t, conn, at, ok)
			conn.Release(b.now(), true, 3)
			if conn = b.Take(b.now(), true, 3, true); conn == nil {
				t.Fatal("not pooled")
			}
			conn.Begin()
			t.Cleanup(conn.Abort)
			go func() {
				expect(t, at, get)
				say(t, at, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\nx")
				b.wait(t, 5*brief) // the deadlines of both limits pass
				say(t, at, "y")
			}()
			if f := b.exchange(conn, get); f.Cause != upstream.OK {
				t.Fatal(f)
			}
			if f := within(t, func() upstream.Fault { _, f := body(conn); return f }); f.Cause != upstream.OK {
				t.Errorf("%v after %v", f.Cause, f.Limit)
			}
		})
	}
}
