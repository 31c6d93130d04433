package sandbox

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"
)

// Rule fails calls on purpose, as POST /v1/faults takes it.
type Rule struct {
	Name     string   `json:"name"`
	Match    Match    `json:"match"`
	Fault    string   `json:"fault,omitempty"`
	Rate     *float64 `json:"rate,omitempty"`
	Count    int      `json:"count,omitempty"`
	Sequence []string `json:"sequence,omitempty"`
	Repeat   bool     `json:"repeat,omitempty"`
	Latency  *Latency `json:"latency,omitempty"`
	Window   *Window  `json:"window,omitempty"`
	Seed     *uint64  `json:"seed"`
}

// Match says which calls a rule is for; a field that is not given is any.
type Match struct {
	App    string `json:"app,omitempty"`
	Member string `json:"member,omitempty"`
	Route  string `json:"route,omitempty"`
	Method string `json:"method,omitempty"`
	Token  string `json:"token,omitempty"`
	token  string // itself, where Token is a name of sandbox.json
}

// Latency is how long a call is held up: between both, drawn evenly.
type Latency struct {
	Min string `json:"min"`
	Max string `json:"max"`
}

// Window is when a rule is for calls, by the time since it was set.
type Window struct {
	From string `json:"from,omitempty"`
	For  string `json:"for,omitempty"`
}

// Told is a rule as GET /v1/faults shows it.
type Told struct {
	Rule
	State   string         `json:"state"`
	Matched int            `json:"matched"` // calls that it was for
	Drew    map[string]int `json:"drew"`    // what it drew for them, and how often
}

// The bounds of a rule's values.
const (
	longestLatency  = time.Minute
	longestWindow   = 30 * 24 * time.Hour
	longestSequence = 100
	longestToken    = 4096
	mostCount       = 1_000_000_000
)

var (
	// methods are those that a call can have which is admitted.
	methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

	ruleName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	methodName = regexp.MustCompile(`^[A-Z][A-Z-]{0,31}$`)
)

// reading is a rule that is being read.
type reading struct {
	*rule
	known *known
}

// newRule reads a rule, strictly; at is its place in what was sent, for mistakes.
func (k *known) newRule(at string, raw json.RawMessage, now time.Time) (*rule, error) {
	r := reading{&rule{set: now, drew: map[string]int{}}, k}
	given := map[string]bool{}
	if err := readObject(at, raw, given, map[string]reader{
		"name": r.name, "match": r.match, "fault": r.fault, "rate": r.rate, "count": r.count, "sequence": r.sequence, "repeat": r.repeat,
		"latency": r.latency, "window": r.window, "seed": r.seed,
	}); err != nil {
		return nil, err
	}
	if err := together(at, given); err != nil {
		return nil, err
	}
	if err := r.fitOAuth(at); err != nil {
		return nil, err
	}
	if r.Seed == nil {
		seed := rand.Uint64N(1 << 53) //nolint:gosec // it is told to whoever set the rule, and every program can read a number below 2^53
		r.Seed = &seed
	}
	r.rand = rand.New(rand.NewPCG(*r.Seed, 0)) //nolint:gosec // it is to be repeated
	return r.rule, nil
}

// together refuses fields that do not go together.
func together(at string, given map[string]bool) error {
	for _, rule := range [...]struct{ one, other, why string }{
		{"fault", "sequence", "a sequence names the faults itself"},
		{"rate", "sequence", "a sequence says itself what each call gets"},
		{"count", "sequence", "a sequence ends by itself"},
	} {
		if given[rule.one] && given[rule.other] {
			return wrong(at, "%s and %s do not go together: %s", rule.one, rule.other, rule.why)
		}
	}
	switch {
	case given["repeat"] && !given["sequence"]:
		return wrong(at, "repeat is of a sequence, and there is none")
	case !given["fault"] && !given["sequence"] && !given["latency"]:
		return wrong(at, "the rule does nothing: give fault, sequence or latency")
	}
	return nil
}

func (r reading) name(at string, raw json.RawMessage) (err error) {
	if r.Name, err = readText(at, raw); err != nil {
		return err
	}
	if !ruleName.MatchString(r.Name) || r.Name == "reset" {
		return wrong(at, "%q cannot be a name: use up to 64 letters, digits, dots, hyphens and underscores, and not the word reset", r.Name)
	}
	return nil
}

func (r reading) match(at string, raw json.RawMessage) error {
	m, k := &r.Match, r.known
	return readObject(at, raw, nil, map[string]reader{
		"app":   word(&m.App, k.apps),
		"route": word(&m.Route, k.routes),
		"member": func(at string, raw json.RawMessage) (err error) {
			m.Member, err = lookUp(at, raw, k.members)
			return err
		},
		"method": func(at string, raw json.RawMessage) (err error) {
			switch m.Method, err = readText(at, raw); {
			case err != nil:
			case !methodName.MatchString(m.Method):
				err = wrong(at, "%q is no method: they are in capitals, as in GET", m.Method)
			case !slices.Contains(methods, m.Method):
				err = wrong(at, "%q is not known here%s", m.Method, didYouMean(m.Method, methods))
			}
			return err
		},
		"token": func(at string, raw json.RawMessage) (err error) {
			if m.Token, err = readText(at, raw); err == nil {
				m.token, err = k.tokenOf(at, m.Token)
			}
			return err
		},
	})
}

func (r reading) fault(at string, raw json.RawMessage) error {
	name, f, err := faultOf(at, raw)
	if err == nil && name == ok {
		return wrong(at, "%q stands in a sequence alone", ok)
	}
	r.Fault, r.faults = name, []fault{f}
	return err
}

func (r reading) sequence(at string, raw json.RawMessage) error {
	return readList(at, raw, longestSequence, func(at string, raw json.RawMessage) error {
		name, f, err := faultOf(at, raw)
		r.Sequence, r.faults = append(r.Sequence, name), append(r.faults, f)
		return err
	})
}

func (r reading) rate(at string, raw json.RawMessage) error {
	n, err := readNumber(at, raw)
	if err == nil && (n <= 0 || n > 1) {
		err = wrong(at, "%v is no share of calls: give more than 0, up to 1, as in 0.3", n)
	}
	r.Rate = &n
	return err
}

func (r reading) count(at string, raw json.RawMessage) error {
	n, err := readWhole(at, raw, 1, mostCount)
	r.Count = int(n)
	return err
}

func (r reading) seed(at string, raw json.RawMessage) error {
	n, err := readWhole(at, raw, 0, 1<<53-1)
	r.Seed = &n
	return err
}

func (r reading) repeat(at string, raw json.RawMessage) error { return yesNo(at, raw, &r.Repeat) }

func (r reading) latency(at string, raw json.RawMessage) (err error) {
	var l Latency
	given := map[string]bool{}
	switch raw[0] {
	case '"':
		r.least, err = readDuration(at, raw, longestLatency)
		r.most = r.least
	case '{':
		err = readObject(at, raw, given, map[string]reader{"min": upTo(&r.least, longestLatency), "max": upTo(&r.most, longestLatency)})
	default:
		err = wrong(at, `it is %s; a text such as "200ms" is expected, or an object with min and max`, kindOf(raw))
	}
	switch {
	case err != nil:
	case raw[0] == '{' && !given["max"]:
		err = wrong(below(at, "max"), "it is missing: how long a call is held up at the most")
	case r.most < r.least:
		err = wrong(at, "max is %s, which is less than min, %s", r.most, r.least)
	case r.most == 0:
		err = wrong(at, "it is none: give more than 0s")
	}
	l.Min, l.Max = r.least.String(), r.most.String()
	r.Latency = &l
	return err
}

func (r reading) window(at string, raw json.RawMessage) error {
	var open time.Duration
	given := map[string]bool{}
	err := readObject(at, raw, given, map[string]reader{"from": upTo(&r.opens, longestWindow), "for": upTo(&open, longestWindow)})
	switch {
	case err != nil:
		return err
	case len(given) == 0:
		return wrong(at, "it says nothing: give from, for or both, as in {\"from\": \"5s\", \"for\": \"30s\"}")
	case given["for"] && open == 0:
		return wrong(at+".for", "it is never open: give more than 0s")
	}
	w := &Window{}
	if r.Window = w; given["from"] {
		w.From = r.opens.String()
	}
	if given["for"] {
		w.For, r.closes = open.String(), r.opens+open
	}
	return nil
}
