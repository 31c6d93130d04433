package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

// The endpoints by which a program directs the sandbox, on the operator's listener.
const (
	faultsPath = "/v1/faults"
	resetPath  = faultsPath + "/reset"
	clockPath  = "/v1/clock"
)

// newAdminToken makes the token that these endpoints ask for.
func newAdminToken() string { return "sandbox-" + rand.Text() }

// extras are the endpoints of this sandbox.
func (s *sandbox) extras() []admin.Extra {
	const how = "; with admin_token of " + FileName
	extra := func(path, what string, serve func(*admin.Asked) (int, any, error), methods ...string) admin.Extra {
		return admin.Extra{Path: path, Methods: methods, What: what + how, Token: s.adminToken, TokenIs: "admin_token in " + FileName, Serve: serve}
	}
	return []admin.Extra{
		extra(faultsPath, "lists the rules that fail calls, sets rules, and removes all", s.faults, "GET", "HEAD", "POST", "DELETE"),
		extra(resetPath, "removes all rules that fail calls", s.resetFaults, "POST"),
		extra(faultsPath+"/", "shows a rule that fails calls, and removes it", s.oneFault, "GET", "HEAD", "DELETE"),
		extra(clockPath, "tells the sandbox's time, and sets it forward", s.clock, "GET", "HEAD", "POST"),
	}
}

// The answers of /v1/faults.
type (
	// RuleList is what is there, or was set.
	RuleList struct {
		Rules []Told `json:"rules"`
	}
	// Removed is how many rules went.
	Removed struct {
		Removed int `json:"removed"`
	}
)

func (s *sandbox) faults(a *admin.Asked) (int, any, error) {
	switch a.Method {
	case "POST":
		return s.setFaults(a.Body)
	case "DELETE":
		return s.resetFaults(a)
	}
	return 200, RuleList{s.stage.rules.told(s.o.Now())}, nil
}

func (s *sandbox) resetFaults(*admin.Asked) (int, any, error) {
	return 200, Removed{s.stage.rules.remove("")}, nil
}

// setFaults sets a rule, or a list of rules.
func (s *sandbox) setFaults(body []byte) (int, any, error) {
	k, now := s.known.Load(), s.o.Now()
	if k == nil {
		return 0, nil, notReady()
	}
	some, err := k.newRules(body, now)
	if err != nil {
		return 0, nil, refused(400, "The rules cannot be set", err, "Correct it and send all of it again; none of it was set.")
	}
	fresh, err := s.stage.rules.add(some)
	if err != nil {
		return 0, nil, refused(409, "The rules cannot be set", err, "Remove some: DELETE "+faultsPath+"/NAME, or POST "+resetPath+".")
	}
	var set RuleList
	for _, r := range some {
		set.Rules = append(set.Rules, s.stage.rules.toldOne(r, now))
	}
	if fresh {
		return 201, set, nil
	}
	return 200, set, nil
}

// newRules reads a rule, or a list of rules.
func (k *known) newRules(body []byte, now time.Time) (some []*rule, err error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, fmt.Errorf(`there is no body: send a rule, as in {"fault": "throttled", "match": {"route": "v2/me"}}`)
	}
	if err = readJSON(body); err != nil {
		return nil, err
	}
	if body[0] != '[' {
		one := make([]*rule, 1)
		one[0], err = k.newRule("", body, now)
		return one, err
	}
	names := map[string]bool{}
	err = readList("", body, mostRules, func(at string, raw json.RawMessage) error {
		r, mistake := k.newRule(at, raw, now)
		if mistake != nil {
			return mistake
		}
		if names[r.Name] && r.Name != "" {
			return wrong(at+".name", "another rule of this list is called %s, too", r.Name)
		}
		names[r.Name] = true
		some = append(some, r)
		return nil
	})
	return some, err
}

func (s *sandbox) oneFault(a *admin.Asked) (int, any, error) {
	name, err := url.PathUnescape(strings.TrimPrefix(a.Path, faultsPath+"/"))
	if err == nil && name != "" && a.Method == "DELETE" {
		if n := s.stage.rules.remove(name); n > 0 {
			return 200, Removed{n}, nil
		}
	}
	for _, t := range s.stage.rules.told(s.o.Now()) {
		if t.Name == name {
			return 200, t, nil
		}
	}
	return 0, nil, &admin.Fault{Status: 404, Message: fmt.Sprintf("There is no rule %q", name), Fix: "GET " + faultsPath + " lists those that there are."}
}

// ClockTold is what time it is in the sandbox.
type ClockTold struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"` // of the machine's clock, as advance takes it
}

// clock tells the time, and sets it forward.
func (s *sandbox) clock(a *admin.Asked) (int, any, error) {
	if a.Method == "POST" {
		step, err := readAdvance(a.Body)
		if err != nil {
			return 0, nil, refused(400, "The clock was not moved", err, `Send {"advance": "60d"}.`)
		}
		if err := s.advance(step); err != nil {
			return 0, nil, err
		}
	}
	return 200, ClockTold{s.wall.now().UTC(), stepText(s.wall.offset())}, nil
}

func readAdvance(body []byte) (step time.Duration, err error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return 0, fmt.Errorf("there is no body")
	}
	if err = readJSON(body); err != nil {
		return 0, err
	}
	given := map[string]bool{}
	err = readObject("", body, given, map[string]reader{"advance": func(at string, raw json.RawMessage) error {
		said, mistake := readText(at, raw)
		if mistake != nil {
			return mistake
		}
		if step, mistake = parseStep(said); mistake != nil {
			return wrong(at, "%w", mistake)
		}
		return nil
	}})
	if err == nil && !given["advance"] {
		err = wrong("advance", "it is missing: how far the clock is to go forward")
	}
	return step, err
}

// notReady is what is said while the sandbox starts and ends.
func notReady() *admin.Fault {
	return &admin.Fault{Status: 503, Message: "The sandbox is not ready, or about to end", Fix: "Ask again in a moment."}
}

// refused is a mistake of whoever asked.
func refused(status int, what string, err error, fix string) *admin.Fault {
	return &admin.Fault{Status: status, Message: what + ": " + err.Error(), Fix: fix}
}
