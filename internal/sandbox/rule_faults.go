package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/problem"
)

// faultOf reads the name of a fault, as FaultHeader takes it, or ok.
func faultOf(at string, raw json.RawMessage) (name string, f fault, err error) {
	name, err = readText(at, raw)
	name = strings.TrimSpace(name) // it stands in the head of answers
	if err != nil || name == ok {
		return name, f, err
	}
	if _, is := problem.OAuthCauseNamed(name); is {
		return name, f, nil
	}
	f, refusal := parseFault(name)
	switch refusal {
	case faultBadArgument:
		return name, f, wrong(at, "%q cannot be staged so; write it as in %s", name, exampleOf(f))
	case faultUnknown:
		return name, f, unknownFault(at, name)
	case faultKnown:
	}
	return name, f, nil
}

// unknownFault is what is said of a name that is no fault's.
func unknownFault(at, name string) error {
	if some := oauthCausesOf(name); len(some) > 1 {
		return wrong(at, "%q is the error that several failures answer with; name one of them: %s", name, strings.Join(some, ", "))
	}
	return wrong(at, "%q is no fault%s", name, nearestFault(name))
}

// nearestFault ends a sentence about a fault that nobody knows.
func nearestFault(name string) string {
	if n, err := strconv.Atoi(name); err == nil { // whoever writes a status means one
		return "; did you mean " + staged(n) + "?"
	}
	if some := oauthCausesOf(name); len(some) == 1 {
		return "; did you mean " + some[0] + "?"
	}
	word, _, _ := strings.Cut(name, "=")
	all := strings.Split(faultNames(), ", ")
	words := make([]string, len(all))
	for i := range all {
		words[i], _, _ = strings.Cut(all[i], "=")
	}
	for _, cause := range problem.OAuthCauses() {
		words = append(words, cause.Name())
	}
	near := config.Nearest(word, append(words, ok))
	if at := slices.Index(words, near); at >= 0 && at < len(all) {
		near = all[at]
	}
	if near == "" {
		return "; it takes what " + FaultHeader + " takes: " + faultNames() + "; and for a route of " + oauthAPI + " what is below /errors/oauth, as in oauth_too_many"
	}
	return "; did you mean " + near + "?"
}

// staged is how a status is staged.
func staged(n int) string {
	if n == 200 {
		return ok
	}
	if name := "status=" + strconv.Itoa(n); takesStatus(&fault{}, strconv.Itoa(n)) {
		return name
	}
	return mischiefs[status].example
}
