package problem

import (
	"encoding/json"
	"net/http"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// What was appended is read back, in every dialect and profile, by the header and without it.
func TestParseReadsBack(t *testing.T) {
	for _, profile := range profiles {
		c := catalogue(t, Options{Profile: profile, ErrorsURL: "https://example.com/errors"})
		for _, d := range []Dialect{Contract, RFC9457} {
			for _, typ := range Types() {
				p := Example(typ)
				body := c.Append(nil, d, &p, []byte(exampleID))
				h := http.Header{HeaderName: {typ.Name()}}
				got, ok := Parse(c.Status(&p), h.Get, body)
				want := Parsed{
					Type: typ, Candidates: []Type{typ}, Name: typ.Name(), By: ByGateway, Dialect: d, Status: c.Status(&p),
					Subcode: c.Row(typ).Subcode, Code: c.Code(&p), Message: string(c.AppendMessage(nil, &p)), Fix: string(c.AppendFix(nil, &p)),
					Action: c.Action(&p).String(), Applied: p.Applied.String(), RequestID: exampleID,
					Help: "https://example.com/errors/" + typ.Name(), Details: got.Details,
				}
				if d == RFC9457 {
					want.Title = c.Row(typ).Title
				}
				if diff := cmp.Diff(want, got); !ok || diff != "" {
					t.Errorf("%s, %s, %s: %t\n%s", profile, d, typ, ok, diff)
				}
				if got, ok = Parse(0, nil, body); !ok || d == RFC9457 && got.Type != typ || got.Message != want.Message {
					t.Errorf("%s, %s, %s without its head: %t %+v", profile, d, typ, ok, got)
				}
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		header http.Header
		body   string
		want   Parsed
		ok     bool
	}{
		{
			"an answer to HEAD", 401,
			http.Header{HeaderName: {"expired_access_token"}, "X-Request-Id": {exampleID}},
			"",
			Parsed{Type: ExpiredAccessToken, Candidates: []Type{ExpiredAccessToken}, Name: "expired_access_token", By: ByGateway, Status: 401, RequestID: exampleID},
			true,
		},
		{
			"wrapped", 404,
			http.Header{HeaderName: {"entity_not_found; by=upstream"}},
			`{"status":404,"serviceErrorCode":0,"code":"NOT_FOUND","message":"m"}`,
			Parsed{Type: EntityNotFound, Candidates: []Type{EntityNotFound}, Name: "entity_not_found", By: ByUpstream, Status: 404, Code: "NOT_FOUND", Message: "m"},
			true,
		},
		{
			"a row of a later version", 400,
			http.Header{HeaderName: {"new_one"}, "Retry-After": {"5"}},
			`{"status":400,"code":"NEW","message":"m"}`,
			Parsed{Name: "new_one", By: ByGateway, Status: 400, Code: "NEW", Message: "m", RetryAfter: "5"},
			true,
		},
		{
			"the contract without its header: several rows have the code", 502, nil, `{"status":502,"serviceErrorCode":0,"code":"BAD_GATEWAY","message":"m"}`,
			Parsed{Candidates: []Type{UpstreamUnreachable, UpstreamBroke, UpstreamInvalid}, Status: 502, Code: "BAD_GATEWAY", Message: "m"},
			true,
		},
		{
			"the contract in the linkedin profile's status", 429, nil, `{"status":429,"serviceErrorCode":102,"code":"INFRASTRUCTURE_PROTECTION","message":"m"}`,
			Parsed{Type: InfrastructureProtection, Candidates: []Type{InfrastructureProtection}, Name: "infrastructure_protection", Status: 429, Subcode: 102, Code: "INFRASTRUCTURE_PROTECTION", Message: "m"},
			true,
		},
		{"a status of another line", 200, nil, `{"status":502,"serviceErrorCode":0,"code":"BAD_GATEWAY","message":"m"}`, Parsed{}, false},
		{"somebody's problem details", 410, nil, `{"type":"https://api.example.com/errors/gone","title":"Gone","status":410,"detail":"d"}`, Parsed{}, false},
		{"a page", 502, nil, "<html>Bad Gateway</html>", Parsed{}, false},
		{"an array", 400, nil, `[{"status":400,"code":"A","message":"m"}]`, Parsed{}, false},
		{"a status as a text", 400, nil, `{"status":"400","code":"A","message":"m"}`, Parsed{}, false},
		{"nothing", 500, nil, "", Parsed{}, false},
	} {
		var header func(string) string
		if tc.header != nil {
			header = tc.header.Get
		}
		got, ok := Parse(tc.status, header, []byte(tc.body))
		if diff := cmp.Diff(tc.want, got); ok != tc.ok || diff != "" {
			t.Errorf("%s: %t\n%s", tc.name, ok, diff)
		}
	}
}

// Whatever bytes a caller sends, the answer about them is JSON, in UTF-8, and can be read back.
func FuzzAppend(f *testing.F) {
	f.Add(byte(MalformedRequest), byte(DetailBareLF), []byte("\x00\x80\"\\"), "x")
	f.Add(byte(ResourceNotFound), byte(0), []byte("%ff%22%"), "\u2028")
	f.Add(byte(InvalidURL), byte(DetailRawByte), []byte("é\xff\u202e"), "\xff")
	both := []*Catalogue{catalogue(f, Options{ErrorsURL: "https://example.com"}), catalogue(f, Options{Profile: LinkedIn})}
	f.Fuzz(func(t *testing.T, typ, detail byte, sent []byte, name string) {
		p := Problem{
			Type: Type(typ), Detail: Detail(detail), At: 1, Line: 2, Part: name, Field: sent, Excerpt: sent, Word: sent, Method: sent, Version: sent,
			Allow: sent, Name: name, Other: name, Resource: name, Nearest: name, Required: []string{name}, Reason: ScopeMissing, Limit: 1, Quota: name,
		}
		for _, c := range both {
			for _, d := range []Dialect{Contract, RFC9457} {
				body := c.Append(nil, d, &p, sent)
				if !json.Valid(body) || !utf8.Valid(body) {
					t.Fatalf("%q", body)
				}
				if _, ok := Parse(c.Status(&p), nil, body); !ok {
					t.Fatalf("cannot be read back: %s", body)
				}
			}
			for _, b := range c.AppendChallenge(nil, &p) {
				if b < ' ' || b > '~' {
					t.Fatalf("byte %#x in a challenge", b)
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(401, "expired_access_token; by=upstream", []byte(`{"status":401,"code":"A","message":"m"}`))
	f.Add(0, "", []byte(`{"type":"tag:candor-gateway.dev,2026:gone","detail":"d"}`))
	f.Fuzz(func(t *testing.T, status int, problem string, body []byte) {
		p, ok := Parse(status, func(name string) string {
			if name == HeaderName {
				return problem
			}
			return ""
		}, body)
		if ok && p.Type != None && (len(p.Candidates) != 1 || p.Candidates[0] != p.Type) {
			t.Errorf("%+v", p)
		}
	})
}

// An operator's envelope is known by Candor-Problem, and read where it uses our words.
func TestParseEnvelope(t *testing.T) {
	head := http.Header{HeaderName: {"gone"}, "X-Request-Id": {exampleID}}
	for _, tc := range []struct {
		name, body string
		head       http.Header
		want       Parsed
		ok         bool
	}{
		{"by its head", `{"err":7}`, head, Parsed{Type: Gone, Name: "gone", By: ByGateway, RequestID: exampleID}, true},
		{"a code that is a number", `{"code":7,"message":"m"}`, head, Parsed{Type: Gone, Name: "gone", By: ByGateway, Message: "m", RequestID: exampleID}, true},
		{"our words, deep in it", `{"error":[{"message":"m","request_id":"x","doc_url":"d"}]}`, head, Parsed{Type: Gone, Name: "gone", By: ByGateway, Message: "m", RequestID: "x", Help: "d"}, true},
		{"no JSON", `<a>`, head, Parsed{Type: Gone, Name: "gone", By: ByGateway, RequestID: exampleID}, true},
		{"without its head", `{"e":{"problem":"gone","fix":"f"}}`, nil, Parsed{}, false},
		{"another service's", `{"error":{"message":"gone","id":"x"}}`, nil, Parsed{}, false},
		{"a name elsewhere", `{"error":"gone"}`, nil, Parsed{}, false},
	} {
		got, ok := Parse(410, tc.head.Get, []byte(tc.body))
		if tc.ok {
			tc.want.Status, tc.want.Candidates = 410, []Type{Gone}
		}
		if diff := cmp.Diff(tc.want, got); ok != tc.ok || diff != "" {
			t.Errorf("%s: %t\n%s", tc.name, ok, diff)
		}
	}
	for _, like := range EnvelopeLikes() {
		template, _ := EnvelopeLike(like)
		c := catalogue(t, Options{Envelope: envelope(t, template)})
		for _, typ := range Types() {
			p := Example(typ)
			got, ok := Parse(c.Status(&p), http.Header{HeaderName: {typ.Name()}}.Get, c.Append(nil, Own, &p, []byte(exampleID)))
			if !ok || got.Type != typ || got.Message != string(c.AppendMessage(nil, &p)) || got.RequestID != exampleID {
				t.Errorf("%s, %s: %t %+v", like, typ, ok, got)
			}
		}
	}
}
