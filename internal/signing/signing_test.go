package signing

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// made are keys to choose from: to make one takes longer than all else of a test.
var made = sync.OnceValue(func() (all [4]*rsa.PrivateKey) {
	for i := range all {
		key, err := generate()
		if err != nil {
			panic(err)
		}
		all[i] = key
	}
	return all
})

// quick gives keys that are made already, one after the other.
func quick(k *Keys) *Keys {
	n := 0
	k.generate = func() (*rsa.PrivateKey, error) {
		n++
		return made()[n-1], nil
	}
	return k
}

type claims struct {
	Subject string `json:"sub"`
}

func sign(t *testing.T, k *Keys, now time.Time) string {
	t.Helper()
	token, err := k.Sign(t.Context(), claims{"ada"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// published are the keys as a client reads them.
func published(t *testing.T, k *Keys, now time.Time) (set jose.JSONWebKeySet) {
	t.Helper()
	text, err := k.AppendJWKS(t.Context(), nil, now)
	if err != nil {
		t.Fatal(err)
	}
	if err = json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func ids(set jose.JSONWebKeySet) (all []string) {
	for _, key := range set.Keys {
		all = append(all, key.KeyID)
	}
	return all
}

func kid(t *testing.T, token string) string {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Signatures[0].Header.KeyID
}

func TestAClientCanVerify(t *testing.T) {
	k := Memory()
	token := sign(t, k, noon)
	set := published(t, k, noon)
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(set.Keys) != 1 {
		t.Fatal(err, set.Keys)
	}
	key := set.Keys[0]
	payload, err := parsed.Verify(key)
	if err != nil || string(payload) != `{"sub":"ada"}` {
		t.Errorf("a client reads %s, %v", payload, err)
	}
	if !key.IsPublic() || key.Algorithm != "RS256" || key.Use != "sig" || key.KeyID == "" {
		t.Errorf("published: %+v", key)
	}
	if public := key.Key.(*rsa.PublicKey); public.N.BitLen() != 2048 {
		t.Errorf("%d bits", public.N.BitLen())
	}
	head := parsed.Signatures[0].Header
	if want := map[jose.HeaderKey]any{"typ": "JWT"}; !cmp.Equal(head.ExtraHeaders, want) || head.KeyID != key.KeyID {
		t.Errorf("head: %+v", head)
	}
	if own, err := k.Verify(token, noon); err != nil || string(own) != string(payload) {
		t.Errorf("we read %s, %v", own, err)
	}
}

// TestRotation follows two keys through their days.
func TestRotation(t *testing.T) {
	k := quick(Memory())
	first := kid(t, sign(t, k, noon))
	rotated := noon.Add(10 * 24 * time.Hour)
	old := sign(t, k, rotated.Add(Ahead-time.Second))
	if err := k.Rotate(t.Context(), rotated); err != nil {
		t.Fatal(err)
	}
	second := k.List(rotated)[1].ID
	for _, at := range []struct {
		name      string
		after     time.Duration
		signs     string
		published []string
		old       bool // what the first one signed is still proven
		states    []State
	}{
		{"at once", 0, first, []string{second, first}, true, []State{Signs, Waits}},
		{"a second before its day has passed", Ahead - time.Second, first, []string{second, first}, true, []State{Signs, Waits}},
		{"when its day has passed", Ahead, second, []string{second, first}, true, []State{Retired, Signs}},
		{"a second before a day after the last id_token's end", Ahead + behind - time.Second, second, []string{second, first}, true, []State{Retired, Signs}},
		{"a day after the last id_token's end", Ahead + behind, second, []string{second}, false, []State{Ended, Signs}},
		{"years later", 5 * 365 * 24 * time.Hour, second, []string{second}, false, []State{Ended, Signs}},
	} {
		t.Run(at.name, func(t *testing.T) {
			now := rotated.Add(at.after)
			if got := kid(t, sign(t, k, now)); got != at.signs {
				t.Errorf("%s signs, want %s", got, at.signs)
			}
			if diff := cmp.Diff(at.published, ids(published(t, k, now))); diff != "" {
				t.Errorf("published (-want +got):\n%s", diff)
			}
			if _, err := k.Verify(old, now); (err == nil) != at.old {
				t.Errorf("of the old one: %v", err)
			}
			var states []State
			for _, info := range k.List(now) {
				states = append(states, info.State)
			}
			if diff := cmp.Diff(at.states, states); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRotateWaitsForTheKeyBefore(t *testing.T) {
	k := quick(Memory())
	for _, step := range []struct {
		name  string
		at    time.Time
		waits time.Time
		keys  int
	}{
		{"makes the first", noon, time.Time{}, 1},
		{"makes the next", noon.Add(time.Hour), time.Time{}, 2},
		{"too early", noon.Add(2 * time.Hour), noon.Add(time.Hour + Ahead), 2},
		{"makes one more", noon.Add(2 * Ahead), time.Time{}, 3},
		{"removes what has ended", noon.Add(10 * Ahead), time.Time{}, 2},
	} {
		t.Run(step.name, func(t *testing.T) {
			err := k.Rotate(t.Context(), step.at)
			waits, _ := errors.AsType[*WaitingError](err)
			if (err != nil) != !step.waits.IsZero() || err != nil && (waits == nil || !waits.From.Equal(step.waits)) {
				t.Errorf("rotate: %v", err)
			}
			if got := len(k.List(step.at)); got != step.keys {
				t.Errorf("%d keys, want %d", got, step.keys)
			}
		})
	}
}

func TestAClockThatWasSetBack(t *testing.T) {
	k := quick(Memory())
	first := kid(t, sign(t, k, noon))
	if got := kid(t, sign(t, k, noon.Add(-time.Hour))); got != first {
		t.Errorf("%s signs, want %s", got, first)
	}
}

// TestWhoNeedsTheFirstKeyWaits: one key for all of them, and none for who does not wait.
func TestWhoNeedsTheFirstKeyWaits(t *testing.T) {
	key := made()[0]
	synctest.Test(t, func(t *testing.T) {
		k, release, calls := Memory(), make(chan struct{}), 0
		k.generate = func() (*rsa.PrivateKey, error) {
			calls++
			<-release
			return key, nil
		}
		k.Prepare(noon)
		impatient, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, err := k.Sign(impatient, claims{"ada"}, noon)
			gone <- err
		}()
		tokens := make(chan string, 10)
		for range cap(tokens) {
			go func() {
				token, err := k.Sign(t.Context(), claims{"ada"}, noon)
				if err != nil {
					t.Error(err)
				}
				tokens <- token
			}()
		}
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("who does not wait is told %v", err)
		}
		if len(tokens) != 0 || k.List(noon) != nil {
			t.Fatal("there is a key before it was made")
		}
		close(release)
		one := <-tokens
		for range cap(tokens) - 1 {
			if other := <-tokens; other != one {
				t.Error("two keys signed")
			}
		}
		if k.Prepare(noon); calls != 1 {
			t.Errorf("%d keys were made", calls)
		}
	})
}

func TestAFailureIsToldAndTriedAgain(t *testing.T) {
	k, broken := quick(Memory()), errors.New("no entropy")
	good := k.generate
	k.generate = func() (*rsa.PrivateKey, error) { return nil, broken }
	if _, err := k.AppendJWKS(t.Context(), nil, noon); !errors.Is(err, broken) {
		t.Fatalf("told %v", err)
	}
	k.generate = good
	sign(t, k, noon)
}

func TestClose(t *testing.T) {
	t.Run("waits for the key that is made", func(t *testing.T) {
		k := quick(Memory())
		k.Prepare(noon)
		k.Close()
		if len(k.List(noon)) != 1 {
			t.Error("Close came first")
		}
		sign(t, k, noon)
	})
	t.Run("makes none any more", func(t *testing.T) {
		k := quick(Memory())
		k.Close()
		_, err := k.Sign(t.Context(), claims{"ada"}, noon)
		if !errors.Is(err, errClosed) || !errors.Is(k.Rotate(t.Context(), noon), errClosed) {
			t.Errorf("signed: %v", err)
		}
	})
}
