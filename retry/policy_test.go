package retry_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/retry"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const (
		ms  = time.Millisecond
		sec = time.Second
	)
	usual := retry.Usual()
	wide := retry.Policy{Attempts: 10, Within: time.Hour, On: retry.Timeout | retry.Status429}
	unapplied := retry.Failed{Of: retry.Connect, Effect: retry.Unapplied}
	for name, c := range map[string]struct {
		policy  retry.Policy
		failed  retry.Failed
		attempt int
		elapsed time.Duration
		random  uint64
		wait    time.Duration
		why     retry.Reason
	}{
		"off":                                    {retry.Policy{On: math.MaxUint16, Within: sec}, unapplied, 1, 0, 0, 0, retry.NotAsked},
		"no failure":                             {usual, retry.Failed{Safe: true}, 1, 0, 0, 0, retry.NotAsked},
		"refused":                                {usual, unapplied, 1, 0, 0, 0, retry.Again},
		"a wait that is drawn":                   {usual, unapplied, 1, 0, uint64(70 * ms), 70 * ms, retry.Again},
		"never more than the attempt's":          {usual, unapplied, 1, 0, uint64(200*ms) + 1, 0, retry.Again},
		"the second may be longer":               {usual, unapplied, 2, 0, uint64(400 * ms), 400 * ms, retry.Again},
		"the last one":                           {usual, unapplied, 3, 0, 0, 0, retry.Spent},
		"a timeout, of which nothing is said":    {usual, retry.Failed{Of: retry.Timeout, Safe: true}, 1, 0, 0, 0, retry.NotAsked},
		"a timeout":                              {wide, retry.Failed{Of: retry.Timeout, Safe: true}, 9, 0, 0, 0, retry.Again},
		"503, of a call that may be sent twice":  {usual, retry.Failed{Of: retry.Status503, Safe: true}, 1, 0, 0, 0, retry.Again},
		"503, of one that may not":               {usual, retry.Failed{Of: retry.Status503}, 1, 0, 0, 0, retry.MayHaveRun},
		"429 proves nothing either":              {wide, retry.Failed{Of: retry.Status429}, 1, 0, 0, 0, retry.MayHaveRun},
		"an earlier attempt may have been taken": {usual, retry.Failed{Of: retry.Connect}, 2, 0, 0, 0, retry.MayHaveRun},
		"Retry-After is waited for, and more":    {usual, retry.Failed{Of: retry.Status503, Safe: true, After: 2 * sec}, 1, 0, uint64(5 * ms), 2*sec + 5*ms, retry.Again},
		"Retry-After to the last moment":         {usual, retry.Failed{Of: retry.Status503, Safe: true, After: 2 * sec}, 1, 8 * sec, 0, 2 * sec, retry.Again},
		"Retry-After beyond it":                  {usual, retry.Failed{Of: retry.Status503, Safe: true, After: 2 * sec}, 1, 8 * sec, 1, 0, retry.TooLate},
		"Retry-After beyond everything":          {usual, retry.Failed{Of: retry.Status503, Safe: true, After: math.MaxInt64}, 1, 0, uint64(sec), 0, retry.TooLate},
		"too late already":                       {usual, unapplied, 1, 11 * sec, 0, 0, retry.TooLate},
	} {
		if wait, why := c.policy.Judge(c.failed, c.attempt, c.elapsed, c.random); wait != c.wait || why != c.why {
			t.Errorf("%s: %v, %v; want %v, %v", name, wait, why, c.wait, c.why)
		}
	}
}

// Whatever is asked: nothing is shortened, nothing ends too late, and what may have been carried out is not repeated unless somebody answers for that.
func TestJudgeKeepsItsWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := retry.Policy{
			Attempts: rapid.IntRange(0, 12).Draw(t, "attempts"), Within: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "within")),
			On: retry.Set(rapid.Uint16Range(0, 1<<10-1).Draw(t, "on")),
		}
		f := retry.Failed{
			Of: 1 << rapid.IntRange(0, 9).Draw(t, "of"), Safe: rapid.Bool().Draw(t, "safe"), Effect: retry.Applied(rapid.IntRange(0, 1).Draw(t, "effect")),
			After: time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "after")),
		}
		attempt, elapsed := rapid.IntRange(1, 12).Draw(t, "attempt"), time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "elapsed"))
		wait, why := p.Judge(f, attempt, elapsed, rapid.Uint64().Draw(t, "random"))
		if why != retry.Again {
			if wait != 0 {
				t.Fatalf("%v waits for %v", why, wait)
			}
			return
		}
		switch {
		case attempt >= p.Attempts, p.On&f.Of == 0, !f.Safe && f.Effect == retry.Unknown:
			t.Fatal("it was not to be sent again")
		case wait < f.After, elapsed+wait > p.Within, wait-f.After > 30*time.Second:
			t.Fatalf("it waits for %v", wait)
		}
	})
}

func TestPromises(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of     retry.Promise
		method string
		keyed  bool
		want   bool
	}{
		"GET":                   {retry.ByMethod, "GET", false, true},
		"DELETE":                {retry.ByMethod, "DELETE", false, true},
		"POST":                  {retry.ByMethod, "POST", true, false},
		"PATCH":                 {retry.ByMethod, "PATCH", false, false},
		"POST, with a key":      {retry.WithKey, "POST", true, true},
		"POST, without one":     {retry.WithKey, "POST", false, false},
		"GET needs no key":      {retry.WithKey, "GET", false, true},
		"POST that is answered": {retry.Always, "POST", false, true},
	} {
		if got := c.of.May(c.method, c.keyed); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The answers that a policy can name are those that ByStatus lets a call be sent again after.
func TestStatusesAreThoseOfTheRule(t *testing.T) {
	t.Parallel()
	for status := range 1000 {
		if got, want := retry.OfStatus(status) != 0, status > 0 && retry.ByStatus(status) != retry.No; got != want {
			t.Errorf("%d: %v, want %v", status, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	all := retry.Set(0)
	for _, w := range retry.Words() {
		one, ok := retry.ByWord(w)
		if !ok || !slices.Equal(one.Words(), []string{w}) {
			t.Errorf("%s: %v %v", w, one.Words(), ok)
		}
		all |= one
	}
	if !slices.Equal(all.Words(), retry.Words()) {
		t.Errorf("%v", all.Words())
	}
	if _, ok := retry.ByWord("501"); ok {
		t.Error("501 is a failure that passes")
	}
	if got := retry.Usual().On.Words(); !slices.Equal(got, []string{"connect", "reset", "502", "503", "504"}) {
		t.Errorf("usual: %v", got)
	}
	for r, want := range []string{"again", "not_asked", "applied", "spent", "too_late", "budget", ""} {
		if got := retry.Reason(r).String(); got != want {
			t.Errorf("%d: %s, want %s", r, got, want)
		}
	}
}
