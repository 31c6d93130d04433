package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// callView is the page of a record that somebody may see as it is. errors is where the reference of the errors stands; "": nowhere.
func callView(r *requestlog.Record, errors string) people.Call {
	e := explain.Record(r)
	v := people.Call{
		App: r.App, Title: callTitle(r), Failed: r.Problem != "" || r.Status >= 400, Happened: e.Call.Happened, Message: e.Answer.Says, Fix: cmp.Or(e.Answer.Fix, e.Call.Next), Recurs: sentence(e.Call.Recurs),
		Changed: e.Call.Changed, Also: e.Call.Also, Observed: e.Call.Observed, Cause: append(causeFacts(r), facts("Staged", e.Answer.Staged)...), Ask: e.Ask, Stations: stretches(&r.Stations),
		Sent: sentWire(r), Answered: answeredWire(r), Who: whoFacts(r), Upstream: upstreamFacts(r), Known: knownFacts(r), Report: "candor report " + r.RequestID, Verdicts: verdictFacts(r.Checks), Tries: tryFacts(r),
	}
	for _, name := range r.Passed {
		v.Checks = append(v.Checks, people.Check{Name: name})
	}
	if r.Refused != "" {
		v.Checks = append(v.Checks, people.Check{Name: r.Refused, Refused: true})
	}
	for i := range e.Meanings {
		m := &e.Meanings[i]
		v.Meanings = append(v.Meanings, people.Meaning{Title: m.Title, What: m.What, Who: m.Who, Repeat: m.Repeat, Causes: m.Causes, How: m.How})
	}
	for _, c := range e.Ranked {
		v.Ranked = append(v.Ranked, people.Likely{Title: c.Title, Likelihood: c.Likelihood, Check: c.Check, Fix: c.Fix, Otherwise: c.Otherwise, Who: c.Who})
	}
	if errors != "" && isProblem(r.Problem) {
		v.Problem = people.Link{Label: r.Problem, Href: errors + "/" + r.Problem}
	}
	return v
}

func judgementView(j *admin.Judgement) *people.Judgement {
	v := &people.Judgement{Pass: j.Verdict == admin.WouldPass, Fail: j.Verdict == admin.WouldFail, Text: sentence(strings.TrimSuffix(j.Text, ".")), Different: j.Different}
	for _, u := range j.Unjudged {
		v.Unjudged = append(v.Unjudged, people.Fact{Name: u.Check, Value: u.Why})
	}
	return v
}

func isProblem(name string) bool {
	return slices.ContainsFunc(problem.Types(), func(t problem.Type) bool { return t.Name() == name })
}

// callTitle is the call and its end.
func callTitle(r *requestlog.Record) string { return callOf(r) + " → " + endOf(r) }

func callOf(r *requestlog.Record) string {
	path, _, _ := strings.Cut(r.Target, "?")
	return cmp.Or(strings.TrimSpace(r.Method+" "+path), "A call")
}

func endOf(r *requestlog.Record) string {
	if r.Status == 0 {
		return strings.TrimSpace("no answer " + r.Problem)
	}
	return strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.Problem)
}

// facts are those of pairs that have a value.
func facts(pairs ...string) (all []people.Fact) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, people.Fact{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return all
}

// number is a number that is known.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func momentOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006 15:04:05 UTC")
}

func causeFacts(r *requestlog.Record) []people.Fact {
	c := r.Cause
	if c == nil {
		c = &requestlog.Cause{}
	}
	return facts("Detail", c.Detail, "Part", c.Part, "Field", c.Field, "Found", c.Excerpt, "Line", number(int64(c.Line)), "Chunk", number(int64(c.Chunk)), "Position", number(int64(c.At)),
		"Quota", c.Quota, "Limit", strings.TrimSpace(c.Limit+" "+number(c.Value)+" "+c.Unit), "Window", c.Window, "Sent", number(c.Sent), "Tolerated", strings.Join(r.Tolerated, ", "), "Note", r.Note)
}

func whoFacts(r *requestlog.Record) []people.Fact {
	t := r.Token
	if t == nil {
		t = &requestlog.Token{}
	}
	credential := t.Kind
	if r.Token != nil && !t.Genuine {
		credential += ", not proven"
	}
	return facts("App", r.App, "Client id", r.ClientID, "Member", r.Member, "Credential", credential, "Sent in", t.Place, "SHA-256 begins", t.Hash, "Scopes", strings.Join(t.Scopes, ", "),
		"Issued", momentOf(t.IssuedAt), "Expires", momentOf(t.ExpiresAt), "Address", address(r.Client), "Peer", address(r.Peer))
}

func address(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func upstreamFacts(r *requestlog.Record) []people.Fact {
	u := r.Upstream
	if u == nil {
		return facts("Cache", r.Cache)
	}
	return facts("Cache", r.Cache, "Name", u.Name, "Address", u.Address, "Target", u.Target, "Answered", number(int64(u.Status)), "Attempts", cmp.Or(r.TriedText(), number(int64(u.Attempts))),
		"Not retried", r.NotRetriedText())
}

func knownFacts(r *requestlog.Record) []people.Fact {
	hidden := ""
	if r.Hidden {
		hidden = "the caller may not know that there is such a route, and neither may the owners of the app"
	}
	return facts("Id", r.RequestID, "Caller's own id", r.ClientTo, "API's id", r.AnswerID, "API", r.API, "Route", r.Route, "Resource", r.Resource, "Listener", r.Listener,
		"Revision", number(int64(r.Revision)), "Hidden", hidden)
}

// stretches are the stations that were reached, each from the one before it.
func stretches(s *requestlog.Stations) (all []people.Station) {
	from := int64(0)
	for _, at := range []struct {
		name string
		us   int64
	}{
		{"Head read", s.Head}, {"Checks done", s.Admit}, {"Connected", s.Connect}, {"First byte of the API", s.FirstByte}, {"Done", s.Done},
	} {
		if at.us == 0 {
			continue
		}
		all = append(all, people.Station{Name: at.name, From: from, To: at.us, Whole: s.Done})
		from = at.us
	}
	return all
}

func sentWire(r *requestlog.Record) people.Wire {
	w := people.Wire{Line: strings.TrimSpace(r.Method + " " + r.Target + " " + r.Version), Fields: fieldFacts(r.Headers)}
	w.Body, w.Note = bodyText(r.Body, r.In)
	if r.Target == "" && len(w.Fields) == 0 { // what is left is in the title
		return people.Wire{}
	}
	return w
}

func answeredWire(r *requestlog.Record) people.Wire {
	a := r.Answer
	if a == nil || r.Status == 0 {
		return people.Wire{}
	}
	w := people.Wire{Line: strings.TrimSpace("HTTP/1.1 " + strconv.Itoa(r.Status)), Fields: fieldFacts(a.Headers)}
	w.Body, w.Note = bodyText(a.Body, r.Out)
	return w
}

func fieldFacts(fields []requestlog.Field) (all []people.Fact) {
	for _, f := range fields {
		all = append(all, people.Fact{Name: f.Name, Value: f.Value})
	}
	return all
}

// bodyText is a body in lines, JSON that is whole with one for each member, and what is to be said of its size.
func bodyText(b *requestlog.Body, bytesInAll int64) (text, note string) {
	if bytesInAll > 0 {
		note = strconv.FormatInt(bytesInAll, 10) + " bytes in all."
	}
	if b == nil {
		return "", note
	}
	var lines bytes.Buffer
	if b.Cut || json.Indent(&lines, []byte(b.Text), "", "  ") != nil {
		text = b.Text
	} else {
		text = lines.String()
	}
	if b.Cut {
		note = strings.TrimSpace("This is the beginning of a body of " + strconv.FormatInt(b.Bytes, 10) + " bytes. " + note)
	}
	return text, note
}
