package route

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

func TestCredentials(t *testing.T) {
	own := access.Kinds(0).With(access.OwnToken)
	keys := access.Kinds(0).With(another)
	for name, c := range map[string]struct{ got, want Credentials }{
		"nothing said":                 {Credentials{}.settled(), Credentials{Need: Required, Kinds: own}},
		"optional, no kind said":       {Credentials{Need: Optional}.settled(), Credentials{Need: Optional, Kinds: own}},
		"another kind alone":           {Credentials{Need: Required, Kinds: keys}.settled(), Credentials{Need: Required, Kinds: keys}},
		"a public route looks at none": {Credentials{Need: Public, Kinds: keys}.settled(), Credentials{Need: Public}},
		"the stricter need":            {Credentials{Need: Optional, Kinds: own}.with(Credentials{Need: Required, Kinds: own}), Credentials{Need: Required, Kinds: own}},
		"any kind of either":           {Credentials{Need: Required, Kinds: own}.with(Credentials{Need: Optional, Kinds: keys}), Credentials{Need: Required, Kinds: own | keys}},
		"beside what is public":        {Credentials{Need: Public}.with(Credentials{Need: Optional, Kinds: own}), Credentials{Need: Optional, Kinds: own}},
		"issuers of either":            {Credentials{Issuers: 1}.with(Credentials{Issuers: 4}), Credentials{Issuers: 5}},
		"both public":                  {Credentials{Need: Public}.with(Credentials{Need: Public}), Credentials{Need: Public}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// TestTakesAll: whoever takes the tokens of one issuer does not take those of another.
func TestTakesAll(t *testing.T) {
	external := access.Kinds(0).With(access.ExternalToken)
	for name, c := range map[string]struct {
		a, b Credentials
		want bool
	}{
		"the same":           {Credentials{Kinds: external, Issuers: 3}, Credentials{Kinds: external, Issuers: 3}, true},
		"one of two":         {Credentials{Kinds: external, Issuers: 3}, Credentials{Kinds: external, Issuers: 2}, true},
		"another issuer":     {Credentials{Kinds: external, Issuers: 1}, Credentials{Kinds: external, Issuers: 2}, false},
		"ours beside theirs": {Credentials{Kinds: external, Issuers: 1}, Credentials{Kinds: external.With(access.OwnToken), Issuers: 1}, false},
	} {
		if got := c.a.takesAll(c.b); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestCredentialsOfNothing: a call that finds no route shows what some route would take, by any of their kinds.
func TestCredentialsOfNothing(t *testing.T) {
	table := build(t, routesOf("a", "/a", needs("me", "/me", "bearer"), needs("you", "/you", "either"), needs("open", "/open")))
	want := Credentials{Need: Required, Kinds: access.Kinds(0).With(access.OwnToken).With(another)}
	for _, path := range []string{"/a/nothing", "/nothing"} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(path), &m)
		if m.Credentials != want {
			t.Errorf("%s: %v, want %v", path, m.Credentials, want)
		}
	}
}
