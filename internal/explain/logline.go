package explain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// logLine is a line of the access log.
type logLine struct {
	Time    string `json:"time"`
	ID      string `json:"id"`
	Method  string `json:"method"`
	Target  string `json:"target"`
	Status  int    `json:"status"`
	Problem string `json:"problem"`
	By      string `json:"by"`
	Detail  string `json:"detail"`
	Part    string `json:"part"`
	Line    int    `json:"line"`
	Chunk   int    `json:"chunk"`
	At      int    `json:"at"`
	Field   string `json:"field"`
	Excerpt string `json:"excerpt"`
	Limit   string `json:"limit"`
	Window  string `json:"window"`
	Value   int64  `json:"limit_value"`
	Sent    int64  `json:"sent"`
	Note    string `json:"note"`

	Attempts   int      `json:"attempts"`
	Retried    []string `json:"retried"`
	NotRetried string   `json:"not_retried"`

	says, cure string // what the answer said, of one that the request log has; "": not known
}

// readLogLine reads a line of the access log; false if it is none.
func readLogLine(body []byte) (l logLine, ok bool) {
	if json.Unmarshal(body, &l) != nil {
		return l, false
	}
	return l, l.Time != "" && idOf(l.ID) != "" && (l.By == "gateway" || l.By == "upstream")
}

// log explains a line of the access log.
func (b *book) log(l *logLine) (Explanation, bool) {
	a := &Answer{Status: l.Status, By: l.By, Log: true, RequestID: idOf(l.ID), Note: said(l.Note), Tried: said(l.tried())}
	t, ok := problem.ByName(l.Problem)
	if c, is := problem.OAuthCauseNamed(l.Problem); is {
		m := causeMeaning(c)
		m.Status = strconv.Itoa(l.Status)
		if c == problem.OAuthUnknownClient { // the caller is not told that in the standard profile; the log may
			m.What = "No application has the client id that was sent. " + m.What
		}
		return Explanation{Answer: a, Meanings: []Meaning{m}}, true
	}
	if m, is := signIn(l.Problem); is {
		m.Status = strconv.Itoa(l.Status)
		return Explanation{Answer: a, Meanings: []Meaning{m}}, true
	}
	if !ok {
		e := Explanation{Answer: a, Meanings: foreignStatus(l.Status)}
		return e, len(e.Meanings) > 0
	}
	m := b.rowOf(t)
	p := l.problem(t)
	m.What = ended(said(cmp.Or(l.says, string(b.plain.AppendMessage(nil, &p)))))
	if detail := said(string(b.plain.AppendDetail(nil, &p))); !strings.Contains(m.What, detail) {
		m.What += " " + ended(strings.ToUpper(detail[:1])+detail[1:])
	}
	m.How = distinct(append([]string{said(cmp.Or(l.cure, l.fix(b, &p)))}, m.How...))
	if t == problem.UpstreamClientError || t == problem.UpstreamServerError {
		m.Repeat = repeatOf(&m, a)
	}
	return Explanation{Answer: a, Meanings: []Meaning{m}}, true
}

// tried tells how often the call was sent, if that was more than once or could have been: "2 times, before this: 503; not again for budget: many were …".
func (l *logLine) tried() string {
	r := requestlog.Record{Upstream: &requestlog.Upstream{NotRetried: l.NotRetried}}
	why := r.NotRetriedText()
	if l.Attempts < 2 && why == "" {
		return ""
	}
	text := "once"
	if l.Attempts > 1 {
		text = strconv.Itoa(l.Attempts) + " times"
	}
	if len(l.Retried) > 0 {
		text += ", before this: " + strings.Join(l.Retried, ", ")
	}
	if why != "" {
		text += "; not again for " + why
	}
	return text
}

// problem is the case that the line tells of.
func (l *logLine) problem(t problem.Type) problem.Problem {
	path, _, _ := bytes.Cut([]byte(l.Target), []byte("?"))
	p := problem.Problem{
		Type: t, Detail: problem.DetailNamed(l.Detail), Reason: problem.ReasonNamed(l.Detail), Status: l.Status,
		Part: l.Part, Line: l.Line, At: l.At, Method: []byte(l.Method), Resource: string(path), Limit: l.Value, Sent: l.Sent, Window: l.Window,
	}
	if l.Field != "" {
		p.Field = []byte(l.Field)
	}
	if l.Excerpt != "" {
		p.Excerpt, p.Word, p.Version = []byte(l.Excerpt), []byte(l.Excerpt), []byte(l.Excerpt)
	}
	switch t {
	case problem.UpstreamBroke, problem.UpstreamInvalid, problem.GatewayTimeout, problem.UpstreamServerError, problem.UpstreamClientError:
		p.Applied = problem.AppliedUnknown // the line does not say it
	default: // decided before the API was called
	}
	switch {
	case l.Chunk > 0:
		p.Line = l.Chunk
	case t == problem.Throttled || t == problem.InfrastructureProtection:
		p.Quota = l.Limit
	default:
		p.Name = l.Limit
	}
	return p
}

// reasonFixes are what to do about each reason of access_denied, whose scopes the log does not name.
var reasonFixes = map[problem.Reason]string{
	problem.AppLacksProduct: "Give the application a product with a scope of the route: none of its products has one.",
	problem.NotAskedFor:     "Ask for a scope of the route in the authorization: the application has it, and did not ask for it when it got this token.",
	problem.ScopeChanged:    "Go through the authorization again with the scopes of the route: the latest grant left out what an earlier one had.",
	problem.ScopeMissing:    "Get a token with a scope of the route.",
}

func (l *logLine) fix(b *book, p *problem.Problem) string {
	if fix, ok := reasonFixes[p.Reason]; ok {
		return fix
	}
	return string(b.plain.AppendFix(nil, p))
}
