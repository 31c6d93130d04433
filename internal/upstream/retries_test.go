package upstream_test

import (
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// What was taken from a budget is gone also for the upstream that takes the place of another one before the same server, and for no other server's.
func TestBudgetFollowsTheServer(t *testing.T) {
	t.Parallel()
	c, lender := clock.New(time.Now), &buffer.Lender{}
	made := func(target string, connect time.Duration) *upstream.Upstream {
		u, err := upstream.New(upstream.Spec{Name: "a", Targets: []string{target}, Connect: connect}, http1.ResponseDefaults(), c, lender)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	first := made("http://127.0.0.1:9", time.Second)
	for first.Budget().Take(0) {
	}
	same, other := made("http://127.0.0.1:9", time.Minute), made("http://127.0.0.1:10", time.Second)
	same.Follow(first)
	other.Follow(first)
	if same.Budget().Take(0) || !other.Budget().Take(0) {
		t.Error("the budget is not the server's")
	}
}

func TestRetriedWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range upstream.RetriedWords() {
		if w == "" || seen[w] {
			t.Errorf("%q", w)
		}
		seen[w] = true
	}
}
