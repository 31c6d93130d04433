package problem

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/retry"
)

// Row is one kind of failure as one catalogue says it. Message and Fix are what it says of the row's example.
type Row struct {
	Type    Type
	Name    string
	Status  int
	Subcode int
	Code    string
	Message string
	Fix     string
	Title   string
	Causes  []string // in the order in which they occur
	Fixes   []string // what to check and do, in order
	Who     Who
	Retry   Retry
	Action  Action
}

// entry is a row with its sentences compiled.
type entry struct {
	Row
	message []phrase
	fix     []phrase
	ownFix  bool // by the configuration: goes before the detail's
}

// Catalogue is the rows of one profile after the configuration's overrides, ready to be rendered. It is immutable.
type Catalogue struct {
	options Options
	pages   string // ErrorsURL with a slash at its end, or ""
	ownType string // the media type of the envelope, where nobody else has it
	entries [typeCount]entry
	details [detailCount]struct{ text, fix phrase }
}

// New makes the catalogue of a profile. An override with a fact that no sentence can name is an error.
func New(o Options) (*Catalogue, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Catalogue{options: o}
	c.settle()
	for d := range details {
		c.details[d].text = must(details[d].text)
		c.details[d].fix = must(details[d].fix)
	}
	for t := range rows {
		c.entries[t] = c.entry(Type(t))
	}
	for i := range o.Overrides {
		c.override(&o.Overrides[i])
	}
	for t := MalformedRequest; t < typeCount; t++ {
		e, p := &c.entries[t], exampleIn(c.options.Profile, t)
		e.Message = string(c.AppendMessage(nil, &p))
		e.Fix = string(c.AppendFix(nil, &p))
	}
	return c, nil
}

// settle fills in what the profile names where the configuration is silent.
func (c *Catalogue) settle() {
	o := &c.options
	version, id := "Api-Version", "X-Request-Id"
	if o.Profile == LinkedIn {
		version, id = "LinkedIn-Version", "x-li-uuid"
	}
	o.VersionHeader, o.RequestIDHeader = cmp.Or(o.VersionHeader, version), cmp.Or(o.RequestIDHeader, id)
	if o.RequestIDHeader == NoHeader {
		o.RequestIDHeader = ""
	}
	if o.Envelope != nil && mediaType(o.Envelope.ContentType) != ranges[forJSON] {
		c.ownType = mediaType(o.Envelope.ContentType)
	}
	if o.ErrorsURL != "" {
		c.pages = strings.TrimRight(o.ErrorsURL, "/") + "/"
	}
}

// entry compiles a row of the tables.
func (c *Catalogue) entry(t Type) entry {
	r, s := &rows[t], &sentences[t]
	e := entry{Row: Row{
		Type: t, Name: r.name, Status: r.status, Subcode: r.subcode, Code: r.code, Title: r.title,
		Who: r.who, Retry: r.retry, Action: r.action, Causes: advice[t].causes, Fixes: advice[t].fixes,
	}}
	message := s.message
	if c.options.Profile == LinkedIn {
		e.Fixes = slices.Concat(e.Fixes, advice[t].linkedin)
		e.Status = r.linkedin
		if e.Status == 0 {
			e.Status = r.status
		}
		if s.linkedin != nil {
			message = s.linkedin
		}
	}
	if t == NonexistentVersion && c.options.VersionStatus != 0 {
		e.Status = c.options.VersionStatus
	}
	e.message, e.fix = compileAll(message), compileAll(s.fix)
	return e
}

func (c *Catalogue) override(o *Override) {
	e := &c.entries[o.Type]
	if o.Status != 0 && c.options.Profile == Standard {
		e.Status = o.Status
	}
	if o.Code != "" {
		e.Code = o.Code
	}
	if o.Subcode != nil {
		e.Subcode = *o.Subcode
	}
	if o.Message != "" {
		e.message = append([]phrase{must(o.Message)}, e.message...)
	}
	if o.Fix != "" {
		e.fix, e.ownFix = append([]phrase{must(o.Fix)}, e.fix...), true
	}
}

func compileAll(texts []string) []phrase {
	all := make([]phrase, len(texts))
	for i, text := range texts {
		all[i] = must(text)
	}
	return all
}

// must compiles a sentence that was checked: ours by a test, an override by Options.check.
func must(text string) phrase {
	ph, err := compile(text)
	if err != nil {
		panic(fmt.Sprintf("problem: sentence %q: %v", text, err))
	}
	return ph
}

// Profile is the profile of the catalogue.
func (c *Catalogue) Profile() Profile { return c.options.Profile }

// Row is what the catalogue says of one kind of failure. It must not be changed.
func (c *Catalogue) Row(t Type) *Row { return &c.of(t).Row }

// of is the entry of a row; what is no row is an internal error.
func (c *Catalogue) of(t Type) *entry {
	if t == None || t >= typeCount {
		t = InternalError
	}
	return &c.entries[t]
}

// Status is the status that a problem is answered with.
func (c *Catalogue) Status(p *Problem) int {
	e := c.of(p.Type)
	if byStatus(e.Type) && 400 <= p.Status && p.Status <= 599 {
		return p.Status
	}
	return e.Status
}

// Code is the code that a problem is answered with.
func (c *Catalogue) Code(p *Problem) string {
	e := c.of(p.Type)
	if byStatus(e.Type) && e.Code == rows[e.Type].code {
		return statusCode(c.Status(p))
	}
	return e.Code
}

func byStatus(t Type) bool { return t == UpstreamClientError || t == UpstreamServerError }

// Action is what a program should do about this case: the row's, or what the facts say better.
func (c *Catalogue) Action(p *Problem) Action {
	e := c.of(p.Type)
	switch {
	case e.Type == ExpiredAccessToken && p.Refreshable:
		return RefreshToken
	case e.Type == AccessDenied && p.Reason == ScopeChanged:
		return Reauthorize
	case byStatus(e.Type):
		return actionByStatus(c.Status(p))
	}
	return e.Action
}

// actionByStatus is what to do about an upstream's own error.
func actionByStatus(status int) Action {
	switch status {
	case 401:
		return Reauthorize
	case 403:
		return RequestPermission
	case 429:
		return Wait
	case 408, 425, 502, 503, 504:
		return RetryCall
	}
	if status >= 500 {
		return ContactSupport
	}
	return FixRequest
}

// RetryOf is whether this case may be repeated; never RetryByStatus.
func (c *Catalogue) RetryOf(p *Problem) Retry {
	e := c.of(p.Type)
	if e.Retry != RetryByStatus {
		return e.Retry
	}
	return [...]Retry{retry.No: RetryNo, retry.After: RetryAfter, retry.Backoff: RetryBackoff}[retry.ByStatus(c.Status(p))]
}
