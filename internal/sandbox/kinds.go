package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// mischief is a real misbehaviour of the upstream.
type mischief uint8

const (
	noMischief mischief = iota
	slow
	slowHead
	drip
	hang
	reset
	resetMidBody
	truncate
	wrongLength
	truncatedJSON
	htmlPage
	empty
	status
	retryAt
	redirectLoop
	garbage
)

// mischiefs are the names that FaultHeader takes beside the problems'.
var mischiefs = [...]struct {
	name    string
	example string
	also    string                          // what else can stand behind its =, for whoever got it wrong
	about   string                          // what the upstream does then
	takes   func(f *fault, arg string) bool // reads what stands there, and reports whether it can; nil: nothing does
	does    func(scene)
}{
	slow: {
		name: "slow", example: "slow=15s", about: "answers after a while, which the gateway does not await past 5s",
		also: "at most 1m", takes: takesWait, does: scene.slow,
	},
	slowHead: {
		name: "slow_head", example: "slow_head=500ms", about: "waits before each further line of its head",
		also: "at most 1m", takes: takesWait, does: scene.slowHead,
	},
	drip: {
		name: "drip", example: "drip=100ms", about: "sends its body 16 bytes at a time, and waits behind each",
		also: "at most 1m", takes: takesWait, does: scene.drip,
	},
	hang: {
		name: "hang", example: "hang", about: "takes the call and never answers",
		does: scene.hang,
	},
	reset: {
		name: "reset", example: "reset", about: "resets the connection before the first byte",
		does: scene.reset,
	},
	resetMidBody: {
		name: "reset_mid_body", example: "reset_mid_body", about: "resets the connection after half of its body",
		does: scene.resetMidBody,
	},
	truncate: {
		name: "truncate", example: "truncate", about: "closes the connection after half of its body",
		does: scene.truncate,
	},
	wrongLength: {
		name: "wrong_length", example: "wrong_length=long", about: "says a Content-Length ten bytes longer than its body; wrong_length=short: half as long",
		also: "or short", takes: takesLength, does: scene.wrongLength,
	},
	truncatedJSON: {
		name: "truncated_json", example: "truncated_json", about: "sends JSON that ends in the middle, in an answer that is whole",
		does: scene.truncatedJSON,
	},
	htmlPage: {
		name: "html", example: "html=502", about: "sends a page for people that says it is JSON, with a status of your choice",
		also: "200 to 599, but 204 and 304", takes: takesStatusWithBody, does: scene.html,
	},
	empty: {
		name: "empty", example: "empty", about: "answers 200 without a byte, and says that this is JSON",
		does: scene.empty,
	},
	status: {
		name: "status", example: "status=500", about: "answers with a status of your choice, in words of its own",
		also: "200 to 599", takes: takesStatus, does: scene.status,
	},
	retryAt: {
		name: "retry_after", example: "retry_after=503:5s", about: "answers 503 or 429 with a Retry-After: seconds, date (in 5 s), past (an hour ago), decade (ten years), negative (-5), words",
		also: "or 429; and whole seconds, date, past, decade, negative or words behind the colon", takes: takesRetryAfter, does: scene.retryAfter,
	},
	redirectLoop: {
		name: "redirect_loop", example: "redirect_loop", about: "redirects to the address that was called, each time",
		does: scene.redirectLoop,
	},
	garbage: {
		name: "garbage", example: "garbage", about: "sends bytes that are no HTTP",
		does: scene.garbage,
	},
}

// longestWait bounds each wait of the upstream, and how long it hangs.
const longestWait = time.Minute

func takesWait(f *fault, arg string) bool {
	d, err := time.ParseDuration(arg)
	f.wait = d
	return err == nil && d >= 0 && d <= longestWait
}

func takesStatus(f *fault, arg string) bool {
	n, err := strconv.Atoi(arg)
	f.status = n
	return err == nil && n >= 200 && n <= 599
}

func takesStatusWithBody(f *fault, arg string) bool {
	return takesStatus(f, arg) && hasBody(f.status)
}

// hasBody reports whether an answer of this status may have one (RFC 9110 §15.3.5, §15.4.5).
func hasBody(status int) bool { return status != 204 && status != 304 }

// The two lengths that a body does not have.
const (
	longLength  = "long"
	shortLength = "short"
)

func takesLength(f *fault, arg string) bool {
	f.word = arg
	return arg == longLength || arg == shortLength
}

// The values of Retry-After that are no number of seconds, or none that can be meant.
const (
	retryDate     = "date"
	retryPast     = "past"
	retryDecade   = "decade"
	retryNegative = "negative"
	retryWords    = "words"
)

// takesRetryAfter reads STATUS:VALUE.
func takesRetryAfter(f *fault, arg string) bool {
	code, value, _ := strings.Cut(arg, ":")
	if !takesStatus(f, code) || f.status != 429 && f.status != 503 {
		return false
	}
	if slices.Contains([]string{retryDate, retryPast, retryDecade, retryNegative, retryWords}, value) {
		f.word = value
		return true
	}
	d, err := time.ParseDuration(value)
	f.wait = d
	return err == nil && d >= 0 && d%time.Second == 0
}
