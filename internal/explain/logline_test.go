package explain

import (
	"strings"
	"testing"
)

// A line of the access log tells how often its call was sent, and why it was left at that.
func TestTriedInALine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ fields, want string }{
		"once":             {`"status":503,"by":"upstream"`, ""},
		"again, in vain":   {`"status":503,"by":"upstream","attempts":3,"retried":["connection refused","503"]`, "  Tried     3 times, before this: connection refused, 503\n"},
		"over a dead one":  {`"status":503,"by":"upstream","attempts":2`, "  Tried     2 times\n"},
		"not again":        {`"status":503,"by":"upstream","not_retried":"applied"`, "  Tried     once; not again for applied: it may have taken effect\n"},
		"again, then not":  {`"status":503,"by":"gateway","problem":"service_unavailable","attempts":2,"retried":["503"],"not_retried":"left"`, "  Tried     2 times, before this: 503; not again for left: its client left while it waited for that\n"},
		"a word not known": {`"status":503,"by":"upstream","not_retried":"mood"`, "  Tried     once; not again for mood\n"},
	} {
		e, ok := Explain([]byte(`{"time":"2026-11-26T10:00:00Z","id":"01a2105d-5db4-7e54-9977-059df43e5d54",` + test.fields + `}`))
		if !ok {
			t.Errorf("%s: not taken for a line", name)
			continue
		}
		text := e.Text()
		if tells := strings.Contains(text, "Tried"); tells != (test.want != "") || !strings.Contains(text, test.want) {
			t.Errorf("%s: %q is not in\n%s", name, test.want, text)
		}
	}
}
