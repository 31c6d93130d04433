package clock

import "time"

// maxSlack is how late an alarm may be at most.
const maxSlack = int64(time.Second)

// Alarm is the deadline of a socket for one direction. Moving a deadline costs a lock and a timer, so it is set a little late (a sixteenth of the limit, at
// most a second) and left alone as long as it still covers the limit that is asked for. A limit is never early and at most that much late.
// The zero value is an alarm that is not set.
type Alarm struct {
	at int64 // mono ns for which the socket's deadline is set; 0: none
}

// Set makes sure that the socket wakes its waiter once limit has passed since now (mono ns), calling set only if the deadline must move. A limit of 0 or
// less is none.
func (a *Alarm) Set(c *Clock, set func(time.Time) error, now int64, limit time.Duration) {
	if limit <= 0 {
		a.Clear(set)
		return
	}
	need, slack := now+int64(limit), min(int64(limit)/16, maxSlack)
	if a.at >= need && a.at <= need+slack {
		return
	}
	a.at = need + slack
	_ = set(c.Time(a.at)) // fails on a closed socket only, which the next read or write reports
}

// Clear takes the deadline away.
func (a *Alarm) Clear(set func(time.Time) error) {
	if a.at == 0 {
		return
	}
	a.at = 0
	_ = set(time.Time{})
}

// Moved tells the alarm that somebody else has set the socket's deadline: the next Set moves it.
func (a *Alarm) Moved() { a.at = -1 }
