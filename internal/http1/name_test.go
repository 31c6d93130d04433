package http1

import (
	"strings"
	"testing"
)

// TestNames finds every well-known name in any case, and none that differs in a byte.
func TestNames(t *testing.T) {
	taken := map[uint32]Name{}
	for id := Other + 1; id < NameCount; id++ {
		name := id.String()
		if name == "" || name != strings.ToLower(name) || len(name) > maxName {
			t.Errorf("name %d is %q", id, name)
			continue
		}
		at := slot(name[0], name[3*len(name)/4], len(name))
		if other := taken[at]; other != Other {
			t.Errorf("%s and %s share a slot: choose another slotFactor", name, other)
		}
		taken[at] = id
		for _, spelled := range []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
			if got := lookup([]byte(spelled)); got != id {
				t.Errorf("Lookup(%q) = %s", spelled, got)
			}
		}
		if got := LookupLike([]byte(strings.ReplaceAll(name, "-", "_"))); got != id {
			t.Errorf("LookupLike(%s with underscores) = %s", name, got)
		}
		for i := range len(name) {
			wrong := []byte(name)
			wrong[i] ^= 0x01
			nearby := lookup(wrong)
			wrong[i] ^= 0x41 // what 0x20 hides
			if control := lookup(wrong); nearby != Other || control != Other {
				t.Errorf("%s: wrong at %d: %s, %s", name, i, nearby, control)
			}
		}
	}
	for _, name := range []string{"", "x", "content\rlength", "content_length", strings.Repeat("a", 33)} {
		if got := lookup([]byte(name)); got != Other {
			t.Errorf("Lookup(%q) = %s", name, got)
		}
	}
	if got := NameCount.String(); got != "" {
		t.Errorf("NameCount is named %q", got)
	}
}

func TestSameName(t *testing.T) {
	tests := []struct {
		a, b string
		same bool
	}{
		{"", "", true},
		{"Host", "hOST", true},
		{"Host", "Hosts", false},
		{"X_Request-ID", "x-request_id", true},
		{"a@b", "a`b", false},
		{"\xc4", "\xe4", false},
	}
	for _, test := range tests {
		if got := SameName([]byte(test.a), test.b); got != test.same {
			t.Errorf("SameName(%q, %q) = %v", test.a, test.b, got)
		}
	}
}
