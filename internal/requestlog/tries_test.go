package requestlog_test

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/upstream"
)

// Each reason for which a call is not sent again has its sentence, and one that a later Candor has written is told as it stands.
func TestNotRetriedText(t *testing.T) {
	t.Parallel()
	text := func(why string) string {
		return (&requestlog.Record{Upstream: &requestlog.Upstream{NotRetried: why}}).NotRetriedText()
	}
	for why, word := range upstream.RetriedWords() {
		again := upstream.Retried(why) == upstream.Healed || upstream.Retried(why) == upstream.FailedAgain
		if says := strings.HasPrefix(text(word), word+": "); says == again {
			t.Errorf("%s: %q", word, text(word))
		}
	}
	if got := text("applied"); got != "applied: it may have taken effect" {
		t.Errorf("%q", got)
	}
	if got := text("other"); got != "other" {
		t.Errorf("a word that is not known: %q", got)
	}
	if got := text("") + (&requestlog.Record{}).NotRetriedText(); got != "" {
		t.Errorf("nothing to tell: %q", got)
	}
}
