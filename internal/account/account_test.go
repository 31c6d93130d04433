package account

import "testing"

// TestRoles: a set is kept as words, and read again; what is no role is nothing.
func TestRoles(t *testing.T) {
	for text, want := range map[string]Roles{
		"":                          0,
		"member":                    Roles(0).With(Member),
		"member operator":           Roles(0).With(Member).With(Operator),
		"developer":                 Roles(0).With(Developer),
		"member developer operator": Roles(0).With(Member).With(Developer).With(Operator),
	} {
		if got := ParseRoles(text); got != want || got.String() != text {
			t.Errorf("%q: %v, %q", text, got, got)
		}
	}
	if got := ParseRoles("astronaut  member"); got.String() != "member" || got.Has(Operator) {
		t.Errorf("%v", got)
	}
}

func TestAddress(t *testing.T) {
	for email, want := range map[string]string{"ada@example.com": "ada@example.com", "a@b (https://login.example.com)": "", "": ""} {
		if got := (&Account{Email: email}).Address(); got != want {
			t.Errorf("%q: %q", email, got)
		}
	}
}
