package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/upstream"
)

// usualBreaker is a breaker of which nothing was said.
func usualBreaker() upstream.BreakerSpec {
	return upstream.BreakerSpec{Failures: 50, Of: 20, Within: 10 * time.Second, Open: 5 * time.Second, Statuses: []int{502, 503, 504}}
}

// breakerKeys say when an upstream is given a rest.
var breakerKeys = object[upstream.BreakerSpec]{
	what:  "a breaker",
	like:  "{failures: 50%, of: 20, within: 10s, open: 5s}",
	start: usualBreaker,
	fields: []field[upstream.BreakerSpec]{
		key("failures", func(b *upstream.BreakerSpec) *int { return &b.Failures }, percent),
		key("of", func(b *upstream.BreakerSpec) *int { return &b.Of }, integer(1, math.MaxInt32)),
		key("within", func(b *upstream.BreakerSpec) *time.Duration { return &b.Within }, span(time.Second, time.Hour)),
		key("open", func(b *upstream.BreakerSpec) *time.Duration { return &b.Open }, span(time.Second, time.Hour)),
		key("statuses", func(b *upstream.BreakerSpec) *[]int { return &b.Statuses }, list(failedStatus, "statuses", "[502, 503, 504]")),
	},
}

// percent is a share.
var percent = scalarOf("a share from 1% to 100%, as in 50%", func(s string) (int, bool) {
	digits, found := strings.CutSuffix(s, "%")
	n, err := strconv.Atoi(digits)
	return n, found && err == nil && n >= 1 && n <= 100 && digits[0] != '+'
}, func(v int) *yaml.Node { return textNode(strconv.Itoa(v) + "%") })

// failedStatus is an answer that says something against whoever gave it, whatever was asked.
var failedStatus = scalarOf("the status of an API that fails: 429, or from 500 to 599", func(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) == 3 && (n == 429 || n >= 500 && n <= 599)
}, func(v int) *yaml.Node { return plainNode(strconv.Itoa(v)) })

// atOnce is how many calls there may be; off is no bound.
var atOnce = kind[int]{
	read: func(r *reader, n *yaml.Node, v *int) {
		if *v = 0; !isOff(n) {
			scalarOf("a whole number of calls from 1, or off", func(s string) (int, bool) {
				most, err := strconv.Atoi(s)
				return most, err == nil && most >= 1 && most <= math.MaxInt32 && s[0] != '+'
			}, nil).read(r, n, v)
		}
	},
	write: func(v int) *yaml.Node {
		if v == 0 {
			return textNode("off")
		}
		return plainNode(strconv.Itoa(v))
	},
}

// checkShedding warns of what an upstream says to no effect.
func (r *reader) checkShedding() {
	for i := range r.cfg.Upstreams {
		u := &r.cfg.Upstreams[i]
		if most := r.cfg.Limits.InFlight; u.InFlight > 0 && u.InFlight >= most {
			r.warn("in_flight: does nothing here, since limits.in_flight lets no more than "+strconv.Itoa(most)+" calls through in all; write less, or leave it out",
				"upstreams", u.Name, "in_flight")
		}
		if u.Breaker != nil && u.FirstByte == 0 {
			r.warn("breaker: an API that answers no more never fails here, since first_byte: 0s lets calls wait for as long as it takes; give it a time", "upstreams", u.Name, "breaker")
		}
	}
}
