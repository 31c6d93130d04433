package clock

import (
	"testing"
	"time"
)

// TestStall plays writes whose peer takes bytes at certain times, and looks as often as Stall asks for it, as late as an Alarm may be.
func TestStall(t *testing.T) {
	const sec = int64(time.Second)
	for _, c := range []struct {
		name   string
		limit  time.Duration
		begun  int64
		taking []int64 // when the peer takes a byte, in ns
		after  int64   // when the limit passes, at the earliest
	}{
		{name: "a peer that takes nothing", limit: 30 * time.Second, after: 30 * sec},
		{name: "at another time", limit: 30 * time.Second, begun: 100 * sec, after: 130 * sec},
		{name: "one that takes something at first", limit: 30 * time.Second, taking: []int64{sec / 10}, after: 30*sec + sec/10},
		{name: "one that takes a byte now and then", limit: 30 * time.Second, taking: []int64{29 * sec, 58 * sec, 87 * sec}, after: 117 * sec},
		{name: "one that takes it too late", limit: 30 * time.Second, taking: []int64{32 * sec}, after: 30 * sec},
		{name: "a short limit", limit: 160 * time.Millisecond, after: 160 * 1e6},
		{name: "the shortest", limit: 1, after: 1},
		{name: "a long one", limit: time.Hour, taking: []int64{3599 * sec}, after: 7199 * sec},
	} {
		t.Run(c.name, func(t *testing.T) {
			now, s := c.begun, Stall{}
			for {
				wait := int64(s.Next(now, c.limit))
				if wait <= 0 {
					t.Fatalf("at %v it never looks", time.Duration(now))
				}
				now += wait + wait/16
				var taken uint64
				for _, at := range c.taking {
					if at <= now {
						taken++
					}
				}
				if s.Passed(now, taken, c.limit) {
					break
				}
			}
			if late := max(1, min(int64(c.limit)/16, sec)); now < c.after || now > c.after+late {
				t.Errorf("passed at %v, want %v and at most %v more", time.Duration(now), time.Duration(c.after), time.Duration(late))
			}
		})
	}
	var s Stall
	if s.Next(5, 0) != 0 {
		t.Error("no limit is never looked at")
	}
}
