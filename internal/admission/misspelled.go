package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// placeholders are what programs send in the place of a token that they do not have: how languages write nothing, and what documentation writes for it.
var placeholders = [...]string{
	"undefined", "null", "none", "nil", "nan", "(null)", "<nil>", "[object object]", "object", "false", "true", "token", "access_token", "accesstoken",
	"your_token", "your-token", "your_access_token", "your-access-token", "youraccesstoken", "my_token", "mytoken", "test", "xxx", "xxxx", "...",
}

// misspelled knows what stands after Bearer and can be no token of anybody: nobody guesses by it, so it is not counted as a guess.
func (c *Call) misspelled(cred []byte) bool {
	first, rest, _ := bytes.Cut(cred, blank)
	switch {
	case ascii.EqualFold(first, "bearer") || ascii.EqualFold(first, "bearer:"):
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenBearerTwice, Sent: int64(len(cred))}
	case isPlaceholder(cred):
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenPlaceholder, Excerpt: cred, Sent: int64(len(cred))}
	case len(rest) == 0 && isVariable(cred): // which is not quoted: its name may be a secret that only looks like one
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenPlaceholder, Sent: int64(len(cred))}
	default:
		return false
	}
	return true
}

func isPlaceholder(cred []byte) bool {
	for _, word := range placeholders {
		if ascii.EqualFold(cred, word) {
			return true
		}
	}
	return false
}

// isVariable knows the variables of templates and shells that nobody filled in: ${TOKEN}, $TOKEN, {{token}}, <token>, %TOKEN%, :token.
func isVariable(cred []byte) bool {
	for _, v := range [...]struct{ before, after string }{{"${", "}"}, {"$(", ")"}, {"$", ""}, {"{{", "}}"}, {"{", "}"}, {"<", ">"}, {"%", "%"}, {":", ""}} {
		name, begins := bytes.CutPrefix(cred, []byte(v.before))
		name, ends := bytes.CutSuffix(name, []byte(v.after))
		if begins && ends && isName(name) {
			return true
		}
	}
	return false
}

// isName reports whether b can be the name of a variable.
func isName(b []byte) bool {
	for _, c := range b {
		if !ascii.IsAlnum(c) && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= maxName && !ascii.IsDigit(b[0])
}

// maxName is the longest name of a variable.
const maxName = 40

// marks are what people write behind or around the word Bearer.
var marks = [...]string{"bearer:", "bearer,", "bearer=", `"bearer`, "'bearer", "bearer;", "bearer%20", "bearer+"}

// hasMarks knows Bearer with a mark that does not belong to it.
func hasMarks(scheme []byte) bool {
	for _, spelled := range marks {
		if len(scheme) >= len(spelled) && ascii.EqualFold(scheme[:len(spelled)], spelled) {
			return true
		}
	}
	return false
}
