package adopt

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var ourID = regexp.MustCompile(`^X-Request-Id: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// mendAnswer takes out of an answer the id that Candor gives to those that have none.
func (w way) mendAnswer(t *testing.T, plain, got *message) {
	t.Helper()
	if plain.has("x-request-id") && w.asItIs || strings.HasPrefix(got.line, "1") {
		return
	}
	if !w.asItIs {
		plain.lengthLast()
		got.lengthLast()
		plain.take("x-request-id") // an id is Candor's
	}
	if ids := got.take("x-request-id"); len(ids) != 1 || !ourID.MatchString(ids[0]) {
		t.Errorf("%s: its ids are %q", w.name, ids)
	}
}

// mendRequest takes out of a request what Candor adds, and out of the one without it what it drops.
func (w way) mendRequest(t *testing.T, plain, got *message) {
	t.Helper()
	plain.take("candor-app", "proxy")
	if hops := got.take("candor-hops"); !slices.Equal(hops, []string{"Candor-Hops: 1"}) {
		t.Errorf("%s: its hops are %q", w.name, hops)
	}
	if !w.asItIs {
		plain.lengthLast()
		got.lengthLast()
		origin := []string{"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
		plain.take(append(origin, "expect")...) // Candor itself tells such a client to go on
		got.take(origin...)
		return
	}
	const peer = "127.0.0.1"
	if !plain.has("x-forwarded-for") {
		if made := got.take("x-forwarded-for"); !slices.Equal(made, []string{"X-Forwarded-For: " + peer}) {
			t.Errorf("%s: X-Forwarded-For is %q", w.name, made)
		}
		return
	}
	for i := len(got.fields) - 1; i >= 0; i-- {
		if nameOf(got.fields[i]) == "x-forwarded-for" {
			cut, found := strings.CutSuffix(got.fields[i], ", "+peer)
			if !found {
				t.Errorf("%s: the peer is not at the end of %q", w.name, got.fields[i])
			}
			got.fields = slices.Clone(got.fields)
			got.fields[i] = cut
			return
		}
	}
}
