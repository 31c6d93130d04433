package ascii_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/candor-gateway/candor/internal/ascii"
)

// TestBytes holds every byte against the standard library, which knows no case of a byte above 0x7f that is no rune.
func TestBytes(t *testing.T) {
	t.Parallel()
	for i := range 256 {
		c, r := byte(i), rune(i)
		inASCII := r <= unicode.MaxASCII
		lower, upper := c, c
		if inASCII {
			lower, upper = byte(unicode.ToLower(r)), byte(unicode.ToUpper(r))
		}
		value, err := strconv.ParseUint(string(r), 16, 8)
		if err != nil {
			value = ascii.NoDigit
		}
		for name, test := range map[string]struct{ got, want any }{
			"Lower":       {ascii.Lower(c), lower},
			"Upper":       {ascii.Upper(c), upper},
			"IsDigit":     {ascii.IsDigit(c), inASCII && unicode.IsDigit(r)},
			"IsLetter":    {ascii.IsLetter(c), inASCII && unicode.IsLetter(r)},
			"IsAlnum":     {ascii.IsAlnum(c), inASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))},
			"IsHex":       {ascii.IsHex(c), err == nil},
			"Unhex":       {ascii.Unhex(c), byte(value)},
			"IsTokenByte": {ascii.IsTokenByte(c), inASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("!#$%&'*+-.^_`|~", r))},
		} {
			if test.got != test.want {
				t.Errorf("%s(%q) = %v, want %v", name, c, test.got, test.want)
			}
		}
	}
}

func TestIsToken(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"": false, "GET": true, "a b": false, "a:": false, "!#$%&'*+-.^_`|~": true, "\xe4": false, "a\x00": false, "é": false} {
		if got := ascii.IsToken(s); got != want {
			t.Errorf("IsToken(%q) = %v", s, got)
		}
		if got := ascii.IsToken([]byte(s)); got != want {
			t.Errorf("IsToken(bytes of %q) = %v", s, got)
		}
	}
}

func TestEqualFold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"a", "", false},
		{"keep-ALIVE", "Keep-alive", true},
		{"a[", "a{", false}, // 0x20 apart, and no letters
		{"@", "`", false},
		{"K", "\u212a", false}, // the Kelvin sign, which Unicode folds to k
		{"\xc4", "\xe4", false},
	}
	for _, test := range tests {
		if got := ascii.EqualFold([]byte(test.a), test.b); got != test.want {
			t.Errorf("EqualFold(%q, %q) = %v", test.a, test.b, got)
		}
	}
}

func TestUnescape(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in string
		c  byte
		ok bool
	}{
		{"%41", 'A', true},
		{"%fFx", 0xff, true},
		{"%00", 0, true},
		{"", 0, false},
		{"%", 0, false},
		{"%4", 0, false},
		{"a41", 0, false},
		{"%4g", 0, false},
		{"%g4", 0, false},
		{"%+4", 0, false},
	}
	for _, test := range tests {
		if c, ok := ascii.Unescape(test.in); ok != test.ok || ok && c != test.c {
			t.Errorf("Unescape(%q) = %q, %v", test.in, c, ok)
		}
	}
}

// FuzzUnescape holds it against net/url: the first escape of a text, and whether it is one.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{"%41", "%zz", "%4", "abc", "%2525"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, ok := ascii.Unescape(b)
		want, err := url.PathUnescape(string(b[:min(3, len(b))]))
		if escaped := err == nil && len(b) >= 3 && b[0] == '%'; ok != escaped || ok && want != string([]byte{c}) {
			t.Errorf("Unescape(%q) = %q, %v; net/url has %q, %v", b, c, ok, want, err)
		}
	})
}

// FuzzEqualFold holds it against strings, where both texts are ASCII; where one is not, only equal bytes are equal but for the case of letters.
func FuzzEqualFold(f *testing.F) {
	f.Add("Bearer", "bEARER")
	f.Add("a[", "a{")
	f.Add("K", "\u212a")
	f.Fuzz(func(t *testing.T, a, b string) {
		if got, want := ascii.EqualFold(a, []byte(b)), strings.EqualFold(latin(a), latin(b)); got != want {
			t.Errorf("EqualFold(%q, %q) = %v", a, b, got)
		}
	})
}

// latin spells each byte above 0x7f as a rune without case.
func latin(s string) string {
	var out strings.Builder
	for i := range len(s) {
		r := rune(s[i])
		if r > unicode.MaxASCII {
			r += 0x4e00 // an ideograph
		}
		out.WriteRune(r)
	}
	return out.String()
}
