package requestlog

import (
	"strings"
	"testing"
	"time"
)

// TestDebug: a token is good until its end, by the key that made it, byte for byte.
func TestDebug(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	d, other := NewDebug([32]byte{1}), NewDebug([32]byte{2})
	if d.Waits(at.UnixNano()) {
		t.Error("none was made, and one can be good")
	}
	made := d.Mint(at.Add(time.Minute))
	d.Mint(at.Add(time.Second))
	altered := []byte(made)
	altered[len(made)-1] ^= 1
	for name, c := range map[string]struct {
		of   *Debug
		text string
		at   time.Time
		want bool
	}{
		"good":              {d, made, at, true},
		"its last moment":   {d, made, at.Add(time.Minute - 1), true},
		"at its end":        {d, made, at.Add(time.Minute), false},
		"of another key":    {other, made, at, false},
		"altered":           {d, string(altered), at, false},
		"later by hand":     {d, other.Mint(at.Add(time.Hour)), at, false},
		"cut":               {d, made[:len(made)-1], at, false},
		"overlong":          {d, made + "A", at, false},
		"in capitals":       {d, strings.ToUpper(made), at, false},
		"no base64":         {d, made[:len(made)-1] + "!", at, false},
		"nothing":           {d, "", at, false},
		"the prefix, alone": {d, DebugPrefix, at, false},
	} {
		if got := c.of.Good([]byte(c.text), c.at.UnixNano()); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if !d.Waits(at.Add(time.Minute-1).UnixNano()) || d.Waits(at.Add(time.Minute).UnixNano()) {
		t.Error("it waits for others than the last to end")
	}
}
