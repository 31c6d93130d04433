package report

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

func sample(t *testing.T) *requestlog.Record {
	t.Helper()
	text, err := os.ReadFile("testdata/record.json")
	if err != nil {
		t.Fatal(err)
	}
	r := &requestlog.Record{}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return r
}

func both(t *testing.T, b *Bundle) (markdown, inJSON string) {
	t.Helper()
	var w bytes.Buffer
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(b); err != nil {
		t.Fatal(err)
	}
	return b.Markdown(), w.String()
}

// Whole reports of one record: as operators are told it, as a developer is, and where nobody knows the app.
func TestRecordReports(t *testing.T) {
	t.Parallel()
	whole := sample(t)
	for i := range whole.Changed {
		whole.Changed[i].Told = whole.Changed[i].Text
	}
	nobodys := *whole
	nobodys.App, nobodys.ClientID = "", ""
	for _, c := range []struct {
		name  string
		r     *requestlog.Record
		about About
	}{
		{"operator", whole, About{Source: "the request log of the running instance", SendTo: "support@example.com", Judge: "would still fail: the token has none of the scopes r_ads"}},
		{"developer", whole.ForDeveloper(), About{Source: "what https://developers.example.com tells the app's owner"}},
		{"alone", nobodys.ByIDAlone(), About{Source: "what https://developers.example.com tells any developer"}},
	} {
		md, inJSON := both(t, FromRecord(c.r, c.about))
		golden(t, "record-"+c.name+".md", md)
		golden(t, "record-"+c.name+".json", inJSON)
		if strings.Contains(md+inJSON, "hunter22") {
			t.Errorf("%s tells the password", c.name)
		}
	}
}

// A record that nothing hid yet, which is more than the log ever keeps, tells no planted secret all the same.
func TestPlantedSecretsInRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sentType, cameType string
		sent, came               func(p *planted, echoed string) string
	}{
		{"JSON", "application/json", "application/json", func(_ *planted, echoed string) string { return `{"token":"` + echoed + `"}` }, (*planted).jsonBody},
		{"a form", "application/x-www-form-urlencoded", "text/plain", func(p *planted, _ string) string { return p.form() }, func(p *planted, _ string) string { return "password=" + p.secret() }},
		{"XML", "text/xml", "text/html", func(p *planted, _ string) string { return p.xml() }, func(p *planted, echoed string) string { return "<p>token " + echoed + "</p>" }},
	} {
		p := &planted{}
		echoed := "none"
		if c.name == "JSON" { // which sends it by a name that tells of it
			echoed = p.secret()
		}
		target := strings.TrimPrefix(p.url(), "https://api.example.com")
		r := &requestlog.Record{
			RequestID: "01a2105d-5db4-7e54-9977-059df43e5d54", Time: time.Date(2026, 11, 26, 14, 2, 11, 0, time.UTC), Status: 403, Problem: "access_denied", By: requestlog.ByGateway,
			Method: "POST", Target: target, Version: "HTTP/1.1", Headers: append(recordFields(p.request()), requestlog.Field{Name: "Content-Type", Value: c.sentType}, requestlog.Field{Name: "Host", Value: "api.example.com"}),
			Body:   &requestlog.Body{Text: c.sent(p, echoed), Bytes: 10},
			Answer: &requestlog.Answer{Headers: append(recordFields(p.response(echoed)), requestlog.Field{Name: "Content-Type", Value: c.cameType}), Body: &requestlog.Body{Text: c.came(p, echoed)}},
			Said:   &requestlog.Said{Message: "token=" + p.secret(), Fix: "Bearer " + p.secret()}, Note: "password is " + p.secret(),
			Cause: &requestlog.Cause{Detail: "scope_missing", Excerpt: "?token=" + p.secret()}, App: "shop",
		}
		md, inJSON := both(t, FromRecord(r, About{Judge: "would pass with secret=" + p.secret(), SendTo: "https://x.example/?token=" + p.secret()}))
		for _, output := range []string{md, inJSON} {
			if found := p.found(output); len(found) > 0 {
				t.Errorf("%s: %d of %d secrets are told: %v\n%.3000s", c.name, len(found), len(p.made), found, output)
			}
		}
	}
}

func recordFields(all [][2]string) (fields []requestlog.Field) {
	for _, f := range all {
		fields = append(fields, requestlog.Field{Name: f[0], Value: f[1]})
	}
	return fields
}

// A call that nobody answered, and a record with nothing in it, make reports, too.
func TestRecordsWithLittle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r    requestlog.Record
		want string
	}{
		"no answer": {requestlog.Record{RequestID: "x", Problem: "client_gone", Method: "GET", Target: "/a", By: requestlog.ByGateway}, "The call ended before an answer was sent."},
		"plain HTTP": {
			requestlog.Record{Status: 401, Method: "GET", Target: "/v2/me", Scheme: "http", Headers: []requestlog.Field{{Name: "Host", Value: "127.0.0.1:8080"}}},
			"GET http://127.0.0.1:8080/v2/me\n",
		},
		"nothing": {requestlog.Record{}, "None came."},
	} {
		if md := FromRecord(&c.r, About{}).Markdown(); !strings.Contains(md, c.want) {
			t.Errorf("%s: %q is not said:\n%s", name, c.want, md)
		}
	}
}

// Whatever a record says, there is a report of it, and no character in it that a terminal would obey.
func FuzzRecord(f *testing.F) {
	text, err := os.ReadFile("testdata/record.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"status":-1,"problem":"access_denied","by":"upstream","target":"%zz?\u001b[2J","headers":[{"name":"Host","value":"\n"}],"cause":{"detail":"x","line":-1},"answer":{"body":{"text":"{"}}}`))
	f.Add([]byte(`{"status":404,"by":"upstream","answer":{"headers":[{"name":"A\r\nB","value":"\u0000"}]},"token":{},"recurs":{},"would":[{}],"changed":[{"text":"\u202e"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &requestlog.Record{}
		if json.Unmarshal(text, r) != nil {
			return
		}
		for _, told := range []*requestlog.Record{r, r.ForDeveloper(), r.ByIDAlone()} {
			for _, c := range FromRecord(told, About{Judge: r.Note}).Markdown() {
				if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
					t.Fatalf("%q is in the report of %s", c, text)
				}
			}
		}
	})
}
