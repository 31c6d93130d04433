package server

import "testing"

// TestSingly: whoever takes back tokens of one grant without end loses it, and no memory of ours.
func TestSingly(t *testing.T) {
	var s singly
	for n := range mostSingly {
		if s.tooMany(7) || n == 0 && s.tooMany(8) {
			t.Fatalf("the %d. is too many", n+1)
		}
	}
	if !s.tooMany(7) || s.tooMany(8) {
		t.Error("the one after the last is not too many, or one of another grant is")
	}
	if s.tooMany(7) {
		t.Error("of a grant that is gone is counted on")
	}
}
