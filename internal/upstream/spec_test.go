package upstream_test

import (
	"os"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// An upstream is kept over a reload, with its pool, as long as nothing that it was made from has changed.
func TestMadeFrom(t *testing.T) {
	_, ca := certificate(t, "127.0.0.1")
	_, otherCA := certificate(t, "127.0.0.1")
	written := func(t *testing.T, text []byte) {
		t.Helper()
		if err := os.WriteFile(ca, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*testing.T, *upstream.Spec, *http1.Limits)
		want   bool
	}{
		"nothing":        {func(*testing.T, *upstream.Spec, *http1.Limits) {}, true},
		"equal targets":  {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.Targets = []string{"https://127.0.0.1:1"} }, true},
		"another target": {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.Targets = []string{"https://127.0.0.1:2"} }, false},
		"one more target": {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) {
			s.Targets = append(s.Targets, "https://127.0.0.1:2")
		}, false},
		"a time limit":          {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.Gap = time.Second }, false},
		"the size of the pool":  {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.PoolSize = 7 }, false},
		"how errors are passed": {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.Wrap = upstream.WrapAll }, false},
		"a limit of the head":   {func(_ *testing.T, _ *upstream.Spec, l *http1.Limits) { l.Head++ }, false},
		"another file, equal":   {func(t *testing.T, s *upstream.Spec, _ *http1.Limits) { s.CA = fileOf(t, "equal.pem", string(text)) }, false},
		"another file":          {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.CA = otherCA }, false},
		"the name to show":      {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.TLSName = "api.internal" }, false},
		"the system's instead":  {func(_ *testing.T, s *upstream.Spec, _ *http1.Limits) { s.CA = "" }, false},
		"the file's content": {func(t *testing.T, _ *upstream.Spec, _ *http1.Limits) {
			more, err := os.ReadFile(otherCA)
			if err != nil {
				t.Fatal(err)
			}
			written(t, more)
		}, false},
		"the file cannot be read": {func(t *testing.T, _ *upstream.Spec, _ *http1.Limits) {
			if err := os.Remove(ca); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			written(t, text)
			spec, limits := upstream.Spec{Name: "peer", Targets: []string{"https://127.0.0.1:1"}, CA: ca}, http1.ResponseDefaults()
			u, err := upstream.New(spec, limits, clock.New(time.Now), &buffer.Lender{})
			if err != nil {
				t.Fatal(err)
			}
			c.change(t, &spec, &limits)
			if got := u.MadeFrom(spec, limits); got != c.want {
				t.Errorf("it is kept: %v", got)
			}
		})
	}
}
