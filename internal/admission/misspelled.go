package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/http1"
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
	case http1.EqualFold(first, "bearer") || http1.EqualFold(first, "bearer:"):
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenBearerTwice, Sent: int64(len(cred))}
	case len(rest) == 0 && isPlaceholder(cred), http1.EqualFold(cred, "[object object]"):
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenPlaceholder, Excerpt: cred, Sent: int64(len(cred))}
	default:
		return false
	}
	return true
}

// isPlaceholder also knows the variables of templates and shells that nobody filled in: ${TOKEN}, {{token}}, <token>, %TOKEN%, $TOKEN, :token.
func isPlaceholder(cred []byte) bool {
	for _, word := range placeholders {
		if http1.EqualFold(cred, word) {
			return true
		}
	}
	if len(cred) > maxPlaceholder || len(cred) < 2 {
		return false
	}
	switch first, last := cred[0], cred[len(cred)-1]; first {
	case '$', ':':
		return true
	case '{':
		return last == '}'
	case '<':
		return last == '>'
	case '%':
		return last == '%'
	}
	return false
}

// maxPlaceholder is the longest name of a variable that is quoted: what is longer may be a secret.
const maxPlaceholder = 32

// marks are what people write behind or around the word Bearer.
var marks = [...]string{"bearer:", "bearer,", "bearer=", `"bearer`, "'bearer", "bearer;", "bearer-"}

// hasMarks knows Bearer with a mark that does not belong to it.
func hasMarks(scheme []byte) bool {
	for _, spelled := range marks {
		if len(scheme) >= len(spelled) && http1.EqualFold(scheme[:len(spelled)], spelled) {
			return true
		}
	}
	return false
}
