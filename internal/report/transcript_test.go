package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/har"
)

const verbose = `*   Trying 127.0.0.1:8080...
* Connected to api.example.com (127.0.0.1) port 8080
> GET /v2/me?a=1 HTTP/1.1
> Host: api.example.com:8080
> Accept: */*
>
{ [5 bytes data]
< HTTP/1.1 404 Not Found
< Content-Type: text/plain
< X-Empty:
<
no such thing
* a note of the server's
> a quotation
* Connection #0 to host api.example.com left intact
`

// piped is what curl -v writes into a pipe, its meter included.
const piped = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n" +
	"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:8080...\n* Connected to api.example.com (127.0.0.1) port 8080 (#0)\n" +
	"> GET /v2/me?a=1 HTTP/1.1\r\n> Host: api.example.com:8080\r\n> Accept: */*\r\n> \r\n< HTTP/1.1 404 Not Found\r\n< Content-Type: text/plain\r\n< X-Empty:\r\n< \r\n{ [2 bytes data]\n" +
	"\r100     2  100     2    0     0  35213      0 --:--:-- --:--:-- --:--:-- 47666\n* Connection #0 to host api.example.com left intact\n"

func TestReadTranscript(t *testing.T) {
	t.Parallel()
	fields := func(pairs ...string) (all []har.Field) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, har.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	me := exchange{method: "GET", url: "http://api.example.com:8080/v2/me?a=1", version: "HTTP/1.1", headers: fields("Host", "api.example.com:8080", "Accept", "*/*")}
	notFound := answer{status: 404, text: "Not Found", version: "HTTP/1.1", headers: fields("Content-Type", "text/plain", "X-Empty", ""), typ: "text/plain"}
	with := func(x exchange, body string) exchange {
		a := notFound
		a.body = []byte(body)
		x.answers = []answer{a}
		return x
	}
	for _, c := range []struct {
		name, text string
		want       []exchange
	}{
		{"curl -v", verbose, []exchange{with(me, "no such thing\n> a quotation\n")}},
		{"with line ends of Windows", strings.ReplaceAll(verbose, "\n", "\r\n"), []exchange{with(me, "no such thing\r\n> a quotation\r\n")}},
		{"curl -v into a pipe, which brings the body last", piped + "no", []exchange{with(me, "no")}},
		{"curl -iv into a pipe", piped + "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-Empty:\r\n\r\nno", []exchange{with(me, "no")}},
		{
			"curl -iv, whose heads come twice",
			"> GET /v2/me?a=1 HTTP/1.1\n> Host: api.example.com:8080\n> Accept: */*\n>\n< HTTP/1.1 404 Not Found\nHTTP/1.1 404 Not Found\n< Content-Type: text/plain\nContent-Type: text/plain\n< X-Empty:\nX-Empty:\n<\n\nno",
			[]exchange{with(me, "no")},
		},
		{
			"the body glued to a note", "> GET /v2/me?a=1 HTTP/1.1\n> Host: api.example.com:8080\n> Accept: */*\n>\n< HTTP/1.1 404 Not Found\n< Content-Type: text/plain\n< X-Empty:\n<\nno* Connection #0 to host x left intact\n",
			[]exchange{with(me, "no\n")},
		},
		{
			"a command line and curl -i", "$ curl -si 'http://api.example.com:8080/v2/me?a=1' \\\n  -H 'Accept: */*'\nHTTP/1.1 404 Not Found\nContent-Type: text/plain\nX-Empty:\n\nno",
			[]exchange{with(exchange{method: "GET", url: "http://api.example.com:8080/v2/me?a=1", headers: fields("Accept", "*/*")}, "no")},
		},
		{"curl -i alone", "HTTP/1.1 404 Not Found\nContent-Type: text/plain\nX-Empty:\n\n* no\n", []exchange{with(exchange{}, "* no\n")}},
		{
			"over TLS, with times", "10:15:00.000001 * SSL connection using TLSv1.3\n10:15:00.000002 > PUT /x HTTP/2\n10:15:00.000002 > Host: a.example\n10:15:00.000002 >\n10:15:00.100002 < HTTP/2 204 \n10:15:00.100002 < \n",
			[]exchange{{clock: "10:15:00.000002", method: "PUT", url: "https://a.example/x", version: "HTTP/2", headers: fields("Host", "a.example"), answers: []answer{{clock: "10:15:00.100002", status: 204, version: "HTTP/2"}}}},
		},
		{
			"a redirect that was followed", "HTTP/1.1 302 Found\nLocation: /b\n\nHTTP/2 100\n\nHTTP/2 500\n\n{}",
			[]exchange{
				{
					followed: []answer{{status: 302, text: "Found", version: "HTTP/1.1", headers: fields("Location", "/b")}},
					answers:  []answer{{status: 100, version: "HTTP/2"}, {status: 500, version: "HTTP/2", body: []byte("{}")}},
				},
			},
		},
		{
			"a body that quotes a head", "HTTP/1.1 404 Not Found\nContent-Type: text/plain\nX-Empty:\n\n> GET it\n< HTTP/9 is no version\n",
			[]exchange{with(exchange{}, "> GET it\n< HTTP/9 is no version\n")},
		},
		{"no answer", "curl http://127.0.0.1:1/x\ncurl: (7) Failed to connect\n", []exchange{{method: "GET", url: "http://127.0.0.1:1/x", failure: "curl: (7) Failed to connect"}}},
		{"prose", "it does not work", nil},
	} {
		got := readTranscript([]byte(c.text))
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(exchange{}, answer{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(exchange{}, "tls")); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

func TestReadCommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, method, url, headers, typ, body string }{
		{"curl x.example", "GET", "http://x.example", "", "", ""},
		{"curl -I https://x.example/a?b=c&d", "HEAD", "https://x.example/a?b=c", "", "", ""},
		{`curl -sSiXPUT --url "https://x.example/a?b=c&d" -H"A: b \"c\""`, "PUT", "https://x.example/a?b=c&d", `A: b "c"`, "", ""},
		{`curl -d a=1 --data-raw 'b=2 3' -o out.txt -m 5 x.example | jq .`, "POST", "http://x.example", "", "application/x-www-form-urlencoded", "a=1&b=2 3"},
		{`curl --json '{"a":"it'\''s"}' --request=PATCH x.example`, "PATCH", "http://x.example", "", "application/json", `{"a":"it's"}`},
		{`curl -G -d a=1 x.example`, "GET", "http://x.example?a=1", "", "", ""},
		{`curl -u me:geheim -A agent -e ref -b c=d --oauth2-bearer t x.example`, "GET", "http://x.example", "Authorization: Basic bWU6Z2VoZWlt|User-Agent: agent|Referer: ref|Cookie: c=d|Authorization: Bearer t", "", ""},
		{`curl -F a=b x.example`, "POST", "http://x.example", "", "multipart/form-data", ""},
		{`curl 'x.example`, "GET", "http://x.example", "", "", ""},
		{`curl -H`, "GET", "", "", "", ""},
		{`curl -X`, "GET", "", "", "", ""},
		{`curl \`, "GET", "", "", "", ""},
	} {
		var tr transcript
		if tr.takeCommand([]string{c.line + "\n"}) != 1 {
			t.Errorf("%s is not taken", c.line)
			continue
		}
		x := tr.command
		var headers []string
		for _, f := range x.headers {
			headers = append(headers, f.Name+": "+f.Value)
		}
		got := []string{x.method, x.url, strings.Join(headers, "|"), x.typ, string(x.body)}
		if diff := cmp.Diff([]string{c.method, c.url, c.headers, c.typ, c.body}, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.line, diff)
		}
	}
}

func FuzzTranscript(f *testing.F) {
	f.Add([]byte(verbose))
	f.Add([]byte("$ curl -u a:b 'x\\\ny' -d @- \\\n z\nHTTP/1.1 302 Found\n\n{}HTTP/1.1 401 No\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Make(text, 0)
		if err != nil {
			return
		}
		if b.Request == nil && b.Response == nil && b.Failure == "" {
			t.Fatalf("a report of nothing: %q", text)
		}
		for _, r := range b.Markdown() {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
				t.Fatalf("%q is in the report of %q", r, text)
			}
		}
	})
}

// What is hidden once is hidden however it is wrapped.
func FuzzSecret(f *testing.F) {
	f.Add("geheim", `{"a":"b"}`, "x=y")
	f.Add(`g"e\h`, `[1`, "<a b='c'>")
	f.Fuzz(func(t *testing.T, secret, came, query string) {
		secret = "Pl4nt" + strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7f {
				return r
			}
			return -1
		}, secret)
		text := "> GET /a?" + strings.Map(printable, query) + " HTTP/1.1\n> Authorization: Bearer " + secret + "x\n>\n< HTTP/1.1 401 No\n< X-Echo: " + secret + "x\n<\n" + came + secret + "x"
		b, err := Make([]byte(text), 0)
		if err != nil || b.Request == nil {
			return
		}
		if out := b.Markdown(); !strings.Contains(came+query, "Pl4nt") && strings.Contains(out, secret+"x") {
			t.Fatalf("the secret %q is told:\n%s", secret, out)
		}
	})
}
