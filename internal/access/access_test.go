package access

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGrantsDieOnce(t *testing.T) {
	g := &Grant{ID: 1, Member: &Member{ID: 7}}
	if g.Revoked() || g.Reason() != NotRevoked || g.MemberID() != 7 {
		t.Fatalf("a new grant is %v, %v, of member %d", g.Revoked(), g.Reason(), g.MemberID())
	}
	g.Revoke(ScopeChanged)
	g.Revoke(ByMember)
	if !g.Revoked() || g.Reason() != ScopeChanged {
		t.Errorf("after ScopeChanged, then ByMember: %v, %v", g.Revoked(), g.Reason())
	}
	if twoLegged := (&Grant{}); twoLegged.MemberID() != 0 {
		t.Errorf("a 2-legged grant is of member %d", twoLegged.MemberID())
	}
}

func TestApps(t *testing.T) {
	demo := &App{ID: 1, Name: "demo"}
	apps := Apps{nil, demo, nil}
	for id, want := range map[AppID]*App{0: nil, 1: demo, 2: nil, 3: nil, 1<<32 - 1: nil} {
		if got := apps.Get(id); got != want {
			t.Errorf("Get(%d) = %v, want %v", id, got, want)
		}
	}
	if apps.Named("demo") != demo || apps.Named("other") != nil {
		t.Error("Named does not find what is there, or finds what is not")
	}
}

func TestNamesOfThings(t *testing.T) {
	long := make([]byte, 129)
	for i := range long {
		long[i] = 'a'
	}
	for _, c := range []struct {
		check func(string) error
		name  string
		want  string
	}{
		{CheckName, "v2.people_id-1", ""},
		{CheckName, string(long[:64]), ""},
		{CheckName, "", "a name must not be empty"},
		{CheckName, string(long[:65]), "a name has at most 64 bytes, this one has 65"},
		{CheckName, "a b", `character ' ' at position 2 cannot stand in a name; use letters, digits, '.', '_' and '-'`},
		{CheckName, "a/b", `character '/' at position 2 cannot stand in a name; use letters, digits, '.', '_' and '-'`},
		{CheckScope, "https://x.example/read!", ""},
		{CheckScope, "", "a scope has 1 to 128 characters, this one has 0"},
		{CheckScope, `r"x`, `character '"' at position 2 cannot stand in a scope`},
		{CheckScope, "r,x", `character ',' at position 2 cannot stand in a scope`},
	} {
		got := ""
		if err := c.check(c.name); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestGrant: of several deaths the first counts, of several uses and ends the latest, and none disturbs another.
func TestGrant(t *testing.T) {
	var g Grant
	for _, at := range []int64{-1, 0, 1 << 40, 7} {
		g.RefreshUntil(at)
	}
	g.Use(600)
	g.Use(1300)
	g.Revoke(Reused)
	g.Revoke(ByMember)
	g.Use(60)
	if g.RefreshEnds() != 1<<32-1 || g.LastUse() != 1260 || !g.Revoked() || g.Reason() != Reused {
		t.Errorf("ends %d, used %d, %v", g.RefreshEnds(), g.LastUse(), g.Reason())
	}
	g.Use(1320)
	if g.LastUse() != 1320 || g.Reason() != Reused {
		t.Errorf("used %d, %v", g.LastUse(), g.Reason())
	}
	if size := reflect.TypeFor[Grant]().Size(); size > 80 {
		t.Errorf("a grant takes %d bytes; there may be millions", size)
	}
}
