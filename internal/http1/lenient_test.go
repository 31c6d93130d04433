package http1

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const letAll = LetBareLF | LetSpaceBeforeColon | LetObsFold | LetLengthWithChunked

// TestLenient: what each kind lets pass is written anew as others read it, and nothing else passes.
func TestLenient(t *testing.T) {
	for in, want := range map[string]string{
		"HTTP/1.1 200 OK\nA: b\nC: d\n\n":                                               "1: A: b\r\nC: d\r\n until close",
		"HTTP/1.1 200 OK\r\nA: b\n\r\n":                                                 "1: A: b\r\n until close",
		"HTTP/1.1 200\nContent-Length: 3\n\n":                                           "1: Content-Length: 3\r\n length 3",
		"HTTP/1.1 200 OK\r\nA : b\r\nContent-Length\t: 3\r\n\r\n":                       "2: A: b\r\nContent-Length: 3\r\n length 3",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n":                        "2: Transfer-Encoding: chunked\r\n chunked",
		"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td \r\nE:\r\n  f\r\nG:\r\n \r\nH: i\r\n\r\n": "4: A: b   c  \td\r\nE: f\r\nG: \r\nH: i\r\n until close",
		"HTTP/1.1 200 OK\nA: b\n c\n\n":                                                 "5: A: b  c\r\n until close",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n":    "8: Transfer-Encoding: chunked\r\n chunked",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n":    "8: Transfer-Encoding: chunked\r\n chunked",
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n":                                               "0: A: b\r\n until close",

		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n": "length_syntax",
		"HTTP/1.1 200 OK\r\n A: b\r\n\r\n":                                           "obs_fold", // of no field
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n 4\r\n\r\n":                         "obs_fold", // of framing
		"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n":                  "obs_fold",
		"HTTP/1.1 200 OK\r\n: b\r\n\r\n":                                             "empty_name",
		"HTTP/1.1 200 OK\r\n : b\r\n\r\n":                                            "obs_fold",
		"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n":                                          "space_in_name",
		"HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n":                                      "bare_cr",
		"HTTP/1.1 200 OK\r\nA: b\r\n \x00\r\n\r\n":                                   "control_in_value",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\nContent-Length: 4\n\n":                "length_repeated",
	} {
		lim := ResponseDefaults()
		lim.Lenient = letAll
		h, f := parseResponseCut([]byte(in), &lim, false, false, nil)
		if got := describeLenient(h, f); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if f.Kind != OK || h.Mended() == 0 {
			continue
		}
		lim.Lenient = letAll &^ h.Mended() // nor with all others
		if _, f := parseResponseCut([]byte(in), &lim, false, false, nil); f.Kind == OK {
			t.Errorf("%q passes without %b", in, h.Mended())
		}
	}
}

func describeLenient(h *ResponseHead, f Fault) string {
	if f.Kind != OK {
		return f.Kind.String()
	}
	body := [...]string{NoBody: "none", LengthBody: fmt.Sprint("length ", h.Length), ChunkedBody: "chunked", UntilClose: "until close"}[h.Body]
	return fmt.Sprintf("%d: %s %s", h.Mended(), h.AppendFields(nil, func(f *Field) bool { return f.ID == ContentLength && f.Drop }), body)
}

func TestLenientChunks(t *testing.T) {
	lim := ResponseDefaults()
	for in, want := range map[string]string{
		"3\nabc\n0\n\n":                "abc",
		"3\r\nabc\n0\r\n\n":            "abc",
		"3 \nabc\r\n1;x=y\nd\n0\n\r\n": "abcd",
		"0\nA : b\nC: d\n e\n\n":       " A: b\r\nC: d  e\r\n",
		"3\rabc\r\n0\r\n\r\n":          "bare_cr",
		"\n3\nabc\n0\n\n":              "bare_lf",
		"3\nabc":                       "more",
	} {
		lim.Lenient = letAll
		got := decodeCut([]byte(in), &lim, true, nil)
		if text := lenientChunks(got); text != want {
			t.Errorf("%q: %q, want %q", in, text, want)
		}
		lim.Lenient = 0
		if got := decodeCut([]byte(in), &lim, true, nil); got.done {
			t.Errorf("%q passes strictly", in)
		}
		lim.Lenient = letAll
		if got := decodeCut([]byte(in), &lim, false, nil); got.done {
			t.Errorf("%q passes in a request", in)
		}
	}
}

func lenientChunks(d decoded) string {
	switch {
	case d.done && d.trailers != "":
		return d.data + " " + d.trailers
	case d.done:
		return d.data
	case d.fault == "":
		return "more"
	}
	return strings.Fields(d.fault)[1]
}

// TestRequestsAreStrict: nothing is let pass of a request, whatever the limits say.
func TestRequestsAreStrict(t *testing.T) {
	lim := Defaults()
	lim.Lenient = letAll
	for _, in := range []string{"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"} {
		if _, f := parseRequestCut([]byte(in), &lim, nil); f.Kind == OK || f.Kind == Incomplete {
			t.Errorf("%q: %v", in, f)
		}
	}
}

// FuzzLenient: any split gives the same; what is written anew is strict, and net/http reads of it what we have read.
func FuzzLenient(f *testing.F) {
	seed(f, "response")
	for _, in := range []string{"HTTP/1.1 200 OK\nA : b\n c\n\n", "HTTP/1.1 200\nContent-Length: 3\nTransfer-Encoding: chunked\n\n", "HTTP/1.1 200 OK\r\nA:\r\n \r\n\tb\r\n\r\n"} {
		f.Add([]byte(in), uint16(7))
	}
	f.Fuzz(func(t *testing.T, in []byte, cut uint16) {
		for _, lim := range []Limits{ResponseDefaults(), smallLimits()} {
			strict := lim
			lim.Lenient = letAll
			everySplit(t, in, cut, func(cuts []int) string {
				h, fault := parseResponseCut(in, &lim, false, false, cuts)
				return describeResponse(h, fault) + " " + describeLenient(h, fault)
			})
			h, fault := parseResponseCut(in, &lim, false, false, nil)
			if s, sf := parseResponseCut(in, &strict, false, false, nil); sf.Kind == OK {
				if diff := cmp.Diff(describeResponse(s, sf), describeResponse(h, fault)); diff != "" || h.Mended() != 0 {
					t.Errorf("let pass %b of what is strict: %s", h.Mended(), diff)
				}
			}
			if fault.Kind == OK && h.Mended() != 0 {
				rereadMended(t, h)
			}
		}
	})
}

// rereadMended writes a head anew, and reads it strictly, and with net/http.
func rereadMended(t *testing.T, h *ResponseHead) {
	t.Helper()
	head := fmt.Appendf(nil, "HTTP/1.1 %03d \r\n", h.Status)
	head = append(h.AppendFields(head, func(f *Field) bool { return f.ID == ContentLength || f.ID == TransferEncoding }), "\r\n"...)
	lim := ResponseDefaults()
	lim.Head, lim.Fields = 1<<20, 1<<14
	again, f := parseResponseCut(head, &lim, true, false, nil)
	if f.Kind != OK || again.Len != len(head) {
		t.Fatalf("written anew it is %s: %q", f.Kind, head)
	}
	want, got := http.Header{}, http.Header{}
	for i := range h.Fields {
		if f := h.Fields[i]; f.ID != ContentLength && f.ID != TransferEncoding {
			key := textproto.CanonicalMIMEHeaderKey(string(f.Name.Of(h.Buf)))
			want[key] = append(want[key], string(f.Value.Of(h.Buf)))
		}
	}
	for i := range again.Fields {
		key := textproto.CanonicalMIMEHeaderKey(string(again.Fields[i].Name.Of(again.Buf)))
		got[key] = append(got[key], string(again.Fields[i].Value.Of(again.Buf)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("written anew: -was +is\n%s", diff)
	}
	if bytes.ContainsFunc(head, isControl) || again.has(Trailer) {
		return
	}
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), &http.Request{Method: "HEAD"})
	if err != nil {
		t.Fatalf("net/http: %v", err)
	}
	defer r.Body.Close()
	sameFields(t, &again.Section, r.Header)
}
