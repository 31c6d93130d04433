package access

import (
	"crypto/sha256"
	"testing"
)

func TestHasSecret(t *testing.T) {
	first, second := NewSecret("first", 100), NewSecret("second", 200)
	first.Ends = 300
	rotating := []Secret{first, second}
	for name, c := range map[string]struct {
		app    App
		secret string
		now    int64
		want   bool
	}{
		"the one in use":                   {App{Secrets: rotating}, "second", 250, true},
		"the one before, while it is good": {App{Secrets: rotating}, "first", 299, true},
		"the one before, at its end":       {App{Secrets: rotating}, "first", 300, false},
		"the one in use, much later":       {App{Secrets: rotating}, "second", 1 << 40, true},
		"another":                          {App{Secrets: rotating}, "third", 250, false},
		"a longer one":                     {App{Secrets: rotating}, "second ", 250, false},
		"none":                             {App{Secrets: rotating}, "", 250, false},
		"an app without secrets":           {App{}, "", 250, false},
		"the zero secret":                  {App{Secrets: []Secret{{}}}, "", 250, false},
		"a public app":                     {App{Secrets: rotating, Public: true}, "second", 250, false},
	} {
		if got := c.app.HasSecret(c.secret, c.now); got != c.want {
			t.Errorf("%s: HasSecret = %v, want %v", name, got, c.want)
		}
	}
	if first.Hash != sha256.Sum256([]byte("first")) || first.Created != 100 {
		t.Errorf("a secret is kept as %+v", first)
	}
}

func TestOrigins(t *testing.T) {
	if got := Configured.String() + " " + Created.String(); got != "configuration created" {
		t.Error(got)
	}
	if (&App{}).Origin != Configured {
		t.Error("an app is of the configuration unless something else is said")
	}
}

func TestSecretText(t *testing.T) {
	full := [SecretBytes]byte{}
	for i := range full {
		full[i] = 0xFF
	}
	for name, c := range map[string]struct {
		random [SecretBytes]byte
		want   string
	}{
		"the least":   {[SecretBytes]byte{}, "0000000000000000000000000000000000000000000"},
		"one":         {[SecretBytes]byte{31: 1}, "0000000000000000000000000000000000000000001"},
		"61":          {[SecretBytes]byte{31: 61}, "000000000000000000000000000000000000000000z"},
		"62":          {[SecretBytes]byte{31: 62}, "0000000000000000000000000000000000000000010"},
		"the largest": {full, "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"},
	} {
		if got := SecretText(c.random); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
