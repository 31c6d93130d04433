//go:build linux

package fault_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/testkit"
)

// twoProfiles is the configuration of two APIs that are one, so that both profiles speak of it. routes are theirs, and of is what their upstream has beside
// its address: one that keeps no connection, and for routes of upstream kept-NAME one that does.
func twoProfiles(routes, of string) string {
	text := `
data: "DATA"
listeners: ["PLAIN"]
admin: {address: "ADMIN", token: 0123456789abcdef}
drain: {delay: 0s}
log: {access: "LOG"}
requests: {detail: all}
upstreams:
  standard: {targets: ["API"], timeouts: {connect: 1s}, pool: {size: 0}OF}
  linkedin: {targets: ["API"], timeouts: {connect: 1s}, pool: {size: 0}, errors: wrapOF}
  kept-standard: {targets: ["API"], timeouts: {connect: 1s}OF}
  kept-linkedin: {targets: ["API"], timeouts: {connect: 1s}, errors: wrapOF}
apis:
`
	for _, profile := range []string{"standard", "linkedin"} {
		api := "  - {name: NAME, base: /NAME, profile: NAME, upstream: NAME, credentials: public, routes: [ROUTES]}\n"
		text += strings.NewReplacer("NAME", profile, "ROUTES", strings.ReplaceAll(routes, "NAME", profile)).Replace(api)
	}
	return strings.ReplaceAll(text, "OF", of)
}

// plain are the routes without anything that heals. What is below /brief waits for no answer for long, and what is below /lively not for its next byte.
const plain = `{name: calls, path: /calls/**},
    {name: brief, path: /brief/**, timeouts: {first_byte: 200ms}},
    {name: lively, path: /lively/**, timeouts: {gap: 200ms}},
    {name: kept, path: /kept/**, upstream: kept-NAME}`

// scene is a Candor before an API of which each is a process.
type scene struct {
	*stage
	api    *api
	candor *process
	log    string
	do     string        // what the API does with the calls of callers; "": it serves
	last   *atomic.Int64 // the number of the call made last
}

func newScene(t *testing.T, configuration string) *scene {
	t.Helper()
	a := newAPI(t)
	s := &scene{stage: stageOf(t, configuration, "http://"+a.address), api: a, last: new(atomic.Int64)}
	s.log = filepath.Join(filepath.Dir(s.file), "access.log")
	s.candor = s.serve()
	return s
}

// of is the same scene in a part of its test.
func (s *scene) of(t *testing.T) *scene {
	at, of, its := *s, *s.stage, s.api
	of.t, at.stage = t, &of
	its.t = t
	t.Cleanup(func() { its.t = its.whole })
	return &at
}

// number is a new one for a call.
func (s *scene) number() string { return strconv.FormatInt(s.last.Add(1), 10) }

func itoa(n int) string { return strconv.Itoa(n) }

// logged is the line of the access log of a call.
type logged struct {
	ID             string
	Method, Target string
	Status         int
	Problem, By    string
	UpstreamStatus int `json:"upstream_status"`
	Attempts       int
	Note           string
	Cause          struct{ Detail string }
}

// lineOf waits for the line of the call whose target has a text in it, line for that with an id.
func (s *scene) lineOf(target string) logged {
	return s.find(target, func(l *logged) bool { return strings.Contains(l.Target, target) })
}

func (s *scene) line(id string) logged { return s.find(id, func(l *logged) bool { return l.ID == id }) }

func (s *scene) find(what string, is func(*logged) bool) (l logged) {
	s.t.Helper()
	testkit.Until(s.t, "call "+what+" is in the access log", func() bool {
		text, err := os.ReadFile(s.log)
		if err != nil {
			s.t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			l = logged{}
			if strings.Contains(line, what) && json.Unmarshal([]byte(line), &l) == nil && is(&l) {
				return true
			}
		}
		return false
	})
	return l
}

// record waits for what is kept of a call.
func (s *scene) record(id string) (is *requestlog.Record) {
	s.t.Helper()
	testkit.Until(s.t, "there is a record of "+id, func() bool {
		r, err := s.operator.Request(s.t.Context(), id)
		is = r
		return err == nil
	})
	return is
}

// works expects a call to be carried out, once.
func (s *scene) works(c *caller, method, target string) {
	s.t.Helper()
	number := s.number()
	is, err := c.call(method, target+"/"+number, "")
	if want := method + " " + number + " "; err != nil || is.Status != 200 || is.Cut != nil || is.Body != want {
		s.t.Errorf("%s is answered %+v, %v", want, is, err)
	}
	if n := s.api.entries("arrived", number); n != 1 {
		s.t.Errorf("it arrived %d times", n)
	}
}
