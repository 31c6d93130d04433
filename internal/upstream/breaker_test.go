package upstream

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const second = int64(time.Second)

// half is a breaker for which four calls say something.
func half() *BreakerSpec {
	return &BreakerSpec{Failures: 50, Of: 4, Within: 10 * time.Second, Open: 5 * time.Second}
}

// ward is a breaker at a time of its own, with the calls that it has let through.
type ward struct {
	breaker
	spec *BreakerSpec
	now  int64
	in   []uint64 // turns
	said []string // changes
}

// do takes a step and says what came of it: "ask" and "+3s", "=1s", which is a new open, and of the first call that is under way "ok", "fail", "left" and "late", which is a good answer that
// breaks behind its head.
func (w *ward) do(step string) string {
	switch step {
	case "ask":
		v, c := w.ask(w.spec, w.now)
		w.changed(c)
		if v.rest != nil {
			return "no, " + v.left.String()
		}
		w.in = append(w.in, v.turn)
		return "yes"
	case "ok", "fail", "left", "late":
		turn := w.in[0]
		w.in = w.in[1:]
		w.over(turn, step)
		return w.state(w.spec, w.now).String()
	}
	later, err := time.ParseDuration(step[1:])
	if err != nil {
		return err.Error()
	}
	if step[0] == '=' {
		w.spec.Open = later
		later = 0
	}
	w.now += int64(later)
	return w.state(w.spec, w.now).String()
}

func (w *ward) over(turn uint64, how string) {
	var c *BreakerChange
	switch how {
	case "ok":
		_, c = w.note(w.spec, turn, w.now, failure{})
	case "fail":
		_, c = w.note(w.spec, turn, w.now, failure{"it broke", "it broke at 192.0.2.1"})
	case "left":
		w.forget(turn)
	case "late":
		turn, c = w.note(w.spec, turn, w.now, failure{})
		w.changed(c)
		c = w.revise(w.spec, turn, w.now, failure{"it broke", "it broke late"})
	}
	w.changed(c)
}

func (w *ward) changed(c *BreakerChange) {
	if c != nil {
		w.said = append(w.said, c.State.String())
	}
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	type steps [][2]string
	failing := func(n int) (s steps) {
		for range n {
			s = append(s, [2]string{"ask", "yes"}, [2]string{"fail", "closed"})
		}
		s[len(s)-1][1] = "open"
		return s
	}
	for name, c := range map[string]struct {
		steps   steps
		changes []string
	}{
		"good calls":                {steps{{"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"ok", "closed"}, {"+1m", "closed"}}, nil},
		"too few calls say nothing": {steps{{"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"}}, nil},
		"half of them": {steps{
			{"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "open"},
		}, []string{"open"}},
		"less than half of them": {steps{
			{"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"ok", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"},
		}, nil},
		"a good call does not open it, however many failed before": {steps{
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"ok", "closed"},
			{"ask", "yes"},
			{"fail", "open"},
		}, []string{"open"}},
		"callers that left say nothing": {steps{
			{"ask", "yes"}, {"left", "closed"}, {"ask", "yes"}, {"left", "closed"}, {"ask", "yes"}, {"left", "closed"}, {"ask", "yes"}, {"fail", "closed"},
		}, nil},
		"what is long past is forgotten": {steps{
			{"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"+10s", "closed"}, {"ask", "yes"}, {"fail", "closed"},
		}, nil},
		"what is nearly long past counts": {steps{
			{"ask", "yes"},
			{"fail", "closed"},
			{"+3s", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"+3s", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"+3s", "closed"},
			{"ask", "yes"},
			{"fail", "open"},
		}, []string{"open"}},
		"answers that break behind their heads": {steps{
			{"ask", "yes"}, {"late", "closed"}, {"ask", "yes"}, {"late", "closed"}, {"ask", "yes"}, {"late", "closed"}, {"ask", "yes"}, {"late", "open"},
		}, []string{"open"}},
		"open, and what is left of it": {append(failing(4), steps{{"ask", "no, 5s"}, {"+1500ms", "open"}, {"ask", "no, 3.5s"}, {"+3499ms", "open"}, {"ask", "no, 1ms"}}...), []string{"open"}},
		"a rest that is under way is as long as is said now": {append(failing(4), steps{
			{"+2s", "open"}, {"=3s", "open"}, {"ask", "no, 1s"}, {"=30s", "open"}, {"ask", "no, 28s"}, {"=2s", "half_open"}, {"ask", "yes"}, {"ok", "closed"},
		}...), []string{"open", "half_open", "closed"}},
		"a trial that is good": {append(failing(4), steps{
			{"+5s", "half_open"}, {"ask", "yes"}, {"ask", "no, 1s"}, {"ask", "no, 1s"}, {"ok", "closed"}, {"ask", "yes"}, {"ask", "yes"},
		}...), []string{"open", "half_open", "closed"}},
		"a trial that fails": {append(failing(4), steps{
			{"+5s", "half_open"}, {"ask", "yes"}, {"fail", "open"}, {"ask", "no, 5s"}, {"+5s", "half_open"}, {"ask", "yes"}, {"ok", "closed"},
		}...), []string{"open", "half_open", "open", "half_open", "closed"}},
		"a trial whose caller leaves makes room for the next": {append(failing(4), steps{
			{"+5s", "half_open"}, {"ask", "yes"}, {"left", "half_open"}, {"ask", "yes"}, {"ask", "no, 1s"}, {"ok", "closed"},
		}...), []string{"open", "half_open", "closed"}},
		"a trial that never ends is not waited for": {append(failing(4), steps{
			{"+5s", "half_open"}, {"ask", "yes"}, {"+4999ms", "half_open"}, {"ask", "no, 1s"}, {"+1ms", "half_open"}, {"ask", "yes"}, {"ask", "no, 1s"}, {"ok", "closed"}, {"fail", "closed"},
		}...), []string{"open", "half_open", "closed"}},
		"what failed before the rest is forgotten behind it": {append(failing(4), steps{
			{"+5s", "half_open"},
			{"ask", "yes"},
			{"ok", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"fail", "closed"},
			{"ask", "yes"},
			{"fail", "open"},
		}...), []string{"open", "half_open", "closed", "open"}},
		"calls of before it opened say nothing of the trial": {append(steps{{"ask", "yes"}, {"ask", "yes"}, {"ask", "yes"}, {"ask", "yes"}, {"ask", "yes"}, {"ask", "yes"}}, steps{
			{"fail", "closed"},
			{"fail", "closed"},
			{"fail", "closed"},
			{"fail", "open"},
			{"+5s", "half_open"},
			{"ok", "half_open"},
			{"fail", "half_open"},
			{"ask", "yes"},
			{"ask", "no, 1s"},
			{"ok", "closed"},
		}...), []string{"open", "half_open", "closed"}},
		"a trial that breaks behind its head counts as one failure": {append(failing(4), steps{
			{"+5s", "half_open"}, {"ask", "yes"}, {"late", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "closed"}, {"ask", "yes"}, {"fail", "open"},
		}...), []string{"open", "half_open", "closed", "open"}},
	} {
		w := ward{spec: half(), now: 100 * second}
		for i, step := range c.steps {
			if got := w.do(step[0]); got != step[1] {
				t.Errorf("%s: step %d, %s: %s, want %s", name, i+1, step[0], got, step[1])
			}
		}
		if diff := cmp.Diff(c.changes, w.said); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", name, diff)
		}
	}
}

// However calls come and go, there is at most one trial at a time, a rest is as long as was said, and a target that works again is closed behind one trial.
func TestBreakerKeepsItsWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := ward{spec: half(), now: second}
		opened := int64(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			w.now += rapid.SampledFrom([]int64{0, 0, second / 7, second, 2 * second}).Draw(t, "later")
			if len(w.in) == 0 || rapid.Bool().Draw(t, "asks") {
				before := w.state(w.spec, w.now)
				got := w.do("ask")
				switch {
				case before == BreakerClosed && got != "yes":
					t.Fatalf("closed, and %s", got)
				case before == BreakerOpen && (got == "yes" || w.now-opened >= 5*second):
					t.Fatalf("open since %d ns, and %s", w.now-opened, got)
				}
				continue
			}
			before := w.state(w.spec, w.now)
			after := w.do(rapid.SampledFrom([]string{"ok", "fail", "left", "late"}).Draw(t, "how"))
			if after == "open" && before != BreakerOpen {
				opened = w.now
			}
		}
		w.now += 20 * second
		w.in = nil
		if w.state(w.spec, w.now) == BreakerClosed {
			return
		}
		if w.do("ask") != "yes" || w.do("ok") != "closed" {
			t.Fatalf("it works again and stays %s", w.state(w.spec, w.now))
		}
	})
}

// A window counts what came in the time that it looks back, to a tenth of it.
func TestWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var w window
		var at []int64
		now, within := int64(0), 10*time.Second
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			now += rapid.Int64Range(0, 3*second).Draw(t, "later")
			at = append(at, now)
			w.add(now, within, false)
			surely, perhaps := 0, 0
			for _, called := range at {
				if now-called < int64(within) {
					perhaps++
				}
				if now-called < int64(within)*9/10 {
					surely++
				}
			}
			if _, calls := w.sum(now, within); calls < surely || calls > perhaps {
				t.Fatalf("%d calls, want %d to %d", calls, surely, perhaps)
			}
		}
	})
}

// Whose time is over says nothing against a target that had less than half of it.
func TestCallThatCameLate(t *testing.T) {
	t.Parallel()
	for sent, known := range map[int64]bool{0: false, 1: true, 5 * second: true, 5*second + 1: false, 9 * second: false} {
		c := &Conn{halfway: 5 * second}
		c.sentAt.Store(sent)
		if _, got := failureOf(half(), c, Fault{Cause: CallTimeout}); got != known {
			t.Errorf("sent whole after %s of 10s: says something: %v", time.Duration(sent), got)
		}
	}
}
