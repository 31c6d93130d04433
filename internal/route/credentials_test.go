package route

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

func TestCredentials(t *testing.T) {
	own := access.Kinds(0).With(access.OwnToken)
	keys := access.Kinds(0).With(another)
	for name, c := range map[string]struct{ got, want Credentials }{
		"nothing said":                 {Credentials{}.settled(), Credentials{Required, own}},
		"optional, no kind said":       {Credentials{Need: Optional}.settled(), Credentials{Optional, own}},
		"another kind alone":           {Credentials{Required, keys}.settled(), Credentials{Required, keys}},
		"a public route looks at none": {Credentials{Public, keys}.settled(), Credentials{Need: Public}},
		"the stricter need":            {Credentials{Optional, own}.with(Credentials{Required, own}), Credentials{Required, own}},
		"any kind of either":           {Credentials{Required, own}.with(Credentials{Optional, keys}), Credentials{Required, own | keys}},
		"beside what is public":        {Credentials{Need: Public}.with(Credentials{Optional, own}), Credentials{Optional, own}},
		"both public":                  {Credentials{Need: Public}.with(Credentials{Need: Public}), Credentials{Need: Public}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// TestCredentialsOfNothing: a call that finds no route shows what some route would take, by any of their kinds.
func TestCredentialsOfNothing(t *testing.T) {
	table := build(t, routesOf("a", "/a", needs("me", "/me", "bearer"), needs("you", "/you", "either"), needs("open", "/open")))
	want := Credentials{Required, access.Kinds(0).With(access.OwnToken).With(another)}
	for _, path := range []string{"/a/nothing", "/nothing"} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(path), &m)
		if m.Credentials != want {
			t.Errorf("%s: %v, want %v", path, m.Credentials, want)
		}
	}
}
