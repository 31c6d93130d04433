package upstream

import "testing"

func TestLenientWords(t *testing.T) {
	if LenientAll != 1<<LenientCount-1 {
		t.Errorf("LenientAll is %b, want %d kinds", LenientAll, LenientCount)
	}
	met := map[string]bool{"": true}
	for i, word := range LenientWords() {
		if l := Lenient(1) << i; met[word] || l.String() != word || !LenientAll.Has(l) {
			t.Errorf("kind %d is %q, and called %q", i, word, l)
		}
		met[word] = true
	}
	if got := (ObsFold | BareLF).String(); got != "bare_lf, obs_fold" {
		t.Errorf("a set is %q", got)
	}
}
