//go:build linux

package fault_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// shedStatus is how a call is refused since its API has enough, by the profile.
var shedStatus = map[string]int{"standard": 503, "linkedin": 429}

// isShed expects a refusal of ours that was sent to nobody, and that says when to come again but not where the API is.
func (s *scene) isShed(is told, number string, status int, problem, after string) {
	s.t.Helper()
	if is.Status != status || is.Problem != problem || is.Applied != "no" || is.RetryAfter != after || is.BodyID != is.ID {
		s.t.Errorf("want %d, %s, Retry-After %s; got %+v", status, problem, after, is)
	}
	if strings.Contains(is.Body, "127.0.0.1") || strings.Contains(is.ProxyStatus, "127.0.0.1") {
		s.t.Errorf("the address of the API is told: %+v", is)
	}
	if n := s.api.entries("arrived", number); n != 0 {
		s.t.Errorf("it arrived %d times", n)
	}
}

// An API that hangs has as many calls as it may have, and no more; once it goes on these are answered, and so is the next one.
func TestHungAPIIsNotBuried(t *testing.T) {
	s := newScene(t, twoProfiles(plain, ", in_flight: 2"))
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			at, target := s.of(t), "/"+profile+"/calls/"
			at.api.hang()
			inFlight := fmt.Sprintf("candor_upstream_calls_in_flight{upstream=%q}", profile)
			var held []*awaited
			for range 2 {
				c := at.connect()
				c.write(post.text(target + at.number()))
				held = append(held, c.awaits(post.method))
			}
			testkit.Until(t, "two calls are with the API", func() bool { return at.metric(inFlight) == 2 })
			for range 10 {
				number := at.number()
				at.isShed(at.sends(get, target+number), number, shedStatus[profile], "infrastructure_protection", "1")
			}
			at.api.goOn()
			for _, a := range held {
				if is := a.whole(); is.Status != 200 {
					t.Errorf("a call that was with the API: %+v", is)
				}
			}
			testkit.Until(t, "none is with the API", func() bool { return at.metric(inFlight) == 0 })
			at.works(at.connect(), "GET", strings.TrimSuffix(target, "/"))
		})
	}
}

// resting is an API that fails until it is given a rest, and what its callers are told before.
var resting = []struct {
	name, on, do string
	before       func(*api) func()
	status       int
}{
	{"killed", "calls", "", dead, 502},
	{"hung", "brief", "", stopped, 504},
	{"resets", "calls", "reset", nil, 502},
	{"turns away", "calls", "503", nil, 503},
	{"garbage", "calls", "tls", nil, 502},
}

// An API that fails over and over is left alone for a while, whatever is wrong with it; callers are told at once, and it has calls again as soon as one of them goes well.
func TestFailingAPIIsGivenARest(t *testing.T) {
	t.Parallel()
	for _, r := range resting {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, twoProfiles(plain, ", breaker: {failures: 50%, of: 5, within: 1m, open: 4s}"))
			mend := func() {}
			if r.before != nil {
				mend = r.before(s.api)
			}
			for _, profile := range []string{"standard", "linkedin"} {
				target := "/" + profile + "/" + r.on + "/"
				for range 5 {
					if is := s.sends(get, target+s.number()+"?do="+r.do); is.Status != r.status || is.Problem == "service_unavailable" {
						t.Errorf("before: %+v", is)
					}
				}
				number := s.number()
				is := s.sends(get, target+number+"?do="+r.do)
				s.isShed(is, number, 503, "service_unavailable", is.RetryAfter)
				if n, err := strconv.Atoi(is.RetryAfter); err != nil || n < 1 || n > 4 {
					t.Errorf("Retry-After %q", is.RetryAfter)
				}
			}
			mend()
			for _, profile := range []string{"standard", "linkedin"} {
				testkit.Until(t, "a call goes well", func() bool { return s.sends(get, "/"+profile+"/calls/"+s.number()).Status == 200 })
				for range 20 {
					s.works(s.connect(), "GET", "/"+profile+"/calls")
				}
			}
		})
	}
}

// While an API rests it has no call but one each time a rest is over, however many ask for it.
func TestRestingAPIIsTriedByOne(t *testing.T) {
	t.Parallel()
	s := newScene(t, twoProfiles(plain, ", breaker: {failures: 50%, of: 5, within: 1m, open: 1s}"))
	s.do = "reset"
	begun := time.Now()
	all := s.callsBy("/standard/calls", slices.Repeat([]*form{get}, 10)...)
	opened := func() int { return strings.Count(s.candor.said.String(), "its breaker stays open") }
	testkit.Until(t, "it was tried again, twice", func() bool { return opened() >= 2 })
	all.stop()
	most := 5 + 10 + 1 + int(time.Since(begun).Seconds())
	if arrived := s.api.total("arrived"); arrived < 7 || arrived > most {
		t.Errorf("of %d calls %d arrived, and at most %d were to", len(all.outcomes), arrived, most)
	}
	all.compare(func(string) int { return 1 })
}

// A call that waits for another attempt takes no place of one that the API could work on.
func TestWaitingTakesNoPlace(t *testing.T) {
	s := newScene(t, twoProfiles(healing, ", in_flight: 1"))
	number := s.number()
	c := s.connect()
	c.write(get.text("/standard/calls/" + number + "?do=away,serve")) // to be waited for 7 s
	testkit.Until(t, "the API has turned it away", func() bool { return s.api.entries("answered", number) == 1 })
	testkit.Until(t, "a call goes well", func() bool { return s.sends(get, "/standard/calls/"+s.number()).Status == 200 })
	c.c.Close()
	if l := s.lineOf("/calls/" + number + "?"); l.Problem != "client_gone" {
		t.Errorf("it did not wait meanwhile: %+v", l)
	}
}
