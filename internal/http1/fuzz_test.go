package http1

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func seed(f *testing.F, parser string) {
	f.Helper()
	for _, c := range readCases(f) {
		if c.parser() == parser && len(c.in) < 1<<12 {
			f.Add(c.in, uint16(len(c.in)/2))
		}
	}
}

// smallLimits are met by short inputs.
func smallLimits() Limits {
	return Limits{RequestLine: 20, Head: 80, Fields: 3, ChunkLine: 6, Trailers: 12, Protected: []string{"own"}}
}

// everySplit gives the same answer whole, byte by byte and cut in two, or the test fails.
func everySplit(t *testing.T, in []byte, cut uint16, answer func(cuts []int) string) {
	t.Helper()
	whole := answer(nil)
	every := make([]int, len(in))
	for i := range every {
		every[i] = i + 1
	}
	if diff := cmp.Diff(whole, answer(every)); diff != "" {
		t.Errorf("byte by byte: -whole +got\n%s", diff)
	}
	at := int(cut) % (len(in) + 1)
	if diff := cmp.Diff(whole, answer([]int{at})); diff != "" {
		t.Errorf("cut at %d: -whole +got\n%s", at, diff)
	}
}

func FuzzRequest(f *testing.F) {
	seed(f, "request")
	f.Fuzz(func(t *testing.T, in []byte, cut uint16) {
		for _, lim := range []Limits{Defaults(), smallLimits()} {
			everySplit(t, in, cut, func(cuts []int) string {
				h, fault := parseRequestCut(in, &lim, cuts)
				return describeRequest(h, fault)
			})
			h, fault := parseRequestCut(in, &lim, nil)
			want, ok := referenceRequest(in, &lim)
			if ok != (fault.Kind == OK) {
				t.Fatalf("reference says %v, parser %s", ok, describeRequest(h, fault))
			}
			if !ok {
				continue
			}
			if diff := cmp.Diff(want, messageOf(h)); diff != "" {
				t.Errorf("-reference +parser\n%s", diff)
			}
			rereadRequest(t, in, h)
		}
	})
}

func messageOf(h *Head) refMessage {
	m := sectionOf(&h.Section)
	m.Method, m.Target = string(h.Method.Of(h.Buf)), latin1(h.Target.Of(h.Buf))
	m.Path, m.Query = latin1(h.Path.Of(h.Buf)), latin1(h.Query.Of(h.Buf))
	m.HasQuery, m.Authority = h.HasQuery, latin1(h.Authority.Of(h.Buf))
	m.Expect100, m.Soft = h.Expect100, h.Soft.Kind
	return m
}

func sectionOf(s *Section) refMessage {
	m := refMessage{
		Minor: int(s.Minor), Len: s.Len, Body: s.Body, Length: s.Length,
		Close: s.Close, KeepAlive: s.KeepAlive, Upgrade: s.Upgrade,
	}
	for _, f := range s.Fields {
		m.Fields = append(m.Fields, refLine{latin1(f.Name.Of(s.Buf)), latin1(f.Value.Of(s.Buf)), f.Drop})
	}
	return m
}

// rereadRequest holds that net/http reads the same message. It refuses targets that no URL may be, which here are the
// route's to judge, and looks into Trailer.
func rereadRequest(t *testing.T, in []byte, h *Head) {
	t.Helper()
	target := string(h.Target.Of(h.Buf))
	if _, err := url.ParseRequestURI(target); err != nil || h.Form == AuthorityForm || h.has(Trailer) {
		return
	}
	head := bytes.TrimPrefix(in[:h.Len], []byte("\r\n"))
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		t.Fatalf("net/http: %v", err)
	}
	if r.Method != string(h.Method.Of(h.Buf)) || r.RequestURI != target {
		t.Errorf("net/http reads %s %s", r.Method, r.RequestURI)
	}
	sameFraming(t, &h.Section, r.ContentLength, r.TransferEncoding)
	sameFields(t, &h.Section, r.Header)
}

func sameFraming(t *testing.T, s *Section, length int64, codings []string) {
	t.Helper()
	if chunked := slices.Contains(codings, "chunked"); chunked != (s.Body == ChunkedBody) {
		t.Errorf("net/http reads Transfer-Encoding %v", codings)
	}
	if s.Body == LengthBody && length != s.Length {
		t.Errorf("net/http reads length %d", length)
	}
}

// sameFields compares the values of every name that net/http leaves alone.
func sameFields(t *testing.T, s *Section, header http.Header) {
	t.Helper()
	want := http.Header{}
	for _, f := range s.Fields {
		key := textproto.CanonicalMIMEHeaderKey(string(f.Name.Of(s.Buf)))
		want[key] = append(want[key], string(f.Value.Of(s.Buf)))
	}
	for _, taken := range []string{"Host", "Transfer-Encoding", "Pragma", "Cache-Control", "Content-Length", "Connection"} {
		delete(want, taken)
		delete(header, taken)
	}
	if diff := cmp.Diff(want, header); diff != "" {
		t.Errorf("-parser +net/http\n%s", diff)
	}
}

func FuzzResponse(f *testing.F) {
	seed(f, "response")
	f.Fuzz(func(t *testing.T, in []byte, cut uint16) {
		toHEAD, toCONNECT := cut&0x4000 != 0, cut&0x8000 != 0
		for _, lim := range []Limits{ResponseDefaults(), smallLimits()} {
			everySplit(t, in, cut, func(cuts []int) string {
				h, fault := parseResponseCut(in, &lim, toHEAD, toCONNECT, cuts)
				return describeResponse(h, fault)
			})
			h, fault := parseResponseCut(in, &lim, toHEAD, toCONNECT, nil)
			want, ok := referenceResponse(in, &lim, toHEAD, toCONNECT)
			if ok != (fault.Kind == OK) {
				t.Fatalf("reference says %v, parser %s", ok, describeResponse(h, fault))
			}
			if !ok {
				continue
			}
			got := sectionOf(&h.Section)
			got.Status = h.Status
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-reference +parser\n%s", diff)
			}
			rereadResponse(t, in, h, toHEAD, toCONNECT)
		}
	})
}

func isControl(c rune) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f }

// rereadResponse holds that net/http reads the same message, where it reads it at all: it takes no control bytes, no list of
// lengths, and a coding also where there is no body.
func rereadResponse(t *testing.T, in []byte, h *ResponseHead, toHEAD, toCONNECT bool) {
	t.Helper()
	if control := bytes.IndexFunc(in[:h.Len], isControl); control >= 0 || h.has(Trailer) || h.Body == NoBody || h.Count(ContentLength) > 1 || bytes.IndexByte(h.Get(ContentLength), ',') >= 0 {
		return
	}
	request := &http.Request{Method: "GET"}
	if toHEAD {
		request.Method = "HEAD"
	}
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(in[:h.Len])), request)
	if err != nil {
		t.Fatalf("net/http: %v", err)
	}
	defer r.Body.Close()
	if r.StatusCode != h.Status {
		t.Errorf("net/http reads status %d", r.StatusCode)
	}
	if !toHEAD && !toCONNECT && h.Body != NoBody {
		sameFraming(t, &h.Section, r.ContentLength, r.TransferEncoding)
	}
	sameFields(t, &h.Section, r.Header)
}

func FuzzChunked(f *testing.F) {
	seed(f, "chunked")
	f.Fuzz(func(t *testing.T, in []byte, cut uint16) {
		for _, lim := range []Limits{Defaults(), smallLimits()} {
			for _, answer := range []bool{false, true} {
				everySplit(t, in, cut, func(cuts []int) string { return decodeCut(in, &lim, answer, cuts).String() })
				checkChunked(t, in, &lim, answer)
			}
		}
	})
}

func checkChunked(t *testing.T, in []byte, lim *Limits, answer bool) {
	t.Helper()
	got := decodeCut(in, lim, answer, nil)
	data, trailers, n, ok := referenceChunked(in, lim, answer)
	if ok != got.done {
		t.Fatalf("answer %v: reference says %v, decoder %v", answer, ok, got)
	}
	if !got.done {
		return
	}
	want := decoded{data: data, trailers: trailers, n: n, done: true}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(decoded{})); diff != "" {
		t.Errorf("answer %v: -reference +decoder\n%s", answer, diff)
	}
	read, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(in)))
	if rereads(in) && (err != nil || string(read) != data) {
		t.Errorf("answer %v: net/http reads %q, %v", answer, read, err)
	}
	again := AppendLastChunk(AppendChunk(nil, []byte(data)), []byte(trailers))
	want.n = len(again)
	if diff := cmp.Diff(want, decodeCut(again, lim, answer, nil), cmp.AllowUnexported(decoded{})); diff != "" {
		t.Errorf("answer %v: written again: -want +got\n%s", answer, diff)
	}
}

var (
	blankBeforeExtension = regexp.MustCompile(`(?m)^[0-9A-Fa-f]+[ \t]+;`)
	manyZeros            = regexp.MustCompile(`(?m)^0[0-9A-Fa-f]{16}`)
)

// rereads reports whether net/http reads all sizes of the body: it takes no blank before an extension and no more than 16
// digits.
func rereads(in []byte) bool { return !blankBeforeExtension.Match(in) && !manyZeros.Match(in) }
