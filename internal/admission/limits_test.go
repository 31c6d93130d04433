package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/problem"
)

// TestDone: a call leaves the bound of calls in flight once, and what it counted is given back if it never left, once.
func TestDone(t *testing.T) {
	s := newStage(t)
	ask := head("GET /v2/few", bearer("good")) // one a day
	for range 3 {
		c, v := s.admit(t, ask)
		if v != admission.Forwards || s.Quota.InFlight() != 1 {
			t.Fatalf("verdict %d, %d in flight; a call that never left must be given back", v, s.Quota.InFlight())
		}
		c.Done(admission.Unsent)
		c.Done(admission.Unsent)
		c.Done(admission.Sent)
		if n := s.Quota.InFlight(); n != 0 {
			t.Fatalf("%d in flight after Done", n)
		}
	}
	c, _ := s.admit(t, ask)
	c.Done(admission.Sent)
	c.Done(admission.Unsent) // too late: it counts
	if _, v := s.admit(t, ask); v != admission.Refuses || s.Quota.InFlight() != 0 {
		t.Errorf("verdict %d, %d in flight; want refused, none", v, s.Quota.InFlight())
	}
	c.Done(admission.Unsent) // a refused call has nothing to give back
	if c, v := s.admit(t, ask); v != admission.Refuses || c.Problem.Type != problem.Throttled || s.Quota.InFlight() != 0 {
		t.Errorf("verdict %d, %s", v, c.Problem.Type)
	}
}

// TestQuotaIsOfTheMember: another member's share is his own, and a token of the app alone has no member's limit. HEAD shares GET's count.
func TestQuotaIsOfTheMember(t *testing.T) {
	s := newStage(t)
	for _, c := range []struct {
		request string
		want    admission.Verdict
	}{
		{head("GET /v2/few", bearer("good")), admission.Forwards},
		{head("HEAD /v2/few", bearer("openid")), admission.Refuses}, // the same member, through the same app
		{head("GET /v2/few", bearer("partner")), admission.Forwards},
		{head("GET /v2/few", bearer("app")), admission.Forwards},
		{head("GET /v2/few", bearer("app")), admission.Forwards},
		{head("GET /v2/any", bearer("good")), admission.Forwards},
	} {
		call, v := s.admit(t, c.request)
		if v != c.want {
			t.Errorf("%q: verdict %d, want %d", c.request, v, c.want)
		}
		call.Done(admission.Sent)
	}
}

// TestRefusedCallsDoNotCount: a refusal by an earlier step takes nothing.
func TestRefusedCallsDoNotCount(t *testing.T) {
	s := newStage(t)
	for range 5 {
		s.check(t, head("GET /v2/few", bearer("good"), circle), admission.Refuses, problem.Problem{Type: problem.LoopDetected, Limit: 8, Sent: 8})
	}
	s.check(t, head("GET /v2/few", bearer("good")), admission.Forwards, problem.Problem{})
}

// TestInFlight bounds the calls that are under way; every other verdict leaves the bound alone.
func TestInFlight(t *testing.T) {
	s := newStage(t)
	var under []admission.Call
	for range 4 {
		c, v := s.admit(t, head("GET /v2/any", bearer("good")))
		if v != admission.Forwards {
			t.Fatalf("verdict %d of call %d of 4", v, len(under)+1)
		}
		under = append(under, *c)
	}
	s.check(t, head("GET /v2/any", bearer("good")), admission.Refuses,
		problem.Problem{Type: problem.InfrastructureProtection, Detail: problem.DetailInFlight, Quota: "calls in flight", RetryAfter: 1})
	s.check(t, head("OPTIONS *"), admission.Answers, problem.Problem{})
	s.check(t, head("GET /v2/any"), admission.Refuses, problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization})
	under[0].Done(admission.Sent)
	s.check(t, head("GET /v2/any", bearer("good")), admission.Forwards, problem.Problem{})
	if n := s.Quota.InFlight(); n != 3 {
		t.Errorf("%d in flight, want 3", n)
	}
}

// TestLoops reads how often a call has come through, and refuses it where that cannot be told.
func TestLoops(t *testing.T) {
	for _, c := range []struct {
		fields []string
		hops   int // 8 and more are refused
	}{
		{[]string{"Via: 1.1 candor, 1.1 candor, 1.1 candor, 1.1 candor, 1.1 candor, 1.1 candor, 1.1 candor, 1.1 candor"}, 0},
		{[]string{"Candor-Hops: 0"}, 0},
		{[]string{"Candor-Hops: 1"}, 1},
		{[]string{"candor-hops:7"}, 7},
		{[]string{"Candor-Hops: 007"}, 7},
		{[]string{"Candor-Hops: 8"}, 8},
		{[]string{"Candor-Hops: 12"}, 12},
		{[]string{"Candor-Hops: 18446744073709551617"}, 99},
		{[]string{"Candor-Hops: 1", "X-A: 9", "Candor-Hops: 3", "Candor-Hops: 2"}, 3},
		{[]string{"Candor-Hops: 1, 3 ,2"}, 3},
		{[]string{"Candor-Hops: 1", "Candor-Hops: 9"}, 9},
		{[]string{"Candor-Hops:"}, 8},
		{[]string{"Candor-Hops: 1,"}, 8},
		{[]string{"Candor-Hops: -1"}, 8},
		{[]string{"Candor-Hops: +1"}, 8},
		{[]string{"Candor-Hops: 1.0"}, 8},
		{[]string{"Candor-Hops: 1 1"}, 8},
		{[]string{"Candor-Hops: one"}, 8},
		{[]string{"Candor-Hops: 2", "Candor-Hops: one"}, 8},
	} {
		s := newStage(t)
		want, verdict := problem.Problem{}, admission.Forwards
		if c.hops >= 8 {
			want, verdict = problem.Problem{Type: problem.LoopDetected, Limit: 8, Sent: int64(c.hops)}, admission.Refuses
		}
		call := s.check(t, head("GET /v2/any", append(c.fields, bearer("good"))...), verdict, want)
		if call.Hops != c.hops {
			t.Errorf("%q: %d hops, want %d", c.fields, call.Hops, c.hops)
		}
	}
}
