package http1

import "testing"

func TestKeepSharesNoMemory(t *testing.T) {
	buf := append([]byte("HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\nhello"), make([]byte, 1000)...)
	lim, h := ResponseDefaults(), ResponseHead{}
	if f := ParseResponse(buf[:55], &lim, false, false, &h); f.Kind != OK {
		t.Fatal(f.Kind)
	}
	kept := h.Keep()
	clear(buf)
	if f := ParseResponse([]byte("HTTP/1.1 404 Not Found\r\nX: y\r\n\r\n"), &lim, false, false, reset(&h)); f.Kind != OK {
		t.Fatal(f.Kind)
	}
	if got := string(kept.Buf); got != "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\n" {
		t.Errorf("%q is kept", got)
	}
	if got := string(kept.Get(ETag)); kept.Status != 200 || got != `"a"` || kept.Length != 5 {
		t.Errorf("status %d, ETag %q, length %d", kept.Status, got, kept.Length)
	}
}

func reset(h *ResponseHead) *ResponseHead {
	h.Reset()
	return h
}
