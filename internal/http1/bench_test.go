package http1

import (
	"bytes"
	"strings"
	"testing"
)

const sevenFields = "GET /v2/people/id=42?projection=(id,firstName) HTTP/1.1\r\n" +
	"Host: api.example.com\r\n" +
	"User-Agent: curl/8.5.0\r\n" +
	"Accept: application/json\r\n" +
	"Accept-Encoding: gzip, deflate\r\n" +
	"Authorization: Bearer cdr_at_AQABAAAAAABoSGVsbG8gdGhlcmUsIHRoaXMgaXMgYSB0b2tlbg\r\n" +
	"X-Request-Id: 018f3c5e-7b6a-7c3d-9e2f-1a2b3c4d5e6f\r\n" +
	"Connection: keep-alive\r\n\r\n"

func BenchmarkRequest(b *testing.B) {
	in, lim, h := []byte(sevenFields), Defaults(), new(Head)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		if f := ParseRequest(in, &lim, h); f.Kind != OK {
			b.Fatal(f)
		}
	}
}

// BenchmarkRequestUnknownNames has no field that is well known.
func BenchmarkRequestUnknownNames(b *testing.B) {
	in := []byte("GET / HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X-Something-Own: some value\r\n", 7) + "\r\n")
	lim, h := Defaults(), new(Head)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		if f := ParseRequest(in, &lim, h); f.Kind != OK {
			b.Fatal(f)
		}
	}
}

// largeHead is 32 KiB of 125 fields.
func largeHead() []byte {
	var in bytes.Buffer
	in.WriteString("GET / HTTP/1.1\r\nHost: a\r\n")
	for range 124 {
		in.WriteString("X-Something-Own: " + strings.Repeat("v", 243) + "\r\n")
	}
	in.WriteString("\r\n")
	return in.Bytes()
}

func BenchmarkRequest32K(b *testing.B) {
	in, lim, h := largeHead(), Defaults(), new(Head)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		h.Reset()
		if f := ParseRequest(in, &lim, h); f.Kind != OK {
			b.Fatal(f)
		}
	}
}

// BenchmarkRequest32KByteByByte must cost the call per byte and no more.
func BenchmarkRequest32KByteByByte(b *testing.B) {
	in, lim, h := largeHead(), Defaults(), new(Head)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		h.Reset()
		for i := range in {
			if f := ParseRequest(in[:i+1], &lim, h); f.Kind != Incomplete && f.Kind != OK {
				b.Fatal(f)
			}
		}
	}
}

func BenchmarkResponse(b *testing.B) {
	in := []byte("HTTP/1.1 200 OK\r\nDate: Tue, 25 Nov 2025 00:00:00 GMT\r\nContent-Type: application/json\r\n" +
		"Content-Length: 1024\r\nServer: upstream\r\nETag: \"33a64df551425fcc\"\r\n\r\n")
	lim, h := ResponseDefaults(), new(ResponseHead)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		if f := ParseResponse(in, &lim, false, false, h); f.Kind != OK {
			b.Fatal(f)
		}
	}
}

func BenchmarkChunked(b *testing.B) {
	var in []byte
	chunk := bytes.Repeat([]byte("x"), 4096)
	for range 16 {
		in = AppendChunk(in, chunk)
	}
	in = AppendLastChunk(in, nil)
	lim, c := Defaults(), new(Chunked)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		rest := in
		for done := false; !done; {
			var n int
			var f Fault
			n, _, done, f = c.Next(rest, &lim)
			if f.Kind != OK {
				b.Fatal(f)
			}
			rest = rest[n:]
		}
	}
}
