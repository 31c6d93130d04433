package upstream

import (
	"context"
	"time"
)

// What Send does in one, step by step.

func (u *Upstream) Take(now int64, twice bool, near uint32, whole bool) *Conn {
	return u.take(now, twice, near, whole)
}

func (u *Upstream) Dial(ctx context.Context) (*Conn, Fault) { return u.dial(ctx) }

func (c *Conn) Begin() { c.begin() }

func (c *Conn) Exchange(call []byte, now int64, stall time.Duration, until int64, toHEAD bool) Fault {
	return c.exchange(call, now, stall, until, toHEAD)
}

func (c *Conn) Await(until int64, toHEAD bool) Fault { return c.await(until, toHEAD) }

func (c *Conn) Next() { c.next() }

func (c *Conn) Got() bool { return c.got }

func (c *Conn) Wrote() bool { return c.wrote }
