package token

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

func TestOpen(t *testing.T) {
	keys := testKeys()
	old := keys.Active()
	genuine := func(kind Kind, issued int64) []byte { return keys.Mint(nil, kind, 9, issued, life, ID{1, 2, 3}) }
	refresh := genuine(Refresh, noon)
	if err := keys.Rotate(time.Unix(noon, 0)); err != nil {
		t.Fatal(err)
	}
	altered := func(cred []byte) []byte { cred[70] ^= 1; return cred }
	says := Opened{Key: keys.Active(), Grant: 9, ID: ID{1, 2, 3}, Issued: noon, Ends: noon + life}
	saysOld := says
	saysOld.Key = old
	late := says
	late.Issued, late.Ends = noon-life, noon
	for _, c := range []struct {
		name string
		kind Kind
		cred []byte
		want Opened
		why  Why
		at   int
	}{
		{"a code", Code, genuine(Code, noon), says, NoFault, 0},
		{"a refresh token", Refresh, genuine(Refresh, noon), says, NoFault, 0},
		{"an access token", Access, genuine(Access, noon), says, NoFault, 0},
		{"signed before a rotation", Refresh, refresh, saysOld, NoFault, 0},
		{"past its end", Code, genuine(Code, noon-life), late, NoFault, 0},
		{"another kind", Code, genuine(Refresh, noon), Opened{}, WrongKind, 0},
		{"relabelled", Code, append([]byte("cdr_ac_"), genuine(Refresh, noon)[prefixLen:]...), Opened{}, Altered, 0},
		{"altered", Refresh, altered(genuine(Refresh, noon)), Opened{}, Altered, 0},
		{"cut", Refresh, refresh[:40], Opened{}, Truncated, 41},
		{"with a line end", Refresh, append([]byte(nil), append(refresh[:Length-1:Length-1], '\n')...), Opened{}, NotB64, 71},
		{"nothing", Refresh, nil, Opened{}, NeverOurs, 0},
		{"from the future", Refresh, genuine(Refresh, noon+301), Opened{}, FromTheFuture, 0},
		{"of another Candor", Refresh, Memory(time.Unix(noon, 0)).Mint(nil, Refresh, 9, noon, life, ID{}), Opened{}, OtherKeys, 0},
	} {
		got, why, at := keys.Open(c.kind, c.cred, noon*int64(time.Second), new(Scratch))
		if diff := cmp.Diff(c.want, got); diff != "" || why != c.why || at != c.at {
			t.Errorf("%s: %v at %d, want %v at %d %s", c.name, why, at, c.why, c.at, diff)
		}
	}
}

// What is minted twice under one key is the same token, whatever was rotated in between.
func TestMintUnder(t *testing.T) {
	keys := testKeys()
	id := keys.Active()
	first := keys.Mint(nil, Refresh, 9, noon, life, ID{7})
	if err := keys.Rotate(time.Unix(noon, 0)); err != nil {
		t.Fatal(err)
	}
	again, ok := keys.MintUnder(nil, id, Refresh, 9, noon, life, ID{7})
	if !ok || string(again) != string(first) {
		t.Errorf("minted %q then %q", first, again)
	}
	if got, ok := keys.MintUnder([]byte("x"), 0, Refresh, 9, noon, life, ID{}); ok || string(got) != "x" {
		t.Errorf("under a key that is not there: %q, %v", got, ok)
	}
}

// A second exchange on a grant that is known gives it a later end of its refresh tokens; an earlier one takes nothing away.
func TestRefreshEndOnlyRises(t *testing.T) {
	v := stock(nil)
	known, _ := v.Grant(1)
	for _, c := range []struct{ said, want int64 }{{0, 0}, {noon + 5, noon + 5}, {noon, noon + 5}, {noon + 9, noon + 9}, {0, noon + 9}} {
		g := &access.Grant{ID: 1, App: 7}
		g.RefreshUntil(c.said)
		v.Load(Live{Grants: []*access.Grant{g}})
		if got := known.RefreshEnds(); got != c.want {
			t.Errorf("after %d: %d, want %d", c.said, got, c.want)
		}
	}
}
