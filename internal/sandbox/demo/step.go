package demo

import (
	"fmt"
	"strconv"
	"strings"
)

// Step is something that was sent, and what came of it, as it is shown.
type Step struct {
	Title     string
	Sent, Got string  // as they went over the wire, secrets shortened
	Params    []Param // of a request or an answer that went through the browser
	Notes     []string
	answer    outcome
	want      want
}

// Param is one parameter.
type Param struct{ Name, Value string }

// outcome is what an answer says, in a few words.
type outcome struct {
	status int    // 0: it came by redirect
	error  string // "" none
	cause  string // the page that error_uri names
}

// want is what an answer is to say. The zero one wants nothing in particular.
type want struct {
	outcome
	page bool // a page for people: its status is all that is compared
}

// The answers that are good.
var (
	good    = want{outcome: outcome{status: 200}}
	allowed = want{outcome: outcome{status: 204}}
)

// whatever is no answer in particular.
var whatever want

// Judged reports whether something was expected.
func (s *Step) Judged() bool { return s.want != whatever }

// AsExpected reports whether it came so.
func (s *Step) AsExpected() bool {
	if s.want.page {
		return s.answer.status == s.want.status
	}
	return s.answer == s.want.outcome
}

// Expected is what the contract says.
func (s *Step) Expected() string { return s.want.String() }

// Came is what came.
func (s *Step) Came() string { return s.answer.String() }

// String is the status, the error and the cause.
func (o outcome) String() string {
	words := []string{"back to the app"}
	if o.status != 0 {
		words[0] = strconv.Itoa(o.status)
	}
	if o.error != "" {
		words = append(words, o.error)
	}
	if o.cause != "" {
		words = append(words, fmt.Sprintf("(%s)", o.cause))
	}
	return strings.Join(words, " ")
}

// String is as outcome's, and says of a page that it is one.
func (w want) String() string {
	if w.page {
		return strconv.Itoa(w.status) + ", a page for whoever sits at the browser"
	}
	return w.outcome.String()
}
