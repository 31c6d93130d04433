package http1

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGetCountFind(t *testing.T) {
	in := []byte("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer b\r\nx-own: 1\r\nX-Empty:\r\nAuthorization: c\r\nX_Request_ID: d\r\n\r\n")
	lim, h := Defaults(), new(Head)
	if got := h.Get(Host); got != nil {
		t.Errorf("Get on a fresh head = %q", got)
	}
	if f := ParseRequest(in, &lim, h); f.Kind != OK {
		t.Fatal(f)
	}
	got := []any{
		string(h.Get(Authorization)), h.Get(Accept) == nil, h.Count(Authorization), h.Count(Accept),
		string(h.Find("x-own")), h.Find("x-empty") == nil, h.Find("x-none") == nil,
		h.Fields[5].ID.String(), h.Fields[5].Like.String(), string(h.Fields[2].Line.Of(in)),
	}
	want := []any{"Bearer b", true, 2, 0, "1", false, true, "", "x-request-id", "x-own: 1\r\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestPersistent(t *testing.T) {
	for line, want := range map[string]bool{
		"1.1\r\nHost: a\r\n":                      true,
		"1.1\r\nHost: a\r\nConnection: close\r\n": false,
		"1.0\r\n":                                      false,
		"1.0\r\nConnection: keep-alive\r\n":            true,
		"1.0\r\nConnection: keep-alive, close\r\n":     false,
		"1.1\r\nHost: a\r\nConnection: keep-alive\r\n": true,
	} {
		lim, h := Defaults(), new(Head)
		f := ParseRequest([]byte("GET / HTTP/"+line+"\r\n"), &lim, h)
		if f.Kind != OK || h.Persistent() != want {
			t.Errorf("%q: %v, persistent %v", line, f.Kind, h.Persistent())
		}
	}
}

// TestWrongHeadCanBeRead: wherever a head breaks off or a fault stands, what was found of it so far can be read, as a log does.
func TestWrongHeadCanBeRead(t *testing.T) {
	const whole = "GET /a?b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n"
	for i := range whole {
		for _, wrong := range []string{"", "\x00", "\n", "\t", " "} {
			in := []byte(whole[:i] + wrong)
			lim, h := Defaults(), new(Head)
			h.Reset()
			ParseRequest(in, &lim, h)
			for _, s := range []Span{h.Method, h.Target, h.Path, h.Query, h.Authority} {
				if s.Off < 0 || s.End < s.Off || int(s.End) > len(in) {
					t.Errorf("%q: a span from %d to %d", in, s.Off, s.End)
				}
			}
		}
	}
}

// TestFaultKeepsLines: after a framing fault the complete valid lines before it count, and only they.
func TestFaultKeepsLines(t *testing.T) {
	tests := map[string][]string{
		"Host: a\r\nAccept: b\r\nX Y: c\r\n\r\n":                           {"Host", "Accept"},
		"Host: a\r\nAccept: b\r\nContent-Length: x\r\nOrigin: c\r\n\r\n":   {"Host", "Accept"},
		"Accept: b\r\nHost: a b\r\n\r\n":                                   {"Accept"},
		"Host: a\r\nHost: b\r\nAccept: c\r\n\r\n":                          {"Host"},
		"Host: a\r\nTransfer-Encoding: gzip\r\nAccept: never seen\r\n\r\n": {"Host"},
	}
	for fields, want := range tests {
		lim, h := Defaults(), new(Head)
		f := ParseRequest([]byte("GET / HTTP/1.1\r\n"+fields), &lim, h)
		var got []string
		for i, field := range h.Fields {
			got = append(got, string(field.Name.Of(h.Buf)))
			if h.First[field.ID] != int16(i) {
				t.Errorf("%q: First[%s] = %d", fields, field.ID, h.First[field.ID])
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || f.Kind == OK {
			t.Errorf("%q: %v: -want +got\n%s", fields, f.Kind, diff)
		}
		if h.Get(ContentLength) != nil || h.Get(TransferEncoding) != nil {
			t.Errorf("%q: the wrong field is still there", fields)
		}
	}
}

// TestFaultStays: a fault is the answer to every further call, until Reset.
func TestFaultStays(t *testing.T) {
	lim, h := Defaults(), new(Head)
	first := ParseRequest([]byte("GET /\n"), &lim, h)
	second := ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), &lim, h)
	if first.Kind != BareLF || first != second {
		t.Errorf("first %+v, then %+v", first, second)
	}
	h.Reset()
	if f := ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), &lim, h); f.Kind != OK {
		t.Errorf("after Reset: %+v", f)
	}
	var c Chunked
	_, _, _, one := c.Next([]byte("x"), &lim)
	_, _, _, two := c.Next([]byte("0\r\n\r\n"), &lim)
	if one.Kind != ChunkSize || one != two {
		t.Errorf("first %+v, then %+v", one, two)
	}
}

// TestReset: a head that was used before gives what a fresh one gives.
func TestReset(t *testing.T) {
	requests, responses := new(Head), new(ResponseHead)
	for _, c := range readCases(t) {
		lim, toHEAD, toCONNECT := c.limits(t)
		got := c.want
		switch c.parser() {
		case "request":
			requests.Reset()
			got = describeRequest(requests, ParseRequest(c.in, &lim, requests))
		case "response":
			responses.Reset()
			got = describeResponse(responses, ParseResponse(c.in, &lim, toHEAD, toCONNECT, responses))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

func TestNoAllocs(t *testing.T) {
	lim, h, r, c := Defaults(), new(Head), new(ResponseHead), new(Chunked)
	request := []byte(sevenFields)
	refused := []byte("GET / HTTP/1.1\r\nHost: a\r\nX_Own: b\r\nConnection: x-own, host\r\n\r\n")
	response := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nX-Own: a\r\n\r\n")
	body := AppendLastChunk(AppendChunk(nil, bytes.Repeat([]byte("a"), 100)), []byte("X-Sum: 1\r\n"))
	dst := make([]byte, 0, 256)
	tests := map[string]func(){
		"request": func() { h.Reset(); ParseRequest(request, &lim, h) },
		"byte by byte": func() {
			h.Reset()
			for i := range request {
				ParseRequest(request[:i+1], &lim, h)
			}
		},
		"refused":  func() { h.Reset(); ParseRequest(refused, &lim, h) },
		"response": func() { r.Reset(); ParseResponse(response, &lim, false, false, r) },
		"look up": func() {
			h.Get(Host)
			h.Find("x-own")
			LookupLike([]byte("x_request_id"))
			NextElement(request)
		},
		"chunked": func() {
			c.Reset()
			rest := body
			for done := false; !done; {
				var n int
				n, _, done, _ = c.Next(rest, &lim)
				rest = rest[n:]
			}
		},
		"write": func() {
			dst = AppendLastChunk(AppendChunk(dst[:0], request[:100]), nil)
			dst = AppendPrintable(dst[:0], request[:20], 64)
		},
	}
	for name, run := range tests {
		run()
		if allocs := testing.AllocsPerRun(100, run); allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}
