package problem

import (
	"encoding/json"
	"strings"
)

// HeaderName is the field that is sent if and only if Candor wrote the answer; its value begins with the name of the row.
const HeaderName = "Candor-Problem"

// By says who wrote an answer.
type By uint8

// The writers of an answer.
const (
	ByUnknown  By = iota // it speaks the contract, and no Candor-Problem says who wrote it
	ByGateway            // Candor found the fault
	ByUpstream           // the API answered an error, and Candor wrapped it
)

// String is one word for it.
func (b By) String() string {
	return [...]string{"unknown", "gateway", "upstream", "unknown"}[b&3]
}

// Parsed is an answer read back. What the answer did not say is empty.
type Parsed struct {
	Type       Type   // None if the name is none we know, or if several rows have the code
	Candidates []Type // the rows that fit: one if Type is known
	Name       string // of Candor-Problem or of the RFC 9457 type, also one we do not know
	By         By
	Dialect    Dialect

	Status  int
	Subcode int
	Code    string
	Title   string
	Message string
	Fix     string
	Action  string
	Applied string // "no", "unknown" or ""
	Help    string

	RequestID  string
	RetryAfter string          // the header's value
	Details    json.RawMessage // errorDetails as they were
}

// body has the fields of both dialects in JSON.
type body struct {
	Status   *int            `json:"status"`
	Subcode  *int            `json:"serviceErrorCode"`
	Code     string          `json:"code"`
	Message  string          `json:"message"`
	Fix      string          `json:"fix"`
	Details  json.RawMessage `json:"errorDetails"`
	Action   string          `json:"action"`
	Applied  string          `json:"applied"`
	ID       string          `json:"requestId"`
	Help     string          `json:"help"`
	Type     string          `json:"type"`
	Title    string          `json:"title"`
	Detail   string          `json:"detail"`
	Instance string          `json:"instance"`
}

// Parse reads an answer in any dialect that is JSON, any profile, and an operator's envelope as far as it uses our words; wrapped ones of an upstream too. header gives the value of a field, "" if there is
// none; nil where only the body is at hand, and status 0 where that is not known. It reports false for an answer that neither carries
// Candor-Problem nor speaks the contract.
func Parse(status int, header func(name string) string, text []byte) (Parsed, bool) {
	if header == nil {
		header = func(string) string { return "" }
	}
	p := Parsed{Status: status, RetryAfter: header("Retry-After")}
	p.byHeader(header(HeaderName))
	var b body
	if json.Unmarshal(text, &b) != nil {
		b = body{}
	}
	spoken := p.byBody(&b)
	if p.Name != "" && (p.Message == "" || p.RequestID == "") {
		p.byEnvelope(text)
	}
	if p.Name == "" && !spoken {
		return Parsed{}, false
	}
	if p.RequestID == "" {
		p.RequestID = header("X-Request-Id")
	}
	if p.RequestID == "" {
		p.RequestID = header("X-Li-Uuid")
	}
	p.settle()
	return p, true
}

// byHeader reads "NAME" or "NAME; by=upstream".
func (p *Parsed) byHeader(value string) {
	name, params, _ := strings.Cut(value, ";")
	p.Name = strings.TrimSpace(name)
	if p.Name == "" {
		return
	}
	p.By = ByGateway
	if strings.EqualFold(strings.ReplaceAll(params, " ", ""), "by=upstream") {
		p.By = ByUpstream
	}
}

// byBody takes what the body says and reports whether it speaks the contract or names one of our types.
func (p *Parsed) byBody(b *body) bool {
	named := b.names()
	contract := b.Status != nil && b.Code != "" && (b.Message != "" || b.Detail != "")
	if !contract && named == "" && p.Name == "" {
		return false
	}
	if b.Status != nil && p.Status != 0 && *b.Status != p.Status && p.Name == "" {
		return false // not an answer of ours: its status is that of the status line
	}
	if p.Name == "" {
		p.Name = named
	}
	if b.Status != nil && p.Status == 0 {
		p.Status = *b.Status
	}
	if b.Subcode != nil {
		p.Subcode = *b.Subcode
	}
	p.Code, p.Title, p.Message, p.Fix, p.Action, p.Applied, p.Help, p.Details = b.Code, b.Title, b.Message, b.Fix, b.Action, b.Applied, b.Help, b.Details
	p.RequestID = b.ID
	if b.Type != "" || b.Detail != "" {
		p.Dialect = RFC9457
	}
	if p.Message == "" {
		p.Message = b.Detail
	}
	if id, ok := strings.CutPrefix(b.Instance, "urn:uuid:"); ok && p.RequestID == "" {
		p.RequestID = id
	}
	return true
}

// names is the row that an RFC 9457 type names: by our tag, or, where our fields stand beside it, as the last segment of an error page's link.
func (b *body) names() string {
	if name, ok := strings.CutPrefix(b.Type, typeTag); ok {
		return name
	}
	if b.Code == "" || b.Subcode == nil {
		return ""
	}
	name := b.Type[strings.LastIndexByte(b.Type, '/')+1:]
	if _, ok := ByName(name); ok && name != b.Type {
		return name
	}
	return ""
}

// settle finds the rows that fit.
func (p *Parsed) settle() {
	if t, ok := ByName(p.Name); ok {
		p.Type, p.Candidates = t, []Type{t}
		return
	}
	if p.Name != "" {
		return // a row that a later version knows
	}
	for _, t := range Types() {
		r := &rows[t]
		sameStatus := p.Status == r.status || r.linkedin != 0 && p.Status == r.linkedin
		if r.code == p.Code && r.subcode == p.Subcode && sameStatus {
			p.Candidates = append(p.Candidates, t)
		}
	}
	if len(p.Candidates) == 1 {
		p.Type, p.Name = p.Candidates[0], p.Candidates[0].Name()
	}
}
