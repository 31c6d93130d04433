// Package clock measures the time limits of connections: one reading serves a whole step of a call, and a socket's deadline is moved rarely. It imports
// nothing of ours and reads no clock but the one it is given.
package clock

import "time"

// Clock reads time as nanoseconds since an epoch, from the monotonic clock: a limit holds over a change of the wall clock.
type Clock struct {
	read  func() time.Time
	since func(time.Time) time.Duration
	epoch time.Time
}

// New makes a clock over read (time.Now, in a running server) whose epoch is now.
func New(read func() time.Time) *Clock {
	return &Clock{read: read, since: func(t time.Time) time.Duration { return read().Sub(t) }, epoch: read()}
}

// Since makes the clock read the time since its epoch by since (time.Since, in a running server), which spares it the wall clock, half of a reading.
func (c *Clock) Since(since func(time.Time) time.Duration) *Clock {
	c.since = since
	return c
}

// Now returns the nanoseconds since the epoch, and the Unix time in ns of the same reading.
func (c *Clock) Now() (mono, unix int64) {
	t := c.read()
	return int64(t.Sub(c.epoch)), t.UnixNano()
}

// Mono returns the nanoseconds since the epoch.
func (c *Clock) Mono() int64 { return int64(c.since(c.epoch)) }

// Time returns the instant mono nanoseconds after the epoch, as sockets want it.
func (c *Clock) Time(mono int64) time.Time { return c.epoch.Add(time.Duration(mono)) }

// Passed is an instant long gone: set as a deadline it wakes whoever waits.
func Passed() time.Time { return time.Unix(1, 0) }
