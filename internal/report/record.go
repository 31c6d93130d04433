package report

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/har"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// About is what a record does not say of itself.
type About struct {
	Source string // "the request log of the running instance"
	SendTo string // whom to write to; "": whom the answer names
	Judge  string // what would become of the call now; "": nobody asked
}

// FromRecord makes the report of a call that the request log has. What a record for a developer leaves out is no part of it either.
func FromRecord(r *requestlog.Record, about About) *Bundle {
	x, v := fromRecord(r), &veil{}
	b := &Bundle{Request: v.request(&x), Response: v.response(x.last()), Source: about.Source, RequestID: cmp.Or(safe(r.RequestID), x.requestID())}
	b.Failure = v.prose(x.failure)
	b.Tokens = recorded(r)
	b.ClientID, b.App = cmp.Or(safe(r.ClientID), x.clientID(nil)), safe(r.App)
	b.Timeline = stations(r, b.Tokens)
	b.SendTo = cmp.Or(safeContact(about.SendTo), x.sendTo(b))
	b.Missing = unrecorded(r)
	e := explain.Record(r)
	e.Call.Judge = v.prose(strings.Map(printable, about.Judge))
	b.Explanation = &e
	b.sweep(v.sweeper().Replace)
	b.cut()
	return b
}

// fromRecord is the call as if somebody had recorded it.
func fromRecord(r *requestlog.Record) exchange {
	x := exchange{began: r.Time, method: r.Method, version: r.Version, headers: lines(r.Headers)}
	x.url = where(r, x.headers)
	x.typ = get(x.headers, "Content-Type")
	if r.Body != nil {
		x.body = []byte(r.Body.Text)
	}
	if r.Status == 0 {
		x.failure = "The call ended before an answer was sent."
		return x
	}
	a := answer{status: r.Status, text: http.StatusText(r.Status), version: r.Version}
	if r.Answer != nil {
		a.headers = lines(r.Answer.Headers)
		a.typ = get(a.headers, "Content-Type")
	}
	if r.Answer != nil && r.Answer.Body != nil {
		a.body = []byte(r.Answer.Body.Text)
	}
	x.answers = []answer{a}
	return x
}

func lines(all []requestlog.Field) []har.Field {
	var fields []har.Field
	for _, f := range all {
		fields = append(fields, har.Field{Name: f.Name, Value: f.Value})
	}
	return fields
}

// where is the URL. A record that names no scheme was made before records had one.
func where(r *requestlog.Record, headers []har.Field) string {
	host := get(headers, "Host")
	if host == "" || !strings.HasPrefix(r.Target, "/") {
		return r.Target
	}
	if r.Scheme != "" {
		return r.Scheme + "://" + host + r.Target
	}
	return "//" + host + r.Target
}

// places are where a token stood.
var places = map[string]string{"header": "request field Authorization", "query": "query parameter"}

// recorded is the token as the gateway knows it.
func recorded(r *requestlog.Record) []Token {
	t := r.Token
	if t == nil {
		return nil
	}
	scopes := cmp.Or(safe(strings.Join(t.Scopes, " ")), unknown)
	return []Token{{
		Where: cmp.Or(places[t.Place], "the request"), Kind: safe(t.Kind), SHA256: safe(t.Hash), Genuine: t.Genuine, App: cmp.Or(safe(r.App), unknown), Scopes: scopes,
		Issued: known(t.IssuedAt), Ends: known(t.ExpiresAt),
	}}
}

func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

// stations is the timeline: the moments of the call, those of its token, and when such calls last worked.
func stations(r *requestlog.Record, tokens []Token) []Moment {
	var all []Moment
	add := func(at time.Time, what string) {
		if is := known(at); is != nil {
			all = append(all, Moment{At: is, What: what})
		}
	}
	add(r.Time, "the first byte of the call came")
	s := r.Stations
	for _, m := range []struct {
		after int64
		what  string
	}{
		{s.Head, "its head was whole"},
		{s.Admit, "the gateway had decided"},
		{s.Connect, "there was a connection to the API"},
		{s.FirstByte, "the API's answer began"},
		{s.Done, "it was over"},
	} {
		if after := time.Duration(m.after) * time.Microsecond; after > 0 {
			add(r.Time.Add(after), m.what+", after "+after.String())
		}
	}
	if r.Recurs != nil {
		add(r.Recurs.LastGood, "such a call last worked")
		add(r.Recurs.Since, "it began to fail so")
	}
	for i := range tokens {
		all = append(all, tokens[i].moments("the token "+tokens[i].SHA256)...)
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(*b.At) })
	return all
}

// unrecorded is what support would like to have and was not kept, or not told.
func unrecorded(r *requestlog.Record) []string {
	var all []string
	switch {
	case r.Headers == nil && r.Target == "":
		all = append(all, "The head of the request: nobody knows the app of this call, so that it is shown by its id alone. Who made the call can record it with curl -v.")
	case r.Body == nil && hasBody(r):
		all = append(all, "The request's body: it was not kept, or operators alone may see it. Add it, without its secrets.")
	case r.Body != nil && r.Body.Cut:
		all = append(all, "The rest of the request's body: of its "+count(int(r.Body.Bytes), "byte", "bytes")+" the beginning was kept.")
	}
	if r.Status >= 400 && (r.Answer == nil || r.Answer.Body == nil) && r.Method != "HEAD" {
		all = append(all, "The answer's body: it was not kept, or operators alone may see it.")
	}
	return all
}

func hasBody(r *requestlog.Record) bool {
	all := lines(r.Headers)
	return sends(get(all, "Content-Length")) || get(all, "Transfer-Encoding") != ""
}
