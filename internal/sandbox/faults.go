package sandbox

import (
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// FaultHeader is the request header that asks for a failure: NAME or NAME=ARG.
const FaultHeader = "X-Sandbox-Fault"

// fault is what one call was told to fail with: a problem of the catalogue, or mischief of the upstream.
type fault struct {
	problem  problem.Type
	mischief mischief
	wait     time.Duration // of slow, slow_head and drip; of retry_after, where it is a time
	status   int           // of status, html and retry_after
	word     string        // of wrong_length; of retry_after, where it is no time
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
	for kind := range mischiefs {
		if row := &mischiefs[kind]; row.name == name && name != "" {
			f := fault{mischief: mischief(kind)}
			if row.takes == nil {
				return f, refuseIf(hasArg)
			}
			return f, refuseIf(!row.takes(&f, arg))
		}
	}
	return fault{}, faultUnknown
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
	row := &mischiefs[f.mischief]
	switch {
	case f.mischief == noMischief:
		return f.problem.Name()
	case row.also == "":
		return row.example
	}
	return row.example + " (" + row.also + ")"
}

// faultNames lists everything that FaultHeader takes.
func faultNames() string {
	var all []string
	for _, m := range mischiefs[noMischief+1:] {
		all = append(all, m.example)
	}
	return strings.Join(append(all, problemNames()...), ", ")
}

// problemNames are those of the catalogue.
func problemNames() (names []string) {
	for _, t := range problem.Types() {
		names = append(names, t.Name())
	}
	return names
}
