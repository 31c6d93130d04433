package account

import (
	"strings"
	"testing"
)

func TestCheckPassword(t *testing.T) {
	for name, c := range map[string]struct{ password, want string }{
		"enough":                     {"correct horse", ""},
		"twelve of any script":       {"пароль🐎🐎🐎🐎🐎🐎", ""},
		"blanks around":              {" ten letters ", ""},
		"the longest":                {strings.Repeat("é", maxPassword/2), ""},
		"none":                       {"", "a password has at least 12 characters, this one has 0"},
		"eleven of two bytes":        {strings.Repeat("é", 11), "a password has at least 12 characters, this one has 11"},
		"too long":                   {strings.Repeat("é", maxPassword/2) + "x", "a password has at most 1024 bytes, this one has 1025"},
		"no UTF-8":                   {"correct horse \xff", "the password is not UTF-8"},
		"with a line break":          {"correct horse\n", "a password has no control characters; this one has a tab, a line break or another"},
		"with a NUL":                 {"correct\x00horse", "a password has no control characters; this one has a tab, a line break or another"},
		"the address":                {"ada@example.com", "the password must not be the e-mail address"},
		"the address in large":       {"ADA@Example.com", "the password must not be the e-mail address"},
		"the address and some thing": {"ada@example.com1", ""},
	} {
		got := ""
		if err := CheckPassword(c.password, "ada@example.com"); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestPasswordText: every bit that counts shows, and what comes of it may be a password.
func TestPasswordText(t *testing.T) {
	var random [RandomBytes]byte
	for i := range random {
		random[i] = byte(i + 250)
	}
	text := PasswordText(random)
	if want := "tvwxy-z0123-45678-9abcd"; text != want {
		t.Errorf("%s, want %s", text, want)
	}
	if err := CheckPassword(text, "ada@example.com"); err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for b := range 32 {
		seen[PasswordText([RandomBytes]byte{0: byte(b)})[:1]] = true
	}
	if len(seen) != 32 {
		t.Errorf("a letter has %d values, not 32", len(seen))
	}
}
