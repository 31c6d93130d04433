package requestlog

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// How many records a page has.
const (
	PageOf   = 50
	MostPage = 500
)

// Query is what a query of /v1/requests asks for: the record of an id, or those that fit.
type Query struct {
	ID callid.ID // the zero ID: the filter holds
	Filter
}

// Fault is what is wrong with a parameter.
type Fault uint8

// The faults.
const (
	Unknown   Fault = iota // there is none of that name
	Repeated               // it was sent more than once
	Malformed              // its value cannot be read
	Together               // it was sent together with id, which says all
)

// ParameterError says which parameter of a query is wrong, and how it is written.
type ParameterError struct {
	Name  string
	Value string // as it was sent, of a malformed one; "" where it is longer than any that is right, as a secret would be
	Fault Fault
	Write string // how it is written; of an unknown one the names that there are
}

// Error says what is wrong, and Fix what to do.
func (e *ParameterError) Error() string {
	switch e.Fault {
	case Repeated:
		return fmt.Sprintf("the parameter %s was sent more than once", e.Name)
	case Malformed:
		if e.Value == "" {
			return fmt.Sprintf("the parameter %s cannot be read", e.Name)
		}
		return fmt.Sprintf("the parameter %s cannot be read: %q", e.Name, e.Value)
	case Together:
		return fmt.Sprintf("the parameter %s was sent together with id, which names one request alone", e.Name)
	case Unknown:
	}
	return fmt.Sprintf("there is no parameter %q here", e.Name)
}

// Fix is what to do.
func (e *ParameterError) Fix() string {
	switch e.Fault {
	case Repeated:
		return "send it once"
	case Malformed:
		return "write it as " + e.Write
	case Together:
		return "send id, or the others"
	case Unknown:
	}
	return "use one of: " + e.Write
}

// How values are written.
const (
	writeID     = "an answer has it in X-Request-Id: a UUID, 32 hex digits, or base64 in URL encoding"
	writeStatus = "a status, such as 429"
	writeTime   = "a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z"
	writeLimit  = "a number from 1 to 500"
	writeCursor = "next of the page before has it"
)

// parameters are those that a query can have, in the order in which they are told.
var parameters = []struct {
	name  string
	write string
	take  func(q *Query, value string, now time.Time) bool
}{
	{"id", writeID, func(q *Query, value string, _ time.Time) (well bool) {
		q.ID, well = callid.Parse(strings.ReplaceAll(value, " ", "+")) // a + that was not encoded
		return well
	}},
	{"app", "", func(q *Query, value string, _ time.Time) bool { q.App = value; return true }},
	{"member", "", func(q *Query, value string, _ time.Time) bool { q.Member = value; return true }},
	{"problem", "", func(q *Query, value string, _ time.Time) bool { q.Problem = value; return true }},
	{"status", writeStatus, func(q *Query, value string, _ time.Time) bool {
		n, err := strconv.Atoi(value)
		q.Status = n
		return err == nil && 100 <= n && n <= 599
	}},
	{"route", "", func(q *Query, value string, _ time.Time) bool { q.Route = value; return true }},
	{"path", "", func(q *Query, value string, _ time.Time) bool { q.Path = value; return true }},
	{"since", writeTime, func(q *Query, value string, now time.Time) (well bool) {
		q.Since, well = moment(value, now)
		return well
	}},
	{"until", writeTime, func(q *Query, value string, now time.Time) (well bool) {
		q.Until, well = moment(value, now)
		return well
	}},
	{"cursor", writeCursor, func(q *Query, value string, _ time.Time) (well bool) {
		q.Before, well = callid.Parse(value)
		return well
	}},
	{"limit", writeLimit, func(q *Query, value string, _ time.Time) bool {
		n, err := strconv.Atoi(value)
		q.Most = n
		return err == nil && 1 <= n && n <= MostPage
	}},
}

// ParseQuery reads the query of /v1/requests. An empty value is as none. A mistake is a *ParameterError.
func ParseQuery(query url.Values, now time.Time) (*Query, error) {
	q := &Query{Filter: Filter{Most: PageOf}}
	if err := knowsAll(query); err != nil {
		return nil, err
	}
	for _, p := range parameters {
		values := query[p.name]
		switch {
		case len(values) == 0 || len(values) == 1 && values[0] == "":
			continue
		case len(values) > 1:
			return nil, &ParameterError{Name: p.name, Fault: Repeated}
		case q.ID != callid.ID{}:
			return nil, &ParameterError{Name: p.name, Fault: Together}
		}
		if !p.take(q, values[0], now) {
			return nil, malformed(p.name, values[0], p.write)
		}
	}
	return q, nil
}

func malformed(name, value, write string) *ParameterError {
	const longest = 36 // of a UUID
	if len(value) > longest {
		value = ""
	}
	return &ParameterError{Name: name, Value: value, Fault: Malformed, Write: write}
}

// NoProblem is the mistake of a query for a problem that is none. near is the one that was probably meant; "" is not known.
func NoProblem(sent, near string) *ParameterError {
	write := "the name of a problem, such as throttled"
	if near != "" {
		write += "; " + near + " is probably the one that was meant"
	}
	return malformed("problem", sent, write)
}

// knowsAll refuses a name that is none: what is misspelled would be taken for all.
func knowsAll(query url.Values) error {
	var names, unknown []string
	for _, p := range parameters {
		names = append(names, p.name)
	}
	for name := range query {
		if !slices.Contains(names, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown) // the same each time
	return &ParameterError{Name: unknown[0], Fault: Unknown, Write: strings.Join(names, ", ")}
}

// moment reads a time ago or a moment.
func moment(value string, now time.Time) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, strings.ReplaceAll(value, " ", "+")); err == nil { // a + of a zone that was not encoded
		return at, true
	}
	ago, well := span(value)
	return now.Add(-ago), well
}

// span reads a length of time; days are of 24 hours.
func span(value string) (time.Duration, bool) {
	const day = 24 * time.Hour
	if days, cut := strings.CutSuffix(value, "d"); cut {
		n, err := strconv.ParseUint(days, 10, 32)
		return time.Duration(n) * day, err == nil && n <= uint64(math.MaxInt64/day)
	}
	d, err := time.ParseDuration(value)
	return d, err == nil && d >= 0
}
