package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// dialects are the formats in which the profiles answer by themselves: between them both are shown.
var dialects = [2]struct {
	problem.Dialect
	said string
}{
	problem.Standard: {problem.RFC9457, "RFC 9457"},
	problem.LinkedIn: {problem.Contract, "contract JSON"},
}

// The id of the calls that the examples answer, in its three spellings.
const (
	exampleID     = "01a2105d-5d6c-7dfd-8870-12d98d29c354"
	exampleHex    = "01a2105d5d6c7dfd887012d98d29c354"
	exampleBase64 = "AaIQXV1sff2IcBLZjSnDVA=="
)

// answer is the answer to a row's example as curl -i shows it, its JSON spread over lines.
func (b *book) answer(profile problem.Profile, t problem.Type) string {
	c := b.catalogues[profile]
	p := c.Example(t)
	var w strings.Builder
	fmt.Fprintf(&w, "HTTP/1.1 %d %s\n", c.Status(&p), problem.StatusTitle(c.Status(&p)))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&w, "%s: %s\n", name, value)
		}
	}
	field("Content-Type", dialects[profile].ContentType())
	field("Candor-Problem", t.Name()+by(t))
	if profile == problem.LinkedIn {
		field("x-li-uuid", exampleBase64)
		field("x-li-fabric", b.Fabric)
		field("x-li-request-id", exampleHex)
	} else {
		field("X-Request-Id", exampleID)
	}
	field("WWW-Authenticate", string(c.AppendChallenge(nil, &p)))
	if p.RetryAfter > 0 {
		field("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if t == problem.MethodNotAllowed {
		field("Allow", string(p.Allow))
	}
	w.WriteString("\n")
	w.Write(spread(c.Append(nil, dialects[profile].Dialect, &p, []byte(exampleID))))
	return w.String()
}

// by says whose error it was, where an upstream's own is wrapped.
func by(t problem.Type) string {
	if problem.RowCause(t) == ofTheAPI {
		return "; by=upstream"
	}
	return ""
}

// spread puts each member of a JSON text on a line of its own.
func spread(text []byte) []byte {
	var lines bytes.Buffer
	if json.Indent(&lines, text, "", "  ") != nil {
		return text // it is no JSON, which a test of problem rules out
	}
	return lines.Bytes()
}
