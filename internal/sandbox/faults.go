package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// FaultHeader is the request header that asks for a failure: NAME or NAME=ARG.
const FaultHeader = "X-Sandbox-Fault"

// mischief is a real misbehaviour of the upstream.
type mischief uint8

const (
	noMischief mischief = iota
	slow                // answers after a while
	reset               // resets the connection before the first byte
	truncate            // ends after half of its answer
	garbage             // answers with bytes that are no HTTP
	status              // answers with a status of one's choice, in words that are not the contract's
)

// mischiefs are the names that FaultHeader takes beside the problems', with an example each.
var mischiefs = [...]struct{ name, example string }{
	slow:     {"slow", "slow=15s"},
	reset:    {"reset", "reset"},
	truncate: {"truncate", "truncate"},
	garbage:  {"garbage", "garbage"},
	status:   {"status", "status=500"},
}

// longestSlow bounds how long the upstream can be told to wait.
const longestSlow = time.Minute

// fault is what one call was told to fail with: a problem of the catalogue, or mischief of the upstream.
type fault struct {
	problem  problem.Type
	mischief mischief
	wait     time.Duration // of slow
	status   int           // of status
}

// faultRefusal says why a value of FaultHeader asks for nothing.
type faultRefusal uint8

const (
	faultKnown faultRefusal = iota
	faultUnknown
	faultBadArgument
)

// parseFault reads a value of FaultHeader.
func parseFault(value string) (fault, faultRefusal) {
	name, arg, hasArg := strings.Cut(strings.TrimSpace(value), "=")
	if t, ok := problem.ByName(name); ok && t != problem.ClientGone {
		return fault{problem: t}, refuseIf(hasArg)
	}
	for kind := slow; int(kind) < len(mischiefs); kind++ {
		if mischiefs[kind].name == name {
			return parseMischief(kind, arg, hasArg)
		}
	}
	return fault{}, faultUnknown
}

func parseMischief(kind mischief, arg string, hasArg bool) (fault, faultRefusal) {
	f := fault{mischief: kind}
	switch kind {
	case slow:
		d, err := time.ParseDuration(arg)
		f.wait = d
		return f, refuseIf(err != nil || d < 0 || d > longestSlow)
	case status:
		n, err := strconv.Atoi(arg)
		f.status = n
		return f, refuseIf(err != nil || n < 200 || n > 599)
	default:
		return f, refuseIf(hasArg)
	}
}

func refuseIf(bad bool) faultRefusal {
	if bad {
		return faultBadArgument
	}
	return faultKnown
}

// intercept is the gateway's one seam for the sandbox: right after the head is parsed it answers with the problem that
// FaultHeader names, with the facts of the catalogue's own example. Mischief goes on to the upstream, as the call itself.
func intercept(h *http1.Head, p *problem.Problem) bool {
	value := h.Find("x-sandbox-fault")
	if value == nil {
		return false
	}
	f, refusal := parseFault(string(value))
	switch {
	case refusal == faultUnknown:
		*p = problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailUnknownFault, Name: FaultHeader, Excerpt: value, Allow: []byte(faultNames())}
	case refusal == faultBadArgument:
		*p = problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailBadParameter, Name: FaultHeader, Excerpt: value, Example: exampleOf(f)}
	case f.mischief != noMischief:
		return false
	default:
		*p = problem.Example(f.problem)
	}
	return true
}

// exampleOf is the fault as it is rightly spelled.
func exampleOf(f fault) string {
	if f.mischief != noMischief {
		return mischiefs[f.mischief].example
	}
	return f.problem.Name()
}

// faultNames lists everything that FaultHeader takes.
func faultNames() string {
	var b strings.Builder
	for _, m := range mischiefs[slow:] {
		b.WriteString(m.example)
		b.WriteString(", ")
	}
	for i, t := range problem.Types() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.Name())
	}
	return b.String()
}

// oauthFault is the seam at the endpoints of the authorization server: they fail with the cause that FaultHeader names, with facts of no request.
func oauthFault(r *http.Request) *problem.OAuthProblem {
	value := r.Header.Get(FaultHeader)
	if value == "" {
		return nil
	}
	for _, cause := range problem.OAuthCauses() {
		if cause.Name() == value {
			return &problem.OAuthProblem{Cause: cause, Parameter: "code", Value: "what was sent", Known: "what is known", RetryAfter: retryAfter[cause]}
		}
	}
	return &problem.OAuthProblem{Cause: problem.OAuthParameter, Parameter: FaultHeader, Value: value, Known: "here it takes the name of a cause, as in oauth_code_used"}
}

// retryAfter are the causes of which it is said, in seconds, when to try again.
var retryAfter = map[problem.OAuthCause]int{problem.OAuthTooMany: 60, problem.OAuthUnavailable: 5}
