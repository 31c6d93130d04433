package people

import (
	"net/url"
	"strconv"
	"strings"
)

// Call is what became of one call, from what matters most to what is seldom asked for. What is empty is not shown.
type Call struct {
	Site     Site
	Signed   bool // somebody has signed in, and sees where else to go
	App      string
	Title    string // the call and its end, in a line
	Failed   bool
	Happened string // one sentence
	Message  string // as the answer had it
	Fix      string
	Recurs   string   // how often, and since when
	Changed  []string // since such calls last worked, and what can be why
	Also     []string // and what hardly can
	Judge    *Judgement
	Checks   []Check
	Verdicts []Fact   // of every check, also behind the one that refused: of a call that was debugged
	Observed []string // what checks that are only observed would have refused it for
	Cause    []Fact
	Meanings []Meaning
	Ranked   []Likely
	Ask      []string // what would tell the causes apart
	Problem  Link     // its page in the reference
	Stations []Station
	Sent     Wire
	Answered Wire
	Who      []Fact
	Upstream []Fact
	Tries    []Fact // each attempt to have it answered
	Known    []Fact // the ids and names of it
	Report   string // the command that makes a report for support
}

// Fact is a value with its name.
type Fact struct{ Name, Value string }

// Check is what one check said of a call.
type Check struct {
	Name    string
	Refused bool
}

// Wire is a request or an answer as it is kept: no secret is in it.
type Wire struct {
	Line   string
	Fields []Fact
	Body   string
	Note   string // of its size
}

// Judgement is what would become of the call now.
type Judgement struct {
	Pass, Fail bool // neither: it cannot be told
	Text       string
	Different  []string // what is otherwise now
	Unjudged   []Fact   // checks, and why nothing can be said of them
}

// Meaning is what a failure can stand for.
type Meaning struct {
	Title, What, Who, Repeat string
	Causes, How              []string
}

// Likely is a cause, the likeliest first.
type Likely struct{ Title, Likelihood, Check, Fix, Otherwise, Who string }

// Station is a stretch of a call, in microseconds since its first byte.
type Station struct {
	Name            string
	From, To, Whole int64
}

// HTML is the page.
func (v Call) HTML() ([]byte, error) {
	if v.Title == "" {
		v.Title = "A call"
	}
	f := frame{Site: v.Site, Heading: v.Title, Failed: v.Failed, Usage: true, Wide: true, V: v}
	if v.Signed {
		f.Here = CallPath
	}
	return f.render("call")
}

// Policy lets its form ask for another call.
func (v Call) Policy() string { return formPolicy("") }

// Usage is where the usage of its app is shown.
func (v Call) Usage() string {
	if v.App == "" {
		return UsagePath
	}
	return UsagePath + "?" + url.Values{FieldApp: {v.App}}.Encode()
}

// Text is the message as it would be on the wire.
func (m Wire) Text() string {
	lines := []string{m.Line}
	for _, f := range m.Fields {
		lines = append(lines, f.Name+": "+f.Value)
	}
	if m.Body != "" {
		lines = append(lines, "", m.Body)
	}
	return strings.Join(lines, "\n")
}

// barWidth is how long the longest bar of a timeline is.
const barWidth = 200

// Start is where the bar of a stretch begins.
func (s Station) Start() int64 { return min(s.scaled(s.From), barWidth-minBar) }

// Length is how long it is: never so short that it is not seen.
func (s Station) Length() int64 { return max(minBar, s.scaled(s.To)-s.scaled(s.From)) }

const minBar = 2

func (s Station) scaled(us int64) int64 { return max(0, min(us, s.Whole)) * barWidth / max(1, s.Whole) }

// At and Took are moments for people.
func (s Station) At() string { return millis(s.To) }

// Took is how long the stretch is.
func (s Station) Took() string { return millis(s.To - s.From) }

func millis(us int64) string { return strconv.FormatFloat(float64(us)/1000, 'f', 3, 64) + " ms" }

// NoCall says that there is no call of an id, or none that one may see.
type NoCall struct {
	Site   Site
	Signed bool
	Sent   string // the id
	IsID   bool   // it is one
}

// HTML is the page.
func (v NoCall) HTML() ([]byte, error) {
	f := frame{Site: v.Site, Heading: "No call of this id", Failed: true, Usage: true, V: v}
	if v.Signed {
		f.Here = CallPath
	}
	return f.render("no-call")
}

// Policy lets its form ask for another call.
func (v NoCall) Policy() string { return formPolicy("") }
