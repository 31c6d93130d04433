package problem

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func envelope(tb testing.TB, t Template) *Envelope {
	tb.Helper()
	e, err := NewEnvelope("application/json", t)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// Each fact has its JSON type, text around it makes a string, and a member whose fact is absent is left out with its comma.
func TestEnvelopeFacts(t *testing.T) {
	throttled, bare := Example(Throttled), Problem{Type: InternalError}
	quoted := Problem{Type: MalformedRequest, Detail: DetailSpaceInName, At: 1, Line: 2, Part: "request head", Excerpt: []byte("\"\\\x00,{")}
	literal := func(name, s string) Template { return Template{Name: name, Kind: LiteralValue, Text: s} }
	for _, tc := range []struct {
		name string
		of   Template
		p    *Problem
		id   string
		want string
	}{
		{
			"every fact", object(
				text("status", "$status"), text("code", "$code"), text("subcode", "$subcode"), text("problem", "$problem"), text("message", "$message"),
				text("fix", "$fix"), text("id", "$id"), text("help", "$help"), text("action", "$action"), text("applied", "$applied"),
				text("details", "$details"), text("time", "$time"), text("class", "$class"),
			), &throttled, exampleID,
			`{"status":429,"code":"TOO_MANY_REQUESTS","subcode":101,"problem":"throttled","message":"The limit of 500 calls per day for the user is reached",` +
				`"fix":"Wait 43200 seconds (the limit begins again at 2026-03-02T00:00:00Z). 412 of today's 500 calls repeated an earlier one: keep answers and ask less.","id":"` + exampleID +
				`","help":"https://example.com/e/throttled","action":"wait","applied":"no",` +
				`"details":{"limit":500,"period":"DAY","quota":"member","resetsAt":"2026-03-02T00:00:00Z","calls":500,"repeated":412},"time":"2026-03-01T20:27:37Z","class":"4xx"}`,
		},
		{"absent at the end", object(text("a", "$status"), text("d", "$details")), &bare, "", `{"a":500}`},
		{"absent at the start", object(text("d", "$details"), text("a", "$status")), &bare, "", `{"a":500}`},
		{"absent in between", object(text("a", "$status"), text("d", "$details"), text("b", "$class")), &bare, "", `{"a":500,"b":"5xx"}`},
		{"absent in a row", object(text("i", "$id"), text("d", "$details"), text("t", "$time"), text("b", "x"), text("i2", "$id")), &bare, "", `{"b":"x"}`},
		{"all absent", object(text("i", "$id"), as("in", object(text("d", "$details")))), &bare, "", `{"in":{}}`},
		{"absent in a list", list(text("", "$id"), text("", "$status"), text("", "$details"), text("", "x")), &bare, "", `[500,"x"]`},
		{"all of a list absent", list(list(text("", "$id")), object(text("a", "$id"))), &bare, "", `[[],{}]`},
		{"an object behind what is absent", object(text("i", "$id"), as("o", object(text("i", "$id"), text("s", "$status")))), &bare, "", `{"o":{"s":500}}`},
		{"text around", object(text("m", "Error $status ($code): $message")), &bare, "", `{"m":"Error 500 (INTERNAL_ERROR): The gateway failed; the fault is ours"}`},
		{"facts side by side", object(text("m", "$status$class")), &bare, "", `{"m":"5005xx"}`},
		{"text around what is absent", object(text("m", "see $id"), text("s", "$class: $id")), &bare, "", `{}`},
		{"text around what is absent, behind another", object(text("m", "$message, see $id"), text("s", "x")), &bare, "", `{"s":"x"}`},
		{"dollars", object(text("m", "$$5 for $$status, $$$status")), &bare, "", `{"m":"$5 for $status, $500"}`},
		{"nothing", object(text("m", "")), &bare, "", `{"m":""}`},
		{"literals", object(literal("n", "-1.5e3"), literal("t", "true"), literal("z", "null")), &bare, "", `{"n":-1.5e3,"t":true,"z":null}`},
		{"odd names", object(text("a\"\n{", "[{"), text("$ref", "x"), text("", "y")), &bare, "", `{"a\"\u000a{":"[{","$ref":"x","":"y"}`},
		{"a text that ends as an object begins", object(text("a", "{"), text("i", "$id"), text("b", "["), text("c", "$class")), &bare, "", `{"a":"{","b":"[","c":"5xx"}`},
		{"what a caller sent", object(text("m", "$message!")), &quoted, "", `{"m":"A blank stands in a field name, or before or in place of its colon at line 2, column 1 of the request head: '\"\\\\x00,{'!"}`},
		{"an id that holds no time", object(text("t", "$time"), text("i", "$id")), &bare, "0190b6a0-0000-4000-8000-000000000000", `{"i":"0190b6a0-0000-4000-8000-000000000000"}`},
	} {
		c := catalogue(t, Options{ErrorsURL: "https://example.com/e", Envelope: envelope(t, tc.of)})
		got := string(c.Append([]byte("{"), Own, tc.p, []byte(tc.id)))[1:]
		if got != tc.want || !json.Valid([]byte(got)) {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, got, tc.want)
		}
		if err := c.Prove(); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// What is no text of an envelope, and why.
func TestEnvelopeMistakes(t *testing.T) {
	for text, want := range map[string]*TextMistake{
		"$status":         nil,
		"":                nil,
		"$$":              nil,
		"$state":          {Fact: "state", Text: "$state is no fact"},
		"$Status":         {Fact: "Status", Text: "$Status is no fact"},
		"$status_text":    {Fact: "status_text", Text: "$status_text is no fact"},
		"$statuses":       {Fact: "statuses", Text: "$statuses is no fact"},
		"costs $":         {Text: "a $ begins the name of a fact"},
		"$ status":        {Text: "a $ begins the name of a fact"},
		"${status}":       {Text: "a $ begins the name of a fact"},
		"$5":              {Fact: "5", Text: "$5 is no fact"},
		"$$$":             {Text: "a $ begins the name of a fact"},
		"with $details":   {Text: "$details is an object and cannot stand in a text"},
		"$details$status": {Text: "$details is an object and cannot stand in a text"},
		"$details!":       {Text: "$details is an object and cannot stand in a text"},
	} {
		got := CheckEnvelopeText(text)
		if (got == nil) != (want == nil) || got != nil && (got.Fact != want.Fact || !strings.HasPrefix(got.Text, want.Text)) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		if _, err := NewEnvelope("application/json", list(Template{Text: text})); (err == nil) != (want == nil) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, of := range []Template{{Text: "$message"}, {Kind: LiteralValue, Text: "1"}, list(Template{Kind: LiteralValue, Text: ".inf"})} {
		if _, err := NewEnvelope("application/json", of); err == nil {
			t.Errorf("%+v is an envelope", of)
		}
	}
	for kind, ok := range map[string]bool{
		"application/json": true, "Application/JSON; charset=utf-8": true, "application/vnd.a+json": true, "application/problem+json": true, "a/b+json;v=1": true,
		"": false, "json": false, "text/html": false, "application/+json": false, "/json": false, "application/jsonx": false, "application/json\r\nX: y": false,
		"application/json; a=\n": false, "application/xml": false, "text/json": false, "a/b/c+json": false, "application/jso n": false, "é/x+json": false,
	} {
		if _, err := NewEnvelope(kind, object()); (err == nil) != ok {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// An envelope is the answer to every wish but those that name another format.
func TestNegotiateEnvelope(t *testing.T) {
	own := func(kind string) *Catalogue {
		e := envelope(t, object())
		e.ContentType = kind
		return catalogue(t, Options{Envelope: e, Profile: LinkedIn})
	}
	plain, vendor, details := own("application/json; charset=utf-8"), own("application/vnd.Example+json"), own("application/problem+json")
	for _, tc := range []struct {
		accept                 string
		plain, vendor, details Dialect
	}{
		{"", Own, Own, Own},
		{"*/*", Own, Own, Own},
		{"application/json", Own, Own, Own},
		{"application/vnd.example+json", Own, Own, Own},
		{"image/png", Own, Own, Own},
		{"application/problem+json", RFC9457, RFC9457, Own},
		{"application/json, application/problem+json", RFC9457, RFC9457, Own},
		{"application/vnd.example+json, application/problem+json", RFC9457, Own, Own},
		{"application/problem+json;q=0.5, application/json", Own, Own, Own},
		{"application/vnd.candor.contract+json", Contract, Contract, Contract},
		{"text/markdown", Markdown, Markdown, Markdown},
		{browser, HTML, HTML, HTML},
		{"application/json;q=0", Own, Own, Own},
		{"application/vnd.example+json;q=0, */*", Own, RFC9457, Own},
	} {
		accept := []byte(tc.accept)
		if p, v, d := plain.Negotiate(accept, nil), vendor.Negotiate(accept, nil), details.Negotiate(accept, nil); p != tc.plain || v != tc.vendor || d != tc.details {
			t.Errorf("%q: %s, %s, %s; want %s, %s, %s", tc.accept, p, v, d, tc.plain, tc.vendor, tc.details)
		}
	}
	if got := vendor.ContentType(Own); got != "application/vnd.Example+json" {
		t.Errorf("content type %q", got)
	}
	if got := catalogue(t, Options{}).ContentType(Own); got != "application/json" {
		t.Errorf("content type without an envelope: %q", got)
	}
}

// The envelopes of others, as their clients read them.
func TestEnvelopeLikes(t *testing.T) {
	type detail struct {
		Type      string            `json:"@type"`
		Reason    string            `json:"reason"`
		Domain    string            `json:"domain"`
		Metadata  map[string]string `json:"metadata"` // of strings alone, or google.rpc.ErrorInfo cannot be read
		RequestID string            `json:"requestId"`
		Locale    string            `json:"locale"`
		Message   string            `json:"message"`
	}
	reason := regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,61}[A-Z0-9]$`) // of google.rpc.ErrorInfo
	for _, typ := range Types() {
		p := Example(typ)
		of := func(like string, into any) {
			t.Helper()
			template, _ := EnvelopeLike(like)
			c := catalogue(t, Options{ErrorsURL: "https://example.com/e", Envelope: envelope(t, template)})
			if err := json.Unmarshal(c.Append(nil, Own, &p, []byte(exampleID)), into); err != nil {
				t.Errorf("%s, %s: %v", like, typ, err)
			}
			if err := c.Prove(); err != nil {
				t.Errorf("%s: %v", like, err)
			}
		}
		c := catalogue(t, Options{})
		message := string(c.AppendMessage(nil, &p))
		var kong struct {
			Message   string
			RequestID string `json:"request_id"`
		}
		var aws struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
		}
		var google struct {
			Error struct {
				Code            int
				Message, Status string
				Details         []detail
			}
		}
		var stripe struct {
			Error struct{ Type, Code, Message string }
		}
		of("kong", &kong)
		of("aws", &aws)
		of("google", &google)
		of("stripe", &stripe)
		if kong.Message != message || kong.RequestID != exampleID {
			t.Errorf("%s: kong %+v", typ, kong)
		}
		if aws.Type != c.Code(&p) || aws.Message != message {
			t.Errorf("%s: aws %+v", typ, aws)
		}
		e := google.Error
		if e.Code != c.Status(&p) || e.Message != message || e.Status != c.Code(&p) || len(e.Details) != 3 {
			t.Errorf("%s: google %+v", typ, e)
		} else if e.Details[0].Metadata["problem"] != typ.Name() || !reason.MatchString(e.Details[0].Reason) || e.Details[1].RequestID != exampleID || e.Details[2].Locale != "en" {
			t.Errorf("%s: google %+v", typ, e.Details)
		}
		if stripe.Error.Type != "api_error" || stripe.Error.Code != typ.Name() || stripe.Error.Message != message {
			t.Errorf("%s: stripe %+v", typ, stripe)
		}
	}
	if diff := cmp.Diff([]string{"kong", "aws", "google", "stripe"}, EnvelopeLikes()); diff != "" {
		t.Error(diff)
	}
	if _, ok := EnvelopeLike("azure"); ok {
		t.Error("azure is none of them")
	}
}

// ours is the contract as an envelope, but for what is left out of it by other rules.
func ours() Template {
	return object(
		text("status", "$status"), text("serviceErrorCode", "$subcode"), text("code", "$code"), text("message", "$message"), text("fix", "$fix"),
		text("errorDetails", "$details"), text("action", "$action"), text("applied", "$applied"), text("requestId", "$id"), text("help", "$help"),
	)
}

// The contract, written as an envelope, is the contract to the byte; and whatever was sent, an envelope is JSON and allocates nothing.
func TestEnvelopeOfTheContract(t *testing.T) {
	dst := make([]byte, 0, 8192)
	for _, o := range []Options{{}, {ErrorsURL: "https://example.com/e"}, {Profile: LinkedIn}} {
		o.Envelope = envelope(t, ours())
		c := catalogue(t, o)
		for typ := MalformedRequest; typ < typeCount; typ++ {
			for _, p := range []Problem{Example(typ), hostile(typ), {Type: typ}} {
				for _, id := range []string{exampleID, ""} {
					want, got := c.Append(nil, Contract, &p, []byte(id)), c.Append(nil, Own, &p, []byte(id))
					if string(want) != string(got) || !json.Valid(got) {
						t.Errorf("%s:\n%s\nwant\n%s", typ, got, want)
					}
				}
				id := []byte(exampleID)
				if allocs := testing.AllocsPerRun(10, func() { q := p; c.Append(dst, Own, &q, id) }); allocs != 0 {
					t.Errorf("%s: %v allocations", typ, allocs)
				}
			}
		}
	}
}

func BenchmarkAppendEnvelope(b *testing.B) {
	c, p, id := catalogue(b, Options{Profile: LinkedIn, Envelope: envelope(b, ours())}), Example(EmptyAccessToken), []byte(exampleID)
	dst := make([]byte, 0, 1024)
	for name, d := range map[string]Dialect{"contract": Contract, "own": Own} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Append(dst, d, &p, id)
			}
		})
	}
}
