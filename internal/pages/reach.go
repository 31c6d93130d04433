package pages

import "github.com/candor-gateway/candor/problem"

// What can be said of a whole row about a call's way to the API. Of the very call its answer says it.
const (
	notSent     = "No. The call was refused before a byte of it was sent to the API."
	notReached  = "No. There was no connection to the API, so that not a byte of the call was sent."
	perhapsSent = "Perhaps. The answer tells: applied is no if not a byte of the call was sent, else unknown."
	apiAnswered = "Yes. The API itself answered, and the call may have taken effect."
)

// reached are the rows of calls that may have got further than the gateway.
var reached = map[problem.Type]string{
	problem.MalformedRequest:    perhapsSent, // a fault in a body that streams
	problem.PayloadTooLarge:     perhapsSent,
	problem.HeadersTooLarge:     perhapsSent, // trailers
	problem.RequestTimeout:      perhapsSent,
	problem.InternalError:       perhapsSent,
	problem.UpstreamBroke:       perhapsSent,
	problem.GatewayTimeout:      perhapsSent,
	problem.UpstreamUnreachable: notReached,
	problem.UpstreamInvalid:     apiAnswered,
}

// ofTheAPI is the cause of a row that an upstream's own status becomes.
const ofTheAPI = "answer_of_upstream"

// reach reports whether a call that fails so got to the API.
func reach(t problem.Type) string {
	switch say := reached[t]; {
	case say != "":
		return say
	case problem.RowCause(t) == ofTheAPI:
		return apiAnswered
	}
	return notSent
}
