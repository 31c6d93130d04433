package portal_test

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/portal"
)

// TestHold: a request waits in its browser alone, through the sign-in, and once.
func TestHold(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	id := b.get("/hold?what=q%3D1")
	if len(id) < 26 {
		t.Errorf("the id %q could be guessed", id)
	}
	b.expect("/held?id="+id, "q=1 true shop")
	other := s.browser()
	other.expect("/in", ada)
	other.expect("/held?id="+id, "false")
	b.get("/in")
	b.expect("/held?id="+id, "q=1 true shop")
	s.open()
	b.expect("/held?id="+id, "q=1 true shop")
	b.get("/answer?id=" + id)
	b.expect("/held?id="+id, "false")
	b.expect("/", ada)
}

// TestPressedTwice: the second of two presses comes with the old secret, and finds what waits, but for a moment, and nobody signed in.
func TestPressedTwice(t *testing.T) {
	for first, signed := range map[string]bool{"/in": false, "/leave": true, "/renew": true} {
		t.Run(first, func(t *testing.T) {
			s := newStage(t)
			b, second, late := s.browser(), s.browser(), s.browser()
			if signed {
				b.get("/in")
			}
			id := b.get("/hold?what=x")
			for _, other := range []*browser{second, late} {
				other.set("candor_", b.cookies()["candor_"])
			}
			b.get(first)
			b.expect("/held?id="+id, "x true shop")
			second.expect("/", "")
			second.expect("/held?id="+id, "x true shop")
			second.expect("/in", ada)
			second.expect("/held?id="+id, "x true shop")
			s.wait(portal.Twice)
			late.expect("/held?id="+id, "false")
			second.expect("/held?id="+id, "x true shop")
		})
	}
}

// TestAnswered: whoever gives the same answer twice at once gives it twice, and nobody gives another, or a late one.
func TestAnswered(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	id := b.get("/hold?what=x")
	b.expect("/answered?id="+id, "false")
	b.get("/answer?id=" + id + "&how=allow")
	s.open()
	b.expect("/answered?id="+id, "true")
	s.browser().expect("/answered?id="+id, "false")
	b.expect("/held?id="+id, "false")
	b.expect("/held?id="+id+"&how=cancel", "false")
	b.wait(portal.Twice)
	b.expect("/held?id="+id+"&how=allow", "x true")
	b.get("/answer?id=" + id + "&how=allow")
	b.wait(time.Second)
	b.expect("/held?id="+id+"&how=allow", "false")
	b.expect("/answered?id="+id, "true")
	waits := b.get("/hold?what=y")
	b.hold(7, "z") // the answered one goes first
	b.expect("/answered?id="+id, "false")
	b.expect("/held?id="+waits, "y true shop")
}

// TestHeldEnds: nothing waits for ever, and a sign-out lets go of it.
func TestHeldEnds(t *testing.T) {
	for name, then := range map[string]func(*browser){
		"after an hour":  func(b *browser) { b.wait(portal.Waiting) },
		"signed out":     func(b *browser) { b.get("/out") },
		"too many":       func(b *browser) { b.hold(8, "y") },
		"too large ones": func(b *browser) { b.hold(2, strings.Repeat("y", 3000)); b.hold(5, strings.Repeat("y", 4000)) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newStage(t).browser()
			b.get("/in")
			id := b.get("/hold?what=x")
			then(b)
			b.expect("/held?id="+id, "false")
			last := b.get("/hold?what=z")
			b.expect("/held?id="+last, "z true shop")
		})
	}
	b := newStage(t).browser()
	b.expect("/hold?what="+strings.Repeat("x", 25<<10), portal.ErrTooLarge.Error())
}

func (b *browser) hold(times int, what string) {
	for range times {
		b.get("/hold?what=" + what)
	}
}

// TestJourneys: each returns once, to the browser in which it began.
func TestJourneys(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	b.get("/depart?state=one")
	b.get("/depart?state=two")
	s.browser().expect("/return?state=one", "false")
	b.expect("/return?state=", "false")
	b.expect("/return?state=one", "n true")
	b.expect("/return?state=one", "false")
	b.wait(time.Hour - time.Second)
	b.expect("/return?state=two", "n true")
	for _, state := range []string{"1", "2", "3", "4", "5"} {
		b.get("/depart?state=" + state)
	}
	b.expect("/return?state=1", "false")
	b.expect("/return?state=2", "n true")
}
