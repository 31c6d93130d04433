package explain

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// answer explains a pasted answer.
func (b *book) answer(p *paste) (Explanation, bool) {
	h := p.last()
	parsed, ours := problem.Parse(h.status, h.get, object(p.body))
	if !ours {
		if e, ok := ofOAuth(p); ok {
			return e, true
		}
		return b.foreign(p)
	}
	a := p.about(parsed.Status)
	a.By, a.Says, a.Fix, a.RequestID = byName(h, parsed.By), said(parsed.Message), said(parsed.Fix), idOf(parsed.RequestID)
	if parsed.Applied == "no" || parsed.Applied == "unknown" {
		a.Applied = parsed.Applied
	}
	e := Explanation{Answer: a}
	for _, t := range b.likely(&parsed) {
		m := b.rowOf(t)
		if h.get("x-li-uuid") != "" {
			m.How = distinct(slices.Concat(m.How, b.more(t)))
		}
		m.Repeat = repeatOf(&m, a)
		if byStatusName(t) {
			m.Status = strconv.Itoa(parsed.Status)
		}
		e.Meanings = append(e.Meanings, m)
	}
	if len(e.Meanings) == 0 {
		e.Meanings = foreignStatus(parsed.Status) // a code of the API's own, or a row that a later version knows
	}
	if len(e.Meanings) == 0 {
		return Explanation{}, false
	}
	if len(e.Meanings) == 1 {
		e.Meanings[0].takes(a)
	}
	e.afterRedirect()
	return e, true
}

// likely is the rows that fit, or those of them that say what the answer says.
func (b *book) likely(p *problem.Parsed) []problem.Type {
	sentence := spoken(p.Message)
	var same []problem.Type
	for _, t := range p.Candidates {
		fits := func(r *problem.TableRow) bool { return r.Problem == t.Name() && says(r, sentence) }
		if len(b.rows(fits)) > 0 {
			same = append(same, t)
		}
	}
	if len(same) > 0 {
		return same
	}
	return p.Candidates
}

// takes puts the facts of the case before what the catalogue says in general.
func (m *Meaning) takes(a *Answer) {
	if a.Says != "" {
		m.What = ended(a.Says)
	}
	if a.Fix != "" {
		m.How = distinct(append([]string{a.Fix}, m.How...))
	}
}

// rowOf is the meaning of a row.
func (b *book) rowOf(t problem.Type) Meaning {
	if t == problem.ClientGone {
		return clientGone
	}
	return b.rows(func(r *problem.TableRow) bool { return r.Problem == t.Name() })[0]
}

// more is what the linkedin profile advises beside.
func (b *book) more(t problem.Type) []string {
	for i := range b.table {
		if b.table[i].Problem == t.Name() {
			return b.table[i].More
		}
	}
	return nil
}

func byStatusName(t problem.Type) bool {
	return t == problem.UpstreamClientError || t == problem.UpstreamServerError
}

// byName says who wrote an answer. One that has a head, and in it no Candor-Problem, was not written by Candor.
func byName(h *head, by problem.By) string {
	if by == problem.ByUnknown && len(h.fields) > 0 {
		return "other"
	}
	return by.String()
}

// stagedField names in an answer what the sandbox has staged, a failure or a latency.
const stagedField = "X-Sandbox-Fault"

// stagedAs is what is told of its value; "" where a rule has let the call pass.
func stagedAs(value string) string {
	if value == "ok" || strings.HasPrefix(value, "ok;") {
		return ""
	}
	return said(value)
}

// about is what the heads say.
func (p *paste) about(status int) *Answer {
	h := p.last()
	a := &Answer{Status: status, By: "other", RequestID: idOf(h.get("X-Request-Id")), Location: target(h.get("Location")), Staged: stagedAs(h.get(stagedField))}
	if n, err := strconv.Atoi(h.get("Retry-After")); err == nil && n >= 0 {
		a.RetryAfter = strconv.Itoa(n)
	}
	for _, before := range p.heads[:len(p.heads)-1] {
		m, ok := statusNote(before.status)
		if ok {
			a.Before = append(a.Before, Earlier{Status: before.status, Means: m.What})
		}
	}
	return a
}

// foreign explains an answer that Candor did not write, by its status; nothing of its body is repeated.
func (b *book) foreign(p *paste) (Explanation, bool) {
	h := p.last()
	if line, ok := readLogLine(object(p.body)); ok && h.status == 0 {
		return b.log(&line)
	}
	status := h.status
	if status == 0 {
		status = bodyStatus(object(p.body))
	}
	if m, answer, ok := known(string(bytes.TrimSpace(p.body))); ok && answer {
		return p.of(m, status), true
	}
	e := Explanation{Answer: p.about(status), Meanings: foreignStatus(status)}
	e.afterRedirect()
	if len(e.Meanings) == 0 {
		return Explanation{}, false
	}
	if server := pageOf(p.body); server != "" {
		e.Meanings[0].What = server + " wrote this page. " + e.Meanings[0].What
		e.Meanings[0].How = slices.Concat(e.Meanings[0].How, []string{"Look into the log of " + server + ", which stands on the way or before the API."})
	}
	return e, true
}

// of is the explanation of an answer whose body gives its writer away.
func (p *paste) of(m Meaning, status int) Explanation {
	if status != 0 {
		m.Status = strconv.Itoa(status)
	}
	if by, ok := statusNote(status); ok && m.Repeat == asStatus {
		m.Repeat = by.Repeat
	}
	e := Explanation{Answer: p.about(status), Meanings: []Meaning{m}}
	e.Answer.By = "other"
	return e
}

// foreignStatus is what a status means in an answer that is no row of the catalogue.
func foreignStatus(status int) []Meaning {
	m, ok := statusNote(status)
	if !ok {
		return nil
	}
	return []Meaning{m}
}

// object is the part of a body that could be a JSON object: what stands around it may be left over from the way it was pasted.
func object(body []byte) []byte {
	from, to := bytes.IndexByte(body, '{'), bytes.LastIndexByte(body, '}')
	if from < 0 || to < from {
		return nil
	}
	return body[from : to+1]
}

// repeatOf reports whether to repeat this very call.
func repeatOf(m *Meaning, a *Answer) string {
	said := m.Repeat
	if said == repeat["status"] {
		said = repeat[retry.ByStatus(a.Status).String()]
	}
	switch {
	case said == repeat["after"] && a.RetryAfter != "":
		return "Yes, after " + a.RetryAfter + " seconds."
	case said == repeat["backoff"] && a.Applied == "no":
		return "Yes, with growing waits, whatever the method: no byte of this call reached the API."
	case said == repeat["backoff"] && a.Applied == "unknown":
		return "If the method is idempotent, with growing waits; else only once you know that the call took no effect."
	}
	return said
}

// afterRedirect names what a redirect before this answer may have done to the call.
func (e *Explanation) afterRedirect() {
	hint := ""
	for _, before := range e.Answer.Before {
		if before.Status >= 300 && before.Status != 304 {
			hint = redirectHints[e.Answer.Status]
		}
	}
	if hint == "" {
		return
	}
	for i := range e.Meanings {
		if name := e.Meanings[i].Problem; name != "" && !madeByRedirects[name] {
			continue
		}
		e.Meanings[i].How = append([]string{hint}, without(e.Meanings[i].How, hint)...)
	}
}

// madeByRedirects are the problems of the catalogue that following a redirect makes; an expired token was sent all the same.
var madeByRedirects = map[string]bool{"empty_access_token": true, "method_not_allowed": true, "resource_not_found": true}

// redirectHints are the failures that following a redirect makes.
var redirectHints = map[int]string{401: dropsAuthorization, 403: dropsAuthorization, 404: postBecomesGet, 405: postBecomesGet}

func without(all []string, one string) []string {
	kept := make([]string, 0, len(all))
	for _, s := range all {
		if !strings.EqualFold(s, one) {
			kept = append(kept, s)
		}
	}
	return kept
}
