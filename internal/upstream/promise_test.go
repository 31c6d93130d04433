package upstream_test

import (
	"fmt"
	"testing"
	"time"
)

// TestKeepAlive: what an upstream says of how long it keeps a connection is honoured a second early.
func TestKeepAlive(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		field       string // of the answer
		after       time.Duration
		twice, once bool // a call that may be sent twice, and one that may not, finds the connection
	}{
		{"Keep-Alive: timeout=5", 0, true, true}, // Node
		{"Keep-Alive: timeout=5", 4 * s, true, false},
		{"Keep-Alive: timeout=5", 4*s + 1, false, false},
		{"Keep-Alive: timeout=5, max=100", 4*s + 1, false, false}, // Apache
		{"keep-alive: max=100, TIMEOUT = 5", 4*s + 1, false, false},
		{"Keep-Alive: timeout=\"5\"", 4*s + 1, false, false},
		{"Keep-Alive: timeout=5; max=100", 4*s + 1, false, false},
		{"Keep-Alive: timeout=5.9", 4*s + 1, false, false},
		{"Keep-Alive: timeout=60\r\nKeep-Alive: timeout=5", 4*s + 1, false, false},
		{"Keep-Alive: timeout=2", s, true, true},
		{"Keep-Alive: timeout=2", s + 1, false, false},
		{"Keep-Alive: timeout=1", 0, true, false},
		{"Keep-Alive: timeout=1", s, true, false},
		{"Keep-Alive: timeout=1", s + 1, false, false},
		{"Keep-Alive: timeout=0", s, false, false},
		{"Keep-Alive: max=0", 0, false, false},
		{"Keep-Alive: max=1", 0, false, false},
		{"Keep-Alive: max=2", 0, true, true},
		{"Keep-Alive: timeout=99999999999999999999", 9 * time.Hour, true, false},
		{"Keep-Alive: 5", 9 * s, true, false}, // not that form, and so no promise
		{"Keep-Alive: timeout=", 9 * s, true, false},
		{"Keep-Alive: timeout=-1", 9 * s, true, false},
		{"Keep-Alive: timeout=soon, mytimeout=1, max=x", 9 * s, true, false},
		{"Keep-Alive:", 9 * s, true, false},
		{"X-Keep-Alive: timeout=1", 9 * s, true, false},
	} {
		for twice, found := range map[bool]bool{true: c.twice, false: c.once} {
			t.Run(fmt.Sprintf("%s, after %v, twice %v", c.field, c.after, twice), func(t *testing.T) {
				p := newPeer(t)
				b := start(t, p.spec(), true)
				before := b.now()
				b.park(t, p, "HTTP/1.1 200 OK\r\n"+c.field+"\r\nContent-Length: 0\r\n\r\n", false, before)
				at := before + int64(c.after)
				if !found && c.after > 0 {
					at = b.now() + int64(c.after) // the time counts from a reading between the two
				}
				got := b.Take(at, twice, 3, true)
				if (got != nil) != found {
					t.Errorf("found: %v, want %v", got != nil, found)
				}
				if got != nil {
					got.Close()
				}
			})
		}
	}
}

// TestKeepAliveIsCounted: max is what is left with some servers, and all that there is with others.
func TestKeepAliveIsCounted(t *testing.T) {
	for _, c := range []struct {
		name string
		max  []int // in answer after answer; -1: not said
		used int   // how many of the answers come before the connection is given up
	}{
		{"it falls", []int{3, 2, 1, 0}, 4},
		{"it falls from a hundred", []int{100, 99, 98, 97, 96}, 5},
		{"it stands", []int{3, 3, 3, 3}, 3},
		{"it is said once", []int{3, -1, -1, -1}, 3},
		{"the last one", []int{1, 0}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			b := start(t, p.spec(), true)
			conn := b.dial(t)
			at := p.next(t)
			used := 0
			for _, n := range c.max {
				field := ""
				if n >= 0 {
					field = fmt.Sprintf("Keep-Alive: timeout=60, max=%d\r\n", n)
				}
				b.goodCall(t, conn, at, "HTTP/1.1 200 OK\r\n"+field+"Content-Length: 0\r\n\r\n")
				used++
				now := b.now()
				conn.Release(now, true, 3)
				if conn = b.Take(now, true, 3, true); conn == nil {
					break
				}
				conn.Begin()
			}
			if conn != nil {
				conn.Close()
			}
			if used != c.used {
				t.Errorf("given up after %d answers, want %d", used, c.used)
			}
		})
	}
}
