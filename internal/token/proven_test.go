package token

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/access"
)

// numberedID is the id of token n.
func numberedID(n int) (id ID) {
	binary.BigEndian.PutUint64(id[:], uint64(n)+1)
	return id
}

// crammed is a stock with one set for all tokens, and so many of grant 1.
func crammed(n int) (v *Verifier, creds [][]byte) {
	v = stock(nil)
	v.proven = newProven(1)
	for i := range n {
		creds = append(creds, v.keys.Mint(nil, Access, 1, noon, life, numberedID(i)))
	}
	return v, creds
}

func (v *Verifier) remembers(cred []byte, now int64) bool {
	set := v.proven.set(cred)
	_, ok := set.find(v.keys.set.Load(), now)
	return ok
}

// TestTwoThatMeetBothStay, and of more than fit most calls still find theirs.
func TestTwoThatMeetBothStay(t *testing.T) {
	for _, c := range []struct{ tokens, least int }{{1, 99}, {2, 198}, {3, 150}, {8, 100}} {
		v, creds := crammed(c.tokens)
		found := 0
		for range 100 {
			for _, cred := range creds {
				if v.remembers(cred, at(noon)) {
					found++
				}
				if r := v.verify(cred, at(noon)); r.State != Good {
					t.Fatal(r)
				}
			}
		}
		if found < c.least {
			t.Errorf("of %d tokens in one set, %d of %d calls found theirs", c.tokens, found, 100*c.tokens)
		}
	}
	v, creds := crammed(40)
	for range 2 * placeEvery {
		for _, cred := range creds[:2] {
			v.verify(cred, at(noon))
		}
	}
	late := creds[39]
	for range 2 * placeEvery {
		v.verify(late, at(noon))
	}
	if !v.remembers(late, at(noon)) {
		t.Error("a token that came late is never remembered")
	}
}

// TestForgedTokensPushNothingOut: only what was proven is remembered.
func TestForgedTokensPushNothingOut(t *testing.T) {
	v, creds := crammed(2)
	for _, cred := range creds {
		v.verify(cred, at(noon))
	}
	forged := bytes.Clone(creds[0])
	for i := range 10 * placeEvery {
		forged[60] = "ABCDEFGH"[i%8]
		if v.verify(forged, at(noon)).Genuine && !bytes.Equal(forged, creds[0]) {
			t.Fatal("a forged token passes")
		}
	}
	if !v.remembers(creds[0], at(noon)) || !v.remembers(creds[1], at(noon)) {
		t.Error("a forged token has pushed out a good one")
	}
}

// TestRememberedIsJudgedAtEachCall: what has become of a remembered token is told as if it were seen for the first time.
func TestRememberedIsJudgedAtEachCall(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(v *Verifier)
		now  int64
		want State
		why  Why
	}{
		{"nothing happened", func(*Verifier) {}, noon, Good, NoFault},
		{"its end", func(*Verifier) {}, noon + life, Expired, NoFault},
		{"a clock that was set back", func(*Verifier) {}, noon - 301, Invalid, FromTheFuture},
		{"its grant was revoked", func(v *Verifier) { v.Revoke(1, access.ByMember) }, noon, Revoked, NoFault},
		{"it was revoked alone", func(v *Verifier) { v.RevokeToken(numberedID(0), noon+life) }, noon, Revoked, NoFault},
		{"its member was restricted", func(v *Verifier) { v.Restrict(11, true) }, noon, Restricted, NoFault},
		{"its member was restricted, and no longer is", func(v *Verifier) { v.Restrict(11, true); v.Restrict(11, false) }, noon, Good, NoFault},
		{"its key was succeeded", func(v *Verifier) { v.rotate(noon) }, noon, Good, NoFault},
		{"its key was retired too long ago", func(v *Verifier) { v.rotate(noon) }, noon + int64(keepRetired/time.Second) + 1, Invalid, OtherKeys},
		{"its key is gone", func(v *Verifier) { v.keys.set.Store(newKeyset([]*key{derive(9, time.Unix(noon, 0), [32]byte{1})})) }, noon, Invalid, OtherKeys},
		{"its key has another root", func(v *Verifier) {
			v.keys.set.Store(newKeyset([]*key{derive(v.keys.Active(), time.Unix(noon, 0), [32]byte{1})}))
		}, noon, Invalid, Altered},
		{"its key was read again", func(v *Verifier) {
			old := v.keys.set.Load().active
			v.keys.set.Store(newKeyset([]*key{derive(old.id, old.created, old.root)}))
		}, noon, Good, NoFault},
	} {
		v, creds := crammed(1)
		if r := v.verify(creds[0], at(noon)); r.State != Good || !v.remembers(creds[0], at(noon)) {
			t.Fatal(r)
		}
		c.do(v)
		got := v.verify(creds[0], at(c.now))
		v.proven = newProven(1)
		if first := v.verify(creds[0], at(c.now)); got != first || got.State != c.want || got.Why != c.why {
			t.Errorf("%s: %+v, for the first time %+v; want %v, %v", c.name, got, first, c.want, c.why)
		}
	}
}

func (v *Verifier) rotate(now int64) {
	if err := v.keys.Rotate(time.Unix(now, 0)); err != nil {
		panic(err)
	}
}

// TestRememberingChangesNoVerdict, whatever is minted, rotated, revoked, altered and sent, in any order.
func TestRememberingChangesNoVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, creds := crammed(1)
		now, created := int64(noon), v.keys.set.Load().active.created
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			of := rapid.IntRange(0, len(creds)-1).Draw(t, "of")
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				grant := access.GrantID(rapid.IntRange(1, 5).Draw(t, "grant"))
				creds = append(creds, v.keys.Mint(nil, Access, grant, now, life, numberedID(len(creds))))
			case 1:
				v.rotate(now)
			case 2:
				v.Revoke(access.GrantID(of%5+1), access.ByMember)
			case 3:
				v.RevokeToken(numberedID(of), now+life)
			case 4:
				v.Restrict(11, rapid.Bool().Draw(t, "restricted"))
			case 5:
				now += rapid.Int64Range(0, life).Draw(t, "later")
			case 6:
				altered := bytes.Clone(creds[of])
				altered[rapid.IntRange(0, Length-1).Draw(t, "position")] ^= 1
				creds = append(creds, altered)
			case 7:
				v.keys.set.Store(newKeyset([]*key{derive(v.keys.Active(), created, [32]byte{rapid.Byte().Draw(t, "root")})}))
			default:
			}
			for _, cred := range creds {
				got := v.verify(cred, at(now))
				kept := v.proven
				v.proven = newProven(1)
				first := v.verify(cred, at(now))
				if v.proven = kept; got != first {
					t.Fatalf("%s at %d: %+v, for the first time %+v", cred, now, got, first)
				}
			}
		}
	})
}

// TestManyAtOnce: readers and writers of one set, and every verdict is of the token that was sent.
func TestManyAtOnce(t *testing.T) {
	v, creds := crammed(9)
	for i := range creds { // each of another grant
		v.Put(&access.Grant{ID: access.GrantID(100 + i), App: 7})
		creds[i] = v.keys.Mint(nil, Access, access.GrantID(100+i), noon, life, numberedID(i))
	}
	v.Revoke(104, access.ByMember)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			var s Scratch
			var r Result
			for i := range 3000 {
				n := (i*(g+1) + i/7) % len(creds)
				want := Good
				if n == 4 {
					want = Revoked
				}
				v.Verify(creds[n], at(noon), &s, &r)
				if r.State != want || r.ID != access.GrantID(100+n) || r.Token != numberedID(n) || r.Issued != noon || r.ExpiredAt != noon+life {
					t.Errorf("token %d: %+v", n, r)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestNoAllocsWhateverIsRemembered(t *testing.T) {
	v, creds := crammed(40)
	var s Scratch
	var r Result
	v.Verify(creds[0], at(noon), &s, &r)
	next := 0
	for name, f := range map[string]func(){
		"found":                             func() { v.Verify(creds[0], at(noon), &s, &r) },
		"not found, in the place of others": func() { v.Verify(creds[next%len(creds)], at(noon), &s, &r); next++ },
	} {
		if n := testing.AllocsPerRun(10*placeEvery, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if slices.IndexFunc(creds, func(cred []byte) bool { return v.remembers(cred, at(noon)) }) < 0 {
		t.Error("nothing is remembered")
	}
}
