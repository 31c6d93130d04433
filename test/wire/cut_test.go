package wire

import (
	"slices"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// TestCutAtEveryByte sends every beginning of every case and then no more: the client half-closes or resets. Nobody may hang, no
// part of a call may look whole to the upstream, and what is answered is what the case says, or nothing. That no goroutine is
// left is checked at the end of the package.
func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	for _, e := range []*engine{{name: "portable", portable: true}, {name: "fast"}} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.start(t)
			e.tried = map[string]bool{}
			for _, c := range cases {
				if len(c.steps) == 0 {
					t.Run(c.name, func(t *testing.T) { e.cut(t, c) })
				}
			}
			e.gate.End()
			if !e.up.Await(func([]stage.Call) bool { return e.up.Open() == 0 }) {
				t.Errorf("%d connections to the upstream outlived the gateway", e.up.Open())
			}
		})
	}
}

// cut plays all beginnings of a case.
func (e *engine) cut(t *testing.T, c *wireCase) {
	e.next()
	sent, whole := raw(t, e.words, c.sent), stage.Split(raw(t, e.words, c.got))
	for _, n := range cuts(len(sent)) {
		if e.tried[sent[:n]] {
			continue // many cases begin alike
		}
		e.tried[sent[:n]] = true
		e.up.Play(e.words["id"])
		client := e.dial(t)
		client.Send(sent[:n])
		if n%7 == 3 {
			client.Reset()
			continue // the gateway's end of it is seen by whoever comes next
		}
		client.EndSending()
		e.checkCut(t, client, c, n)
		client.Close()
		e.checkParts(t, whole, n)
		if t.Failed() {
			return
		}
	}
	e.up.Play(e.words["id"])
	client := e.dial(t)
	defer client.Close()
	client.Send(good)
	e.goodAnswer(t, client)
}

// cuts are the places at which so many bytes are cut: all of them, and of long ones some in the middle.
func cuts(length int) (all []int) {
	for n := range length {
		if n < 200 || n >= length-100 || n%97 == 0 {
			all = append(all, n)
		}
	}
	return all
}

// checkCut reads to the end: the beginning of the case's answers, and an end in order.
func (e *engine) checkCut(t *testing.T, client *stage.Client, c *wireCase, n int) {
	t.Helper()
	heads := c.heads()
	for i := range c.ends {
		toHEAD := i < len(heads) && heads[i]
		a, err := client.Answer(toHEAD)
		if a.Raw == "" {
			if err == nil || stage.Stuck(err) || stage.Cut(err) {
				t.Errorf("cut at byte %d: %v", n, err)
			}
			return
		}
		if a.Status == 100 {
			continue // asked for, and the body did not come
		}
		name, _, _ := strings.Cut(a.Field("Candor-Problem"), ";")
		if err != nil || a.Status != c.ends[i].status || name != c.ends[i].problem {
			t.Errorf("cut at byte %d: answer %d: %v, %q", n, i+1, err, a.Raw)
		}
	}
	if rest, err := client.Rest(); rest != "" || err != nil {
		t.Errorf("cut at byte %d: %v behind %q", n, err, rest)
	}
}

// checkParts: calls that look whole to the upstream are whole calls of the case; others have ended with their connection.
func (e *engine) checkParts(t *testing.T, whole []string, n int) {
	t.Helper()
	if !e.up.Await(partsAreGone) {
		t.Errorf("cut at byte %d: the upstream's connection was not closed behind a part of a call", n)
	}
	for _, call := range e.up.Calls() {
		if call.Whole && !slices.ContainsFunc(whole, func(w string) bool { return stage.Plain([]byte(w)) == stage.Plain(call.Bytes) }) {
			t.Errorf("cut at byte %d: the upstream got %q", n, call.Bytes)
		}
	}
}
