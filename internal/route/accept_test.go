package route

import "testing"

func TestAcceptWords(t *testing.T) {
	if AcceptAll != 1<<AcceptCount-1 {
		t.Errorf("AcceptAll is %b, want %d tolerances", AcceptAll, AcceptCount)
	}
	met := map[string]bool{"": true}
	for i, word := range AcceptWords() {
		if a := Accept(1) << i; met[word] || a.String() != word || !AcceptAll.Has(a) {
			t.Errorf("tolerance %d is %q, and called %q", i, word, a)
		}
		met[word] = true
	}
	if got := (DotSegments | QueryRaw | OverrideHeaders).String(); got != "query_raw, dot_segments, override_headers" {
		t.Errorf("a set is %q", got)
	}
	if got := Accept(0).String(); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
