package signing

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// signingKey is one key with its place in time. It signs from its own time until the next one's; so its file never changes.
type signingKey struct {
	id            int // counts up
	created, from time.Time
	private       *rsa.PrivateKey
	public        jose.JSONWebKey
	signer        jose.Signer
}

func newKey(id int, created, from time.Time, private *rsa.PrivateKey) (*signingKey, error) {
	public := jose.JSONWebKey{Key: private.Public(), Algorithm: string(jose.RS256), Use: "sig"}
	print, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name a signing key: %w", err)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(print) // RFC 7638
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: private, KeyID: public.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return nil, fmt.Errorf("take a signing key: %w", err)
	}
	return &signingKey{id, created, from, private, public, signer}, nil
}

// set are keys in the order of their time, one at least. It is never changed, only replaced.
type set struct{ keys []*signingKey }

// active is the one that signs: the last whose time has come. The first signs also where a clock was set back behind its time.
func (s *set) active(now time.Time) int {
	i := len(s.keys) - 1
	for i > 0 && s.keys[i].from.After(now) {
		i--
	}
	return i
}

// until is when a key is published no more; of the last one, which has no successor, nobody knows yet.
func (s *set) until(i int) time.Time {
	if i+1 >= len(s.keys) {
		return forever
	}
	return s.keys[i+1].from.Add(behind)
}

var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// State is what a key is for at a time.
type State string

// The states.
const (
	Waits   State = "published" // it does not sign yet
	Signs   State = "signs"
	Retired State = "retired" // it proves what it signed
	Ended   State = "ended"   // it is published no more, and goes with the next rotation
)

// Info is what may be told of a key.
type Info struct {
	ID      string // kid
	State   State
	Created time.Time
	From    time.Time // when it signs, or began to
	Until   time.Time // published until then; zero: nobody knows yet
}

// List tells of all keys, the first one made first. There may be none yet.
func (k *Keys) List(now time.Time) (all []Info) {
	s := k.set.Load()
	if s == nil {
		return nil
	}
	active := s.active(now)
	for i, key := range s.keys {
		info := Info{ID: key.public.KeyID, State: Signs, Created: key.created, From: key.from}
		if until := s.until(i); until != forever {
			info.Until = until
		}
		switch {
		case i > active:
			info.State = Waits
		case i < active && now.Before(info.Until):
			info.State = Retired
		case i < active:
			info.State = Ended
		}
		all = append(all, info)
	}
	return all
}
