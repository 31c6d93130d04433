package explain

import (
	"strconv"

	"github.com/candor-gateway/candor/problem"
)

// Row is a row of the catalogue without the facts of a case.
func Row(r *problem.TableRow) Meaning { return meaning(r) }

func meaning(r *problem.TableRow) Meaning {
	m := Meaning{
		Problem: r.Problem, Status: statuses(r), Code: r.LinkedIn.Code, Subcode: r.LinkedIn.ServiceErrorCode, Title: r.Title,
		What: r.Title + ". For example: " + ended(r.Standard.Message), Causes: r.Causes, Who: who[r.Who], How: r.Fixes,
		Repeat: repeat[r.Retry], Action: r.Action,
	}
	if byStatus(r) {
		m.Status, m.Code = "as the API gave it", ""
	}
	return m
}

// byStatus reports whether a row's status and code are those of the API.
func byStatus(r *problem.TableRow) bool {
	return r.Retry == problem.RetryByStatus.String()
}

func statuses(r *problem.TableRow) string {
	standard := strconv.Itoa(r.Standard.Status)
	if r.Standard.Status == r.LinkedIn.Status {
		return standard
	}
	return strconv.Itoa(r.LinkedIn.Status) + " or " + standard
}

// who says who can fix it.
var who = map[string]string{
	"caller":   "you, the caller",
	"member":   "the member whose data it is",
	"operator": "the operator of the gateway",
	"upstream": "the operator of the API behind the gateway",
}

// repeat reports whether the same call may be sent again.
var repeat = map[string]string{
	"no":      "No: the same call will fail the same way.",
	"refresh": "Once, with a new token.",
	"after":   "Yes, after the seconds that Retry-After names.",
	"backoff": "Yes, with growing waits, if the method is idempotent or the answer says applied: no.",
	"status":  "As the status says: 429 and 503 after Retry-After; 408, 425, 500, 502 and 504 with growing waits if the method is idempotent; else no.",
}

// ended ends a sentence with a point.
func ended(s string) string {
	if s == "" || s[len(s)-1] == '.' {
		return s
	}
	return s + "."
}
