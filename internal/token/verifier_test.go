package token

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/access"
)

// The clock of these tests: 2026-03-01 12:00:00 UTC.
const noon = 1772366400

const (
	day  = 86400
	life = 60 * day
)

func at(sec int64) int64 { return sec * int64(time.Second) }

// zeros is a source of keys that are always the same.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func testKeys() *Keyring { return newMemory(zeros{}, time.Unix(noon-100*day, 0)) }

// stock is a verifier with a grant in each state: 1 good, 2 revoked, 3 of a restricted member, 4 two-legged.
func stock(store Store) *Verifier {
	v := NewVerifier(testKeys(), store)
	v.Put(&access.Grant{ID: 1, App: 7, Member: &access.Member{ID: 11, Subject: "ada"}, ScopeText: "openid"})
	v.Put(&access.Grant{ID: 2, App: 7, Member: &access.Member{ID: 12, Subject: "bob"}})
	v.Put(&access.Grant{ID: 3, App: 7, Member: &access.Member{ID: 13, Subject: "eve"}})
	v.Put(&access.Grant{ID: 4, App: 7})
	v.Revoke(2, access.ByMember)
	v.Restrict(13, true)
	return v
}

func (v *Verifier) mint(kind Kind, grant access.GrantID, issued int64) []byte {
	return v.keys.Mint(nil, kind, grant, issued, life, [12]byte{1, 2, 3})
}

func (v *Verifier) verify(cred []byte, now int64) (r Result) {
	v.Verify(cred, now, new(Scratch), &r)
	return r
}

func TestFormat(t *testing.T) {
	got := string(testKeys().Mint([]byte("Bearer "), Access, 0x0102030405060708, noon, life, [12]byte{0: 0xA0, 11: 0xAF}))
	// Made by another program from the words of the package comment.
	want := "Bearer cdr_at_AQABAGmkKkAATxoAAQIDBAUGBwigAAAAAAAAAAAAAK_xmmjygc0Q1aduQQs0Vyp7"
	if got != want {
		t.Errorf("minted %s\nwant   %s", got, want)
	}
	var raw [rawLen]byte
	copy(raw[:], facts{key: 513, issued: 1<<40 - 1, life: 1<<32 - 1, grant: 1<<64 - 1, id: ID{5}}.append(nil))
	if diff := cmp.Diff(facts{key: 513, issued: 1<<40 - 1, life: 1<<32 - 1, grant: 1<<64 - 1, id: ID{5}},
		parseFacts(&raw), cmp.AllowUnexported(facts{})); diff != "" {
		t.Error(diff)
	}
}

// credentials are named as the contract names what is wrong with them, in its order.
var credentials = []struct {
	name string
	cred func(v *Verifier) []byte
	want Result
}{
	{"good", func(v *Verifier) []byte { return v.mint(Access, 1, noon-1) }, Result{State: Good}},
	{"good, of the app alone", func(v *Verifier) []byte { return v.mint(Access, 4, noon-1) }, Result{State: Good}},
	{"good in its last second", func(v *Verifier) []byte { return v.mint(Access, 1, noon-life+1) }, Result{State: Good}},
	{"issued by a clock a little ahead", func(v *Verifier) []byte { return v.mint(Access, 1, noon+300) }, Result{State: Good}},
	{"empty", func(*Verifier) []byte { return nil }, Result{Why: NeverOurs}},
	{"not b64token", func(*Verifier) []byte { return []byte(`"cdr_at_abc"`) }, Result{Why: NotB64, At: 1}},
	{"blank inside", func(v *Verifier) []byte { return append(v.mint(Access, 1, noon), " x"...) }, Result{Why: NotB64, At: 72}},
	{"= in the middle", func(*Verifier) []byte { return []byte("cdr=at") }, Result{Why: NotB64, At: 5}},
	{"= first", func(*Verifier) []byte { return []byte("=") }, Result{Why: NotB64, At: 1}},
	{"beyond ASCII", func(*Verifier) []byte { return []byte("cdr_\xc3\xa9") }, Result{Why: NotB64, At: 5}},
	{"somebody else's", func(*Verifier) []byte { return []byte("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln") }, Result{Why: NeverOurs}},
	{"cut in the prefix", func(*Verifier) []byte { return []byte("cdr_a") }, Result{Why: Truncated, At: 6}},
	{"cut", func(v *Verifier) []byte { return v.mint(Access, 1, noon)[:40] }, Result{Why: Truncated, At: 41}},
	{"twice", func(v *Verifier) []byte { c := v.mint(Access, 1, noon); return append(c, c...) }, Result{Why: Overlong, At: 72}},
	{"padded", func(v *Verifier) []byte { return append(v.mint(Access, 1, noon), '=') }, Result{Why: Altered, At: 72}},
	{"in the other base64", func(v *Verifier) []byte { c := v.mint(Access, 1, noon); c[50] = '+'; return c }, Result{Why: Altered, At: 51}},
	{"altered", func(v *Verifier) []byte { c := v.mint(Access, 1, noon); c[70] ^= 1; return c }, Result{Why: Altered}},
	{"a later format", func(*Verifier) []byte { return []byte("cdr_at_AgAB" + strings.Repeat("A", 60)) }, Result{Why: Altered}},
	{"refresh token", func(v *Verifier) []byte { return v.mint(Refresh, 1, noon) }, Result{Why: WrongKind}},
	{"code", func(v *Verifier) []byte { return v.mint(Code, 1, noon) }, Result{Why: WrongKind}},
	{"refresh token relabelled", func(v *Verifier) []byte { c := v.mint(Refresh, 1, noon); copy(c, "cdr_at_"); return c }, Result{Why: Altered}},
	{"of another Candor", func(*Verifier) []byte {
		return (&Verifier{keys: newMemory(strings.NewReader(strings.Repeat("x", 34)), time.Unix(noon, 0))}).mint(Access, 1, noon)
	}, Result{Why: OtherKeys}},
	{"from the future", func(v *Verifier) []byte { return v.mint(Access, 1, noon+301) }, Result{Why: FromTheFuture}},
	{"unknown grant, memory only", func(v *Verifier) []byte { return v.mint(Access, 99, noon) }, Result{Why: NeverOurs}},
	{"expired", func(v *Verifier) []byte { return v.mint(Access, 1, noon-life) }, Result{State: Expired}},
	{"expired, revoked", func(v *Verifier) []byte { return v.mint(Access, 2, noon-life) }, Result{State: Expired}},
	{"expired, restricted", func(v *Verifier) []byte { return v.mint(Access, 3, noon-life) }, Result{State: Expired}},
	{"expired, of nobody", func(v *Verifier) []byte { return v.mint(Access, 99, noon-life) }, Result{State: Expired}},
	{"revoked grant", func(v *Verifier) []byte { return v.mint(Access, 2, noon) }, Result{State: Revoked}},
	{"revoked grant, restricted", func(v *Verifier) []byte {
		v.Revoke(3, access.ScopeChanged)
		return v.mint(Access, 3, noon)
	}, Result{State: Revoked}},
	{"revoked token", func(v *Verifier) []byte {
		v.RevokeToken(ID{1, 2, 3}, noon+life)
		return v.mint(Access, 1, noon)
	}, Result{State: Revoked}},
	{"restricted member", func(v *Verifier) []byte { return v.mint(Access, 3, noon) }, Result{State: Restricted}},
}

// onlyVerdict compares what varies; TestFacts compares the rest.
var onlyVerdict = cmpopts.IgnoreFields(Result{}, "Genuine", "Grant", "ID", "Token", "Issued", "ExpiredAt")

func TestVerify(t *testing.T) {
	for _, c := range credentials {
		t.Run(c.name, func(t *testing.T) {
			v := stock(nil)
			cred := c.cred(v)
			got := v.verify(cred, at(noon))
			if again := v.verify(cred, at(noon)); again != got { // now it is remembered, where it is genuine
				t.Errorf("the second time: %+v, the first: %+v", again, got)
			}
			if diff := cmp.Diff(c.want, got, onlyVerdict); diff != "" {
				t.Error(diff)
			}
			if (got.State == Good) != (got.Why == NoFault && got.State == Good && got.Grant != nil) {
				t.Errorf("%v with grant %v", got.State, got.Grant)
			}
		})
	}
}

// TestLineEnds: base64's decoder skips line ends, so that what it wrote of the token before would stand in the place of what is lacking.
func TestLineEnds(t *testing.T) {
	for _, end := range []byte("\r\n") {
		v := stock(nil)
		var s Scratch
		var r Result
		cred := v.mint(Access, 1, noon)
		if _, why := s.open(v.keys.set.Load(), Access, cred, at(noon)); why != NoFault {
			t.Fatal(why)
		}
		cred[Length-1] = end
		v.Verify(cred, at(noon), &s, &r)
		if diff := cmp.Diff(Result{Why: NotB64, At: Length}, r); diff != "" {
			t.Errorf("%q (-want +got):\n%s", end, diff)
		}
	}
}

func TestFacts(t *testing.T) {
	v := stock(nil)
	for _, c := range []struct {
		name  string
		grant access.GrantID
		issue int64
		state State
	}{
		{"good", 1, noon - 5, Good},
		{"expired", 1, noon - life, Expired},
		{"revoked", 2, noon - 5, Revoked},
		{"restricted", 3, noon - 5, Restricted},
		{"expired, of nobody", 99, noon - life, Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := v.Grant(c.grant)
			want := Result{State: c.state, Genuine: true, Grant: g, ID: c.grant, Token: ID{1, 2, 3}, Issued: c.issue, ExpiredAt: c.issue + life}
			if got := v.verify(v.mint(Access, c.grant, c.issue), at(noon)); got != want {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

// TestGenuine: what bears our MAC was not guessed, whatever is wrong with it.
func TestGenuine(t *testing.T) {
	forged := map[string]bool{
		"empty": true, "not b64token": true, "= in the middle": true, "= first": true, "beyond ASCII": true, "somebody else's": true,
		"cut in the prefix": true, "cut": true, "in the other base64": true, "altered": true, "a later format": true,
		"refresh token relabelled": true, "of another Candor": true,
	}
	for _, c := range credentials {
		v := stock(nil)
		if got := v.verify(c.cred(v), at(noon)); got.Genuine == forged[c.name] {
			t.Errorf("%s: genuine is %v", c.name, got.Genuine)
		}
	}
	v := stock(nil)
	cred := v.mint(Refresh, 1, noon)
	cred[60] ^= 1
	if v.verify(cred, at(noon)).Genuine {
		t.Error("an altered refresh token passes for a genuine one")
	}
}

// asked is a store that must not be asked.
type asked struct{ t *testing.T }

func (a asked) Grant(context.Context, access.GrantID) (*access.Grant, error) {
	a.t.Error("the store was asked")
	return nil, ErrNotFound
}

func TestOnlyAGenuineTokenInTimeIsUnknown(t *testing.T) {
	for _, c := range credentials {
		v := stock(asked{t})
		cred := c.cred(v)
		want := c.want
		if c.name == "unknown grant, memory only" {
			want = Result{State: Unknown}
		}
		if diff := cmp.Diff(want, v.verify(cred, at(noon)), onlyVerdict); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestNoAllocs(t *testing.T) {
	for _, c := range credentials {
		t.Run(c.name, func(t *testing.T) {
			v := stock(asked{t})
			cred := c.cred(v)
			var s Scratch
			var r Result
			v.Verify(cred, at(noon), &s, &r)
			if n := testing.AllocsPerRun(100, func() { v.Verify(cred, at(noon), &s, &r) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
	t.Run("over eleven keys", func(t *testing.T) {
		v := stock(nil)
		creds := [][]byte{v.mint(Access, 1, noon)}
		for i := range 10 {
			if err := v.keys.Rotate(time.Unix(noon+int64(i), 0)); err != nil {
				t.Fatal(err)
			}
			creds = append(creds, v.mint(Access, 1, noon))
		}
		var s Scratch
		var r Result
		all := func() {
			for _, cred := range creds {
				v.Verify(cred, at(noon), &s, &r)
				if r.State != Good {
					t.Fatal(r)
				}
			}
		}
		if n := testing.AllocsPerRun(10, all); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func TestScratchKeepsABoundedNumberOfKeys(t *testing.T) {
	v := stock(nil)
	var s Scratch
	var r Result
	for i := range 3 * maxMACs {
		if err := v.keys.Rotate(time.Unix(noon+int64(i), 0)); err != nil {
			t.Fatal(err)
		}
		v.Verify(v.mint(Access, 1, noon), at(noon), &s, &r)
		if r.State != Good || len(s.macs) > maxMACs {
			t.Fatalf("key %d: %v with %d kept", i, r.State, len(s.macs))
		}
	}
}

func TestSweep(t *testing.T) {
	v := stock(nil)
	v.RevokeToken(ID{1}, noon)
	v.RevokeToken(ID{2}, noon+1)
	if n := v.Sweep(at(noon)); n != 1 {
		t.Errorf("swept %d, want the one that has ended", n)
	}
	if _, kept := v.revoked.Load(ID{2}); !kept {
		t.Error("a token that can still be sent was forgotten")
	}
	v.Put(&access.Grant{ID: 21})
	cred := v.keys.Mint(nil, Access, 21, noon, life, ID{2})
	got := []State{v.verify(cred, at(noon)).State}
	v.Sweep(at(noon + 1))
	got = append(got, v.verify(cred, at(noon)).State)
	v.RevokeToken(ID{2}, noon+life)
	got = append(got, v.verify(cred, at(noon)).State)
	if diff := cmp.Diff([]State{Revoked, Good, Revoked}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPutKeepsOneMember(t *testing.T) {
	v := stock(nil)
	g := v.Put(&access.Grant{ID: 20, App: 8, Member: &access.Member{ID: 11, Subject: "ada"}})
	v.Restrict(11, true)
	first, _ := v.Grant(1)
	if g.Member != first.Member || v.verify(v.mint(Access, 20, noon), at(noon)).State != Restricted {
		t.Error("a member's restriction does not hold for all of its grants")
	}
	again := &access.Grant{ID: 20, App: 8}
	again.Revoke(access.ScopeChanged)
	if got := v.Put(again); got != g || g.Reason() != access.ScopeChanged {
		t.Errorf("put again: %p is not %p, or not revoked", got, g)
	}
}

func TestLoad(t *testing.T) {
	v := stock(nil)
	dead := &access.Grant{ID: 1}
	dead.Revoke(access.ByMember)
	free := &access.Grant{ID: 3, Member: &access.Member{ID: 13}}
	v.Load(Live{Grants: []*access.Grant{dead, free, {ID: 30}}, Tokens: []RevokedToken{{ID{9}, noon + 1}}})
	var got []State
	for _, id := range []access.GrantID{1, 3, 30} {
		got = append(got, v.verify(v.mint(Access, id, noon), at(noon)).State)
	}
	got = append(got, v.verify(v.keys.Mint(nil, Access, 4, noon, life, ID{9}), at(noon)).State)
	if diff := cmp.Diff([]State{Revoked, Good, Good, Revoked}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryConstantHasAName(t *testing.T) {
	for s := Invalid; s <= Failed; s++ {
		if s.String() == "" {
			t.Errorf("state %d has no name", s)
		}
	}
	for w := NoFault; w <= FromTheFuture; w++ {
		if w.String() == "" {
			t.Errorf("why %d has no name", w)
		}
	}
	for k := range Kind(kinds) {
		if len(k.String()) != prefixLen {
			t.Errorf("kind %d has prefix %q", k, k)
		}
	}
}

// TestUses: when a grant was used last is known here to a minute, whatever the store still believes.
func TestUses(t *testing.T) {
	v := stock(nil)
	g, _ := v.Grant(1)
	g.Use(noon)
	g.Use(noon + 59)
	g.Use(noon - 600)
	if at := v.LastUse(&access.Grant{ID: 1}); at != noon {
		t.Errorf("used at %d", at)
	}
	g.Use(noon + 60)
	v.Put(&access.Grant{ID: 1})
	stored := &access.Grant{ID: 9}
	stored.Use(noon)
	if at := v.LastUse(g); at != noon+60 {
		t.Errorf("used at %d", at)
	}
	if at := v.LastUse(stored); at != noon {
		t.Errorf("of one that is not here: %d", at)
	}
	for since, want := range map[int64]int{noon: 1, noon + 61: 0} {
		n := 0
		for range v.Used(since) {
			n++
		}
		if n != want {
			t.Errorf("since %d: %d", since, n)
		}
	}
}
