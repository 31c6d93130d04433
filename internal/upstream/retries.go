package upstream

import "github.com/candor-gateway/candor/retry"

// Retried is what became of a call that could be sent again.
type Retried uint8

// What may have.
const (
	Healed      Retried = iota // it was sent again, and answered
	FailedAgain                // it was sent again, and failed once more
	OverBudget                 // it was not: too many were lately
	NotInTime                  // it was not: the wait would have been too long
	Unsafe                     // it was not: it may have been carried out
	BodyGone                   // it was not: its body had begun to be passed on as it came, and is nowhere any more
	LeftWaiting                // its client left before it was
	Drained                    // the process ends, so that it was waited for no longer

	RetriedCount
)

// RetriedWords are they by name.
func RetriedWords() [RetriedCount]string {
	return [...]string{Healed: "healed", FailedAgain: "failed", OverBudget: "budget", NotInTime: "too_late", Unsafe: "applied", BodyGone: "body", LeftWaiting: "left", Drained: "drained"}
}

// Budget bounds how many calls are sent to the upstream again.
func (u *Upstream) Budget() *retry.Budget { return &u.gate.budget }

// LeavePlace gives back the place of a call among those in flight before its connection c, if it has one: the upstream is not at work for it any more, or not while
// another attempt is waited for.
// while another attempt is waited for.
func LeavePlace(c *Conn) {
	if c != nil {
		c.pass.leave(c.broke)
	}
}
