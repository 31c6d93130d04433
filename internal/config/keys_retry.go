package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// Where people look for these keys, and for those of what sheds load.
const (
	ofRoutes    = "stands in an API or a route, as retry: {attempts: 3}, since it depends on what is called whether that may be done twice"
	ofUpstreams = "stands in an upstream, as in upstreams: {people: {targets: [\"http://10.0.0.5:9000\"], in_flight: 64, breaker: {}}}"
	asRetry     = "is retry: here, as in retry: {attempts: 3}"
	asBreaker   = "is breaker: here, as in breaker: {failures: 50%, of: 20}"
)

// retryKeys say which failed calls are sent to the upstream again. What a route leaves out it takes from its API, where that has them.
func retryKeys(from *retry.Policy) object[retry.Policy] {
	type policy = retry.Policy
	return object[policy]{
		what: "retry",
		like: "retry: {attempts: 3}, or retry: {} for what is usual",
		start: func() policy {
			if from != nil {
				return *from
			}
			return retry.Usual()
		},
		fields: []field[policy]{
			key("attempts", func(p *policy) *int { return &p.Attempts }, integer(2, 10)),
			key("within", func(p *policy) *time.Duration { return &p.Within }, span(10*time.Millisecond, longest)),
			key("on", func(p *policy) *retry.Set { return &p.On }, failures),
			key("idempotent", func(p *policy) *retry.Promise { return &p.Idempotent }, promise),
		},
	}
}

var failures = setOf("failures", "[connect, reset, 502, 503, 504]", retry.Words(), retry.Every)

var promise = oneOf(word[retry.Promise]{"false", retry.ByMethod}, word[retry.Promise]{"true", retry.Always}, word[retry.Promise]{"key", retry.WithKey})

// retryOf is the key of a route, or of an API where from is nil.
func retryOf(from *retry.Policy) kind[*retry.Policy] {
	return kind[*retry.Policy]{
		read:  func(r *reader, n *yaml.Node, v **retry.Policy) { orOff(retryKeys(from).kind()).read(r, n, v) },
		write: orOff(retryKeys(nil).kind()).write,
	}
}

// settleRetry: where a route does not say within which time, it is not longer than a call may take.
func (r *reader) settleRetry(s *route.Spec, i, j int) {
	if s.Retry == nil || s.CallTimeout <= 0 || s.Retry.Within <= s.CallTimeout || r.cfg.Said("apis", i, "routes", j, "retry", "within") {
		return
	}
	own := *s.Retry
	own.Within = s.CallTimeout
	s.Retry = &own
}

// checkRetry looks for what can never be.
func (r *reader) checkRetry(s *route.Spec, at ...any) {
	if s.Retry == nil || r.failed(at...) {
		return
	}
	under := func(name string) []any { return append(slices.Clip(at), "retry", name) }
	if s.Retry.On == 0 && r.cfg.Said(under("on")...) {
		r.wrongAt("on: names no failure, so that nothing is ever sent again; name some, as in [connect, reset, 502, 503, 504], or say retry: off", under("on")...)
	}
	if within := s.Retry.Within; s.CallTimeout > 0 && within > s.CallTimeout && r.cfg.Said(under("within")...) {
		r.wrongAt(fmt.Sprintf("within: is longer than a call of this route may take, which is %s; say at most that, or raise timeouts: {call: %s}",
			durationText(s.CallTimeout), durationText(within)), under("within")...)
	}
	if s.Retry.Idempotent != retry.ByMethod && r.cfg.Said(under("idempotent")...) && len(s.Methods) > 0 && !slices.ContainsFunc(s.Methods, mayHarm) {
		r.warn("idempotent: says nothing here, since every method of this route may be sent twice (RFC 9110 §9.2.2)", under("idempotent")...)
	}
	if why := r.idle(s); why != "" && r.cfg.Said(under("on")...) {
		r.warn("on: "+why, under("on")...)
	}
}

func mayHarm(method string) bool { return !retry.Idempotent(method) }

// idle says which of the failures of a route's retry no call is ever sent again after, and why; "": none.
func (r *reader) idle(s *route.Spec) string {
	to := s.Retry
	if len(s.Methods) > 0 && to.Idempotent == retry.ByMethod && to.On != 0 && to.On&retry.Connect == 0 && !slices.ContainsFunc(s.Methods, retry.Idempotent) {
		return "after these nothing is sent again, since the methods of this route may do harm twice; add connect, or say idempotent: key or true"
	}
	at := slices.IndexFunc(r.cfg.Upstreams, func(u upstream.Spec) bool { return u.Name == s.Upstream })
	if at < 0 || to.On&retry.Timeout == 0 {
		return ""
	}
	wait := r.cfg.Upstreams[at].FirstByte
	if s.FirstByte != nil {
		wait = *s.FirstByte
	}
	switch {
	case wait == 0 && to.On != retry.Every:
		return "there is no timeout here, since first_byte: 0s lets calls wait for as long as it takes; give it a time, or leave timeout out"
	case wait >= to.Within:
		return fmt.Sprintf("after a timeout nothing is sent again, since first_byte: %s is over when within: %s is; lower the one, or raise the other", durationText(wait), durationText(to.Within))
	}
	return ""
}

// checkRetryOf looks at what an API says for its routes.
func (r *reader) checkRetryOf(api *route.APISpec, i int) {
	at := []any{"apis", i, "retry", "on"}
	if api.Retry == nil || !r.cfg.Said(at...) {
		return
	}
	if api.Retry.On == 0 {
		r.wrongAt("on: names no failure, so that nothing is ever sent again; name some, as in [connect, reset, 502, 503, 504], or leave retry: out", at...)
		return
	}
	why := ""
	for j := range api.Routes {
		s := &api.Routes[j]
		if s.Retry == nil || r.cfg.Said("apis", i, "routes", j, "retry", "on") {
			continue
		}
		if why = r.idle(s); why == "" {
			return // it does something for this one
		}
	}
	if why != "" {
		r.warn("on: "+why, at...)
	}
}
