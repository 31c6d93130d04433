package gateway

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
)

// ours are the names, as a server behind us may read them, under which nothing may come through from outside.
var ours = []string{
	"candor-app", "candor-member", "candor-scopes", "candor-problem", "candor-hops", "x-request-id", "x-client-request-id", "x-li-uuid", "x-li-fabric", "x-li-request-id",
	"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "x-forwarded-prefix", "x-real-ip",
}

// oneHop are those that end here, beside what Connection names.
var oneHop = []string{"connection", "keep-alive", "te", "transfer-encoding", "upgrade", "expect", "content-length"}

// kept reports whether a line of a request goes on, by the rules as docs/contract.md has them, read a second time and slowly.
func kept(line string, named []string, verified, final bool) bool {
	name, _, _ := strings.Cut(line, ":")
	if strings.EqualFold(name, "proxy-status") {
		return !slices.Contains(named, "proxy-status")
	}
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	switch {
	case slices.Contains(ours, name), slices.Contains(oneHop, name), slices.Contains(named, name), strings.HasPrefix(name, "proxy-") && name != "proxy-":
		return false
	case name == "proxy", final && slices.Contains(heads.Untold(), name):
		return false
	case name == "authorization":
		return !verified
	}
	return true
}

// named are the options of all Connection fields.
func namedBy(lines []string) (all []string) {
	for _, line := range lines {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "connection") {
			for option := range strings.SplitSeq(value, ",") {
				all = append(all, strings.ReplaceAll(strings.ToLower(strings.Trim(option, " \t")), "_", "-"))
			}
		}
	}
	return all
}

// cutHead cuts a message into its start line, its field lines and what follows.
func cutHead(raw string) (start string, lines []string, body string) {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	all := strings.Split(head, "\r\n")
	return all[0], all[1:], body
}

// FuzzForward takes any bytes that are a call which is forwarded. What goes to the upstream must be one message for another reader too, with our method,
// target, fields and body, and not a byte left.
func FuzzForward(f *testing.F) {
	s, others := newPlan().build(f), testkit.StartReaders(f)
	host := " HTTP/1.1\r\nHost: a.example\r\n"
	for _, seed := range []string{
		"GET /public/a%20b?c=d&e" + host + "\r\n",
		"GET /public/x" + host + "Connection: close, x-a, X_B\r\nX-A: 1\r\nx_a: 2\r\nx-b: 3\r\nKeep-Alive: 1\r\nTE: trailers\r\nUpgrade: h2c\r\n\r\n",
		"GET /public/x" + host + "Candor_App: x\r\nX_Request-Id: y\r\nx_forwarded_for: z\r\nProXY: p\r\nX-Original_URL: /q\r\nProxy_Authorization: b\r\nProxy-: c\r\nTransfer_Encoding: chunked\r\nContent_Length: 9\r\n\r\n",
		"PUT /public/x" + host + "Content-Length: 0005\r\nTrailer: a\r\n\r\nhello",
		"PUT /public/x" + host + "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
		"POST /public/x" + host + "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n",
		"POST http://a.example/public/x?y" + host + "\r\n",
		"GET /public/x HTTP/1.0\r\n\r\n",
		"\r\nGET /public/x HTTP/1.9\r\nhost:A.example:80\r\nX:\t\x80 \xff \r\nX:\r\n\r\n",
		"GET /optional" + host + "Authorization: Bearer TOKEN\r\nauthorization_: x\r\n\r\n",
		"GET /query?a&access_token=TOKEN&b" + host + "\r\n",
		"GET /query?access_token=TOKEN" + host + "X-Request-Id: mine\r\nTraceparent: 00-x\r\n\r\n",
		"HEAD /keep" + host + "Authorization: bearer TOKEN\r\n\r\n",
		"OPTIONS /public/x" + host + "Origin: https://a\r\nAccess-Control-Request-Method: GET\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := strings.ReplaceAll(string(raw), "TOKEN", s.token)
		x := s.admitted(t, in, "192.0.2.7", false)
		if x == nil {
			return
		}
		defer x.giveBack()
		defer x.call.Done(admission.Unsent)
		out := string(x.prepared(s.upstream))
		if !x.attempt.call.Whole {
			return // a framing fault, or the rest has yet to come
		}
		checkLines(t, x, out)
		checkReader(t, x, out)
		checkOthers(t, others, x, out)
	})
}

// checkLines holds the head against the one that came, line by line: what passes keeps its bytes and order, and all of ours stands behind it.
func checkLines(t *testing.T, x *exchange, out string) {
	t.Helper()
	h := x.call.Head
	_, came, _ := cutHead(strings.TrimPrefix(string(h.Buf[:h.Len]), "\r\n"))
	var want []string
	for _, line := range came {
		r := x.call.Match.Route
		if kept(line, namedBy(came), x.call.Caller.Known() && !r.ForwardCredential, r.PathIsFinal) {
			want = append(want, line)
		}
	}
	start, got, _ := cutHead(out)
	if want := string(h.Method.Of(h.Buf)) + " " + target(x) + " HTTP/1.1"; start != want {
		t.Fatalf("start line %q, want %q", start, want)
	}
	hasHost := slices.ContainsFunc(came, func(l string) bool { return strings.HasPrefix(strings.ToLower(l), "host:") })
	if !hasHost {
		want = append([]string{"Host: " + x.policy.Upstreams[0].Target()}, want...)
	}
	if len(got) < len(want) {
		t.Fatalf("%d lines, want at least %d: %q", len(got), len(want), got)
	}
	if diff := cmp.Diff(want, got[:len(want):len(want)]); diff != "" {
		t.Fatalf("the lines that passed (-want +got):\n%s", diff)
	}
	for _, line := range got[len(want):] {
		if name, _, _ := strings.Cut(line, ": "); !slices.Contains(weWrite, name) {
			t.Fatalf("a line that nobody expects: %q", line)
		}
	}
}

// weWrite are the fields that we write ourselves, as we spell them.
var weWrite = []string{
	"Candor-Hops", "Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Candor-App", "Candor-Member", "Candor-Scopes", "X-Request-Id",
	"X-Client-Request-Id", "TE", "Connection", "Content-Length", "Transfer-Encoding",
}

// target is what the target must be: in origin-form, as it came, without a token.
func target(x *exchange) string {
	h := x.call.Head
	all := string(h.Target.Of(h.Buf))
	if i := strings.Index(all, "://"); i >= 0 && all[0] != '/' {
		all = all[i+3:]
		if i = strings.IndexAny(all, "/?"); i < 0 {
			return "/"
		}
		if all = all[i:]; all[0] == '?' {
			all = "/" + all
		}
	}
	if !x.call.Caller.Known() || x.call.InQuery.Off == x.call.InQuery.End {
		return all
	}
	path, query, _ := strings.Cut(all, "?")
	var rest []string
	for p := range strings.SplitSeq(query, "&") {
		if !strings.Contains(p, "cdr_at_") {
			rest = append(rest, p)
		}
	}
	if len(rest) == 0 {
		return path
	}
	return path + "?" + strings.Join(rest, "&")
}

// checkReader reads what goes out by net/http.
func checkReader(t *testing.T, x *exchange, out string) {
	t.Helper()
	h := x.call.Head
	r := bufio.NewReader(strings.NewReader(out))
	got, err := http.ReadRequest(r)
	if err != nil {
		t.Fatalf("net/http does not read it: %v\n%q", err, out)
	}
	if got.Method != string(h.Method.Of(h.Buf)) || got.RequestURI != target(x) || got.ProtoMinor != 1 {
		t.Fatalf("net/http reads %s %s, want %s %s", got.Method, got.RequestURI, h.Method.Of(h.Buf), target(x))
	}
	for name := range got.Header {
		like := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		if slices.Contains(ours, like) && len(got.Header[name]) != 1 {
			t.Fatalf("%s is there %d times", name, len(got.Header[name]))
		}
	}
	if ids := got.Header["X-Request-Id"]; len(ids) != 1 || ids[0] != noonUUID {
		t.Fatalf("the id is %q", ids)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatalf("net/http does not read the body: %v", err)
	}
	if want := payload(x); !bytes.Equal(body, want) {
		t.Fatalf("the body is %q, want %q", body, want)
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 {
		t.Fatalf("net/http leaves %q", rest)
	}
}

// checkOthers reads what goes out by llhttp and h11.
func checkOthers(t *testing.T, others []*testkit.Reader, x *exchange, out string) {
	t.Helper()
	want := testkit.Reading{Method: string(x.call.Head.Method.Of(x.call.Head.Buf)), Target: target(x), Body: string(payload(x))}
	_, lines, body := cutHead(out)
	want.Fields = fieldsOf(lines)
	if _, trailers, chunked := strings.Cut("\r\n"+body, "\r\n0\r\n"); chunked && x.call.Head.Body == http1.ChunkedBody {
		want.Trailers = fieldsOf(strings.Split(strings.TrimSuffix(trailers, "\r\n\r\n"), "\r\n"))
	}
	testkit.Agree(t, others, []byte(out), want)
}

// fieldsOf are the names and values of field lines.
func fieldsOf(lines []string) (all [][2]string) {
	for _, line := range lines {
		if name, value, found := strings.Cut(line, ":"); found {
			all = append(all, [2]string{name, strings.Trim(value, " \t")})
		}
	}
	return all
}

// payload reads the body that came, by net/http too.
func payload(x *exchange) []byte {
	h := x.call.Head
	raw := x.from.(*still).raw
	switch h.Body {
	case http1.LengthBody:
		return raw[:h.Length]
	case http1.ChunkedBody:
		// net/http's decoder is not exported but by a message.
		r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), bytes.NewReader(raw))))
		if err != nil {
			return nil
		}
		body, _ := io.ReadAll(r.Body)
		return body
	default:
		return nil
	}
}
