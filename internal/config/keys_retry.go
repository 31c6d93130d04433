package config

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/retry"
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
}

func mayHarm(method string) bool { return !retry.Idempotent(method) }

// checkRetryOf looks at what an API says for its routes.
func (r *reader) checkRetryOf(api *route.APISpec, i int) {
	if at := []any{"apis", i, "retry", "on"}; api.Retry != nil && api.Retry.On == 0 && r.cfg.Said(at...) {
		r.wrongAt("on: names no failure, so that nothing is ever sent again; name some, as in [connect, reset, 502, 503, 504], or leave retry: out", at...)
	}
}
