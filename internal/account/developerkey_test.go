package account

import (
	"strings"
	"testing"
)

func TestDeveloperKeyText(t *testing.T) {
	text := DeveloperKeyText([DeveloperKeyBytes]byte{0xff, 0xef})
	if want := "cdr_dk__-8" + strings.Repeat("A", 40); text != want {
		t.Errorf("%q, want %q", text, want)
	}
	if DeveloperKeyHash(text) == DeveloperKeyHash(text+"A") {
		t.Error("two texts have one hash")
	}
}

func TestCheckKeyName(t *testing.T) {
	for name, want := range map[string]string{
		"ci":                    "",
		"Build.server_2-b":      "",
		strings.Repeat("x", 40): "",
		strings.Repeat("x", 41): "the name of a developer key has 1 to 40 characters, this one 41",
		"":                      "the name of a developer key has 1 to 40 characters, this one 0",
		"a/b":                   `the name of a developer key has letters, digits, '.', '_' and '-'; byte 2 of "a/b" is none of them`,
		"a b":                   `the name of a developer key has letters, digits, '.', '_' and '-'; byte 2 of "a b" is none of them`,
		"é":                     `the name of a developer key has letters, digits, '.', '_' and '-'; byte 1 of "é" is none of them`,
	} {
		got := ""
		if err := CheckKeyName(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
