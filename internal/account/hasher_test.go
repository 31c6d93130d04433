package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

const known = "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$"

func salt() (s [SaltBytes]byte) {
	for i := range s {
		s[i] = byte(i)
	}
	return s
}

func TestHashAndVerify(t *testing.T) {
	h := NewHasher(1, Ours)
	phc, err := h.Hash(t.Context(), "correct horse", salt())
	if err != nil || !strings.HasPrefix(phc, known) || len(phc) != len(known)+43 {
		t.Fatal(phc, err)
	}
	again, err := h.Hash(t.Context(), "correct horse", salt())
	if err != nil || again != phc {
		t.Errorf("%s, then %s (%v)", phc, again, err)
	}
	other, err := h.Hash(t.Context(), "correct horse", [SaltBytes]byte{})
	if err != nil || other == phc {
		t.Errorf("the salt changes nothing: %s (%v)", other, err)
	}
	for password, want := range map[string]bool{"correct horse": true, "Correct horse": false, "correct horse ": false, "": false, strings.Repeat("x", 5000): false} {
		if got, err := h.Verify(t.Context(), phc, password); err != nil || got != want {
			t.Errorf("%.20q: %t, want %t (%v)", password, got, want, err)
		}
	}
	if _, err := h.Hash(t.Context(), strings.Repeat("x", 1025), salt()); err == nil {
		t.Error("a password beyond all bounds is hashed")
	}
}

// TestCosts: what a hash costs stands in it, and whoever looks at it pays that.
func TestCosts(t *testing.T) {
	for cost, begins := range map[Cost]string{Ours: "$argon2id$v=19$m=19456,t=2,p=1$", Least: "$argon2id$v=19$m=8,t=1,p=1$"} {
		phc, err := NewHasher(1, cost).Hash(t.Context(), "correct horse", salt())
		if err != nil || !strings.HasPrefix(phc, begins) {
			t.Errorf("%s (%v), want %s…", phc, err, begins)
		}
		for by := range costs {
			if ok, err := NewHasher(1, by).Verify(t.Context(), phc, "correct horse"); err != nil || !ok {
				t.Errorf("%s: %t (%v)", phc, ok, err)
			}
		}
	}
}

// TestWhatOthersHashed: what argon2's reference program wrote is understood, with costs of its own.
// echo -n "password" | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e, of the test vectors of the reference implementation.
func TestWhatOthersHashed(t *testing.T) {
	h := NewHasher(1, Ours)
	const theirs = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := h.Verify(t.Context(), theirs, "password"); err != nil || !ok {
		t.Error(ok, err)
	}
}

// TestNobodyCostsAsMuch: an account that is not there is hashed for as well, and so is one without a password, and what no password can be.
func TestNobodyCostsAsMuch(t *testing.T) {
	h := NewHasher(1, Ours)
	for i, password := range []string{"", "correct horse", strings.Repeat("x", 5000)} {
		if ok, err := h.Verify(t.Context(), "", password); err != nil || ok {
			t.Error(ok, err)
		}
		if got, want := h.Done(), int64(i+1); got != want {
			t.Errorf("%d hashes after %d questions", got, want)
		}
	}
}

// TestDamagedHashes cost nothing: whatever stands in the store takes no more memory than ours.
func TestDamagedHashes(t *testing.T) {
	h := NewHasher(1, Ours)
	const shape = "verify a password: what is kept is not $argon2id$v=19$m=…,t=…,p=…$SALT$HASH"
	salt, key := "$AAECAwQFBgcICQoLDA0ODw", "$"+strings.Repeat("A", 43)
	for text, want := range map[string]string{
		"secret": shape,
		"$argon2i$v=19$m=19456,t=2,p=1" + salt + key:                  shape,
		"$argon2id$v=16$m=19456,t=2,p=1" + salt + key:                 shape,
		"$argon2id$v=19$m=19456,t=2" + salt + key:                     shape,
		"$argon2id$v=19$t=2,m=19456,p=1" + salt + key:                 shape,
		"$argon2id$v=19$m=+19456,t=2,p=1" + salt + key:                shape,
		"$argon2id$v=19$m=019456,t=2,p=1" + salt + key:                shape,
		"$argon2id$v=19$m=19456,t=2,p=256" + salt + key:               shape,
		"$argon2id$v=19$m=99999999999,t=2,p=1" + salt + key:           shape,
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + key + "=":           shape,
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + key + "$":           shape,
		"$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODx" + key: shape,
		"$argon2id$v=19$m=4194304,t=2,p=1" + salt + key:               "verify a password: what is kept cannot be right: its m=4194304 is not between 8 and 65536",
		"$argon2id$v=19$m=7,t=2,p=1" + salt + key:                     "verify a password: what is kept cannot be right: its m=7 is not between 8 and 65536",
		"$argon2id$v=19$m=19456,t=4000000000,p=1" + salt + key:        "verify a password: what is kept cannot be right: its t=4000000000 is not between 1 and 8",
		"$argon2id$v=19$m=19456,t=2,p=0" + salt + key:                 "verify a password: what is kept cannot be right: its p=0 is not between 1 and 4",
		"$argon2id$v=19$m=19456,t=2,p=1$" + key:                       "verify a password: what is kept cannot be right: its salt has 0 bytes, not 8 to 64",
		"$argon2id$v=19$m=19456,t=2,p=1" + salt + "$":                 "verify a password: what is kept cannot be right: its hash has 0 bytes, not 16 to 64",
	} {
		ok, err := h.Verify(t.Context(), text, "correct horse")
		if ok || err == nil || err.Error() != want {
			t.Errorf("%s: %t\n%v, want\n%s", text, ok, err, want)
		}
	}
	if h.Done() != 0 {
		t.Errorf("%d were hashed", h.Done())
	}
}

func FuzzPHC(f *testing.F) {
	f.Add(known + strings.Repeat("A", 43))
	f.Add("$argon2id$v=19$m=65536,t=8,p=4$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, text string) {
		var p phc
		if err := p.parse(text); err != nil {
			return
		}
		if p.String() != text {
			t.Errorf("%q is read as %q", text, p.String())
		}
		if err := p.check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// TestFewWait: as many as may are at work or wait, and who comes then is refused at once; who waits gives up with its context, and its place is another's.
func TestFewWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(2, Ours)
		h.cores <- struct{}{} // the cores are taken
		h.cores <- struct{}{}
		h.line <- struct{}{}
		h.line <- struct{}{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 8)
		for range 2 * waitingPerCore {
			go func() {
				_, err := h.Verify(ctx, "", "correct horse")
				ended <- err
			}()
		}
		synctest.Wait()
		if hashing, waiting := h.Load(); hashing != 2 || waiting != 2*waitingPerCore {
			t.Errorf("%d at work, %d wait", hashing, waiting)
		}
		if _, err := h.Hash(ctx, "correct horse", salt()); !errors.Is(err, ErrBusy) {
			t.Errorf("one more: %v", err)
		}
		cancel()
		for range 2 * waitingPerCore {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("of one that waited: %v", err)
			}
		}
		if h.Done() != 0 {
			t.Errorf("%d were hashed without a place", h.Done())
		}
		<-h.cores
		if _, err := h.Verify(t.Context(), "", "correct horse"); err != nil || h.Done() != 1 {
			t.Errorf("with a place again: %v, %d hashed", err, h.Done())
		}
		if len(h.line) != 2 || len(h.cores) != 1 {
			t.Errorf("places are left taken: %d, %d", len(h.line), len(h.cores))
		}
	})
}
