package token

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/access"
)

func drawID(t *rapid.T) ID {
	return ID(rapid.SliceOfN(rapid.Byte(), len(ID{}), len(ID{})).Draw(t, "random"))
}

func TestAnyChangedByteIsInvalid(t *testing.T) {
	v := stock(nil)
	rapid.Check(t, func(t *rapid.T) {
		cred := v.keys.Mint(nil, Access, 1, noon, life, drawID(t))
		i := rapid.IntRange(0, Length-1).Draw(t, "position")
		to := rapid.Byte().Filter(func(b byte) bool { return b != cred[i] }).Draw(t, "byte")
		cred[i] = to
		if r := v.verify(cred, at(noon)); r.State != Invalid || r.Grant != nil || r.ID != 0 {
			t.Fatalf("byte %d as %q: %+v", i, to, r)
		}
	})
}

// Not by chance: every byte of one token, in every other value.
func TestEveryChangedByteIsInvalid(t *testing.T) {
	v := stock(nil)
	good := v.mint(Access, 1, noon)
	var s Scratch
	var r Result
	if v.Verify(good, at(noon), &s, &r); r.State != Good { // and so it is remembered
		t.Fatal(r)
	}
	for i := range good {
		cred := bytes.Clone(good)
		for x := 1; x < 256; x++ {
			cred[i] = good[i] ^ byte(x)
			if v.Verify(cred, at(noon), &s, &r); r.State != Invalid {
				t.Fatalf("byte %d as %q: %+v", i, cred[i], r)
			}
		}
	}
}

func TestATokenIsGoodUntilItsEnd(t *testing.T) {
	v := stock(nil)
	rapid.Check(t, func(t *rapid.T) {
		issued := rapid.Int64Range(0, lastIssued-1).Draw(t, "issued")
		lives := rapid.Int64Range(1, int64(MaxLife/time.Second)).Draw(t, "life")
		cred := v.keys.Mint(nil, Access, 1, issued, lives, drawID(t))
		ends := at(issued + lives)
		now := rapid.Int64Range(at(issued), ends+int64(time.Hour)).Draw(t, "now")
		want := Good
		if now >= ends {
			want = Expired
		}
		for n, state := range map[int64]State{now: want, at(issued): Good, ends - 1: Good, ends: Expired} {
			if r := v.verify(cred, n); r.State != state || r.ExpiredAt != issued+lives || r.ID != 1 {
				t.Fatalf("at %d of %d to %d: %+v, want %v", n, at(issued), ends, r, state)
			}
		}
	})
}

func TestNoKindPassesForAnother(t *testing.T) {
	v := stock(nil)
	rapid.Check(t, func(t *rapid.T) {
		kind := Kind(rapid.IntRange(0, kinds-1).Draw(t, "kind"))
		as := Kind(rapid.IntRange(0, kinds-1).Draw(t, "as"))
		cred := v.keys.Mint(nil, kind, access.GrantID(rapid.Uint64().Draw(t, "grant")), noon, life, drawID(t))
		copy(cred, prefixes[as])
		why, _ := as.shape(cred)
		if why != NoFault {
			t.Fatal(why)
		}
		_, why = new(Scratch).open(v.keys.set.Load(), as, cred, at(noon))
		if (why == NoFault) != (kind == as) {
			t.Fatalf("%v as %v: %v", kind, as, why)
		}
	})
}

// FuzzToken: nothing but what was minted verifies, and whatever comes, the facts of the verdict fit each other.
func FuzzToken(f *testing.F) {
	v := stock(asked{})
	minted := map[string]bool{}
	for _, c := range credentials {
		cred := c.cred(v)
		f.Add(cred)
		minted[string(cred)] = true
	}
	f.Add([]byte("Bearer"))
	f.Add(bytes.Repeat([]byte("cdr_at_"), 200))
	f.Fuzz(func(t *testing.T, cred []byte) {
		var s Scratch
		var r, again Result
		v.Verify(cred, at(noon), &s, &r)
		v.Verify(cred, at(noon), &s, &again)
		if r != again {
			t.Errorf("twice, two answers: %+v, %+v", r, again)
		}
		switch {
		case r.State != Invalid && !minted[string(cred)]:
			t.Errorf("%q was never minted: %+v", cred, r)
		case (r.State == Invalid) != (r.Why != NoFault):
			t.Errorf("%v because of %v", r.State, r.Why)
		case r.At < 0 || r.At > len(cred)+1:
			t.Errorf("position %d of %d", r.At, len(cred))
		case r.Why == NotB64 && (classes[cred[r.At-1]] == ours && !bytes.ContainsRune(cred[:r.At], '=')):
			t.Errorf("%q at %d can stand in a b64token", cred[r.At-1], r.At)
		}
	})
}
