package token

import (
	"strings"
	"testing"
	"time"
)

func TestReadUnproven(t *testing.T) {
	minted := func(kind Kind) string { return string(testKeys().Mint(nil, kind, 9, noon, life, ID{1, 2, 3})) }
	says := func(kind Kind) Claims { return Claims{Kind: kind, Issued: noon, Ends: noon + life} }
	for _, c := range []struct {
		name, cred string
		want       Claims
		why        Why
		at         int
	}{
		{"an access token", minted(Access), says(Access), NoFault, 0},
		{"a refresh token", minted(Refresh), says(Refresh), NoFault, 0},
		{"a code", minted(Code), says(Code), NoFault, 0},
		{"one of keys that are gone", string(Memory(time.Unix(noon, 0)).Mint(nil, Access, 9, noon, life, ID{})), says(Access), NoFault, 0},
		{"cut", minted(Refresh)[:40], Claims{Kind: Refresh}, Truncated, 41},
		{"its prefix alone", "cdr_ac_", Claims{Kind: Code}, Truncated, 8},
		{"with more behind", minted(Access) + "x", Claims{}, Overlong, 72},
		{"with a line end", minted(Access)[:70] + "\n", Claims{}, NotB64, 71},
		{"of another version", "cdr_at_" + strings.Repeat("_", 64), Claims{}, Altered, 0},
		{"with a life of nothing", "cdr_at_AQ" + strings.Repeat("A", 62), Claims{}, Altered, 0},
		{"another's", "ghp_0123456789", Claims{}, NeverOurs, 0},
		{"nothing", "", Claims{}, NeverOurs, 0},
	} {
		got, why, at := ReadUnproven([]byte(c.cred))
		if got != c.want || why != c.why || at != c.at {
			t.Errorf("%s: %+v, %v at %d, want %+v, %v at %d", c.name, got, why, at, c.want, c.why, c.at)
		}
	}
}
