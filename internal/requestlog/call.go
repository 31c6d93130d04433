package requestlog

import (
	"github.com/candor-gateway/candor/internal/accesslog"
)

// Call is what is handed over of a call that is over. It is lent by Failed or Good, filled with what belongs to others, and given to Keep, which copies that: until
// then its bytes and lists are borrowed. Its strings outlive it.
type Call struct {
	Failed bool            // or checks that are only observed would have refused it; else it is a sample of those that went well
	Entry  accesslog.Entry // as the access log is told of it, before anything is redacted

	App, ClientID string // of a genuine credential, also of one that was refused; "": it is not known, or Grant tells it
	Member        string
	Products      uint64 // of the app, by their numbers
	Resource      string
	Hidden        bool
	Revision      int // of the configuration by which it was served
	// RouteRevision is the one that changed its route last, at RouteRevisionAt (unix ns); 0: not known.
	RouteRevision   int
	RouteRevisionAt int64

	Head       []byte // as it came; of one that could not be read, what there was
	Whole      bool   // it could be read
	Scheme     string // https or http
	Credential Credential

	AnswerHead []byte // as it was written, without the lines that belong to the connection; nil: none was
	AnswerBody []byte // of one of ours, or the beginning of one that was recorded
	Ours       bool   // it is one of ours
	AnswerSize int64  // of the whole body; 0: it is not known
	Body       []byte // the beginning of the request's, where it was recorded
	Checked    []byte // the body, where it was in hand to be checked: for the names in it alone
	BodySize   int64

	VersionField string // in which a version is sent; "": none is asked for
	Calls        int64  // of the app today, with this one; 0: not known
	Target       string // where the route leads to

	Message, Fix          []byte // what an answer of ours says
	Code, Action, Applied string

	Passed  []string // the checks that let it pass
	Refused string   // the one that did not

	// Debug says that the call asked for all of it: it is kept though it went well, with what follows.
	Debug   bool
	Checks  []Check
	Tries   []Try
	Rewrite *Rewritten // its target is redacted where the record is made

	Upstream string // its name; "": it never came to that
	Attempts int

	held  bool   // others of its app and problem were only counted before it
	text  []byte // the copies
	names []string
	would []accesslog.Would
	first accesslog.Cause
}

// Credential is what a call brought to tell who calls.
type Credential struct {
	Kind  string // "": none was sent
	Place string // header, query
	// Parameter is that of the query in which it stood.
	Parameter string
	Value     []byte // the secret itself: it is overwritten as soon as its fingerprint is taken
	Genuine   bool
	Issued    int64 // unix seconds
	Ends      int64
	Scopes    string // by spaces
	Grant     uint64 // of ours
	ID        [12]byte
}

// The bounds of what is kept of one call, in bytes.
const (
	mostHead   = 16 << 10
	mostTarget = 8 << 10
	mostBody   = 4 << 10
	mostWords  = 2 << 10
	mostField  = 1 << 10
)

// borrowed are the places of all that is borrowed, and how much of each is kept.
func (c *Call) borrowed() [19]struct {
	of   *[]byte
	most int
} {
	e := &c.Entry
	return [19]struct {
		of   *[]byte
		most int
	}{
		{&c.Head, mostHead},
		{&c.Credential.Value, mostHead},
		{&c.AnswerHead, mostHead},
		{&c.AnswerBody, mostBody},
		{&c.Body, mostBody},
		{&c.Checked, mostHead},
		{&c.Message, mostWords},
		{&c.Fix, mostWords},
		{&e.Method, mostField},
		{&e.Target, mostTarget},
		{&e.RequestID, mostField},
		{&e.AnswerID, mostField},
		{&e.UpstreamTarget, mostTarget},
		{&e.Dropped, mostField},
		{&e.UserAgent, mostField},
		{&e.Cause.Field, mostField},
		{&e.Cause.Excerpt, mostTarget},
		{&c.first.Excerpt, mostField},
		{&c.first.Field, mostField},
	}
}

// own copies what is borrowed into memory of the call's own, and returns how much that is.
func (c *Call) own() int {
	e := &c.Entry
	if e.First != nil {
		c.first = *e.First
		e.First = &c.first
	}
	c.names = append(append(append(c.names[:0], c.Passed...), e.Tolerated...), e.WouldPass...)
	passed, tolerated := len(c.Passed), len(c.Passed)+len(e.Tolerated)
	c.Passed, e.Tolerated, e.WouldPass = c.names[:passed], c.names[passed:tolerated], c.names[tolerated:]
	c.would = append(c.would[:0], e.Would...)
	e.Would, e.Seen = c.would, nil
	all, size := c.borrowed(), 0
	for _, b := range all {
		size += min(len(*b.of), b.most)
	}
	if cap(c.text) < size { // at once: what is copied must not be left behind in a part that was outgrown
		c.text = make([]byte, 0, size+size/4)
	}
	c.text = c.text[:0]
	for _, b := range all {
		from := len(c.text)
		c.text = append(c.text, (*b.of)[:min(len(*b.of), b.most)]...)
		*b.of = c.text[from:len(c.text):len(c.text)]
	}
	return size
}

// mostIdle is how much memory a call keeps that is not in use.
const mostIdle = 4 << 10

// forget overwrites what was copied, and makes the call ready for another.
func (c *Call) forget() {
	clear(c.text[:cap(c.text)])
	text, names, would := c.text, c.names, c.would
	if cap(text) > mostIdle {
		text = nil
	}
	clear(names[:cap(names)])
	clear(would[:cap(would)])
	*c = Call{text: text[:0], names: names[:0], would: would[:0]}
}
