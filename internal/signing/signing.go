// Package signing keeps the RSA keys that id_tokens are signed with (OpenID Connect Core 1.0 §2, RS256 alone), and publishes their public halves (RFC 7517).
//
// A new key is published a day before it signs, so that whoever has read the keys in the last day knows it by then; and a key that signs no more stays published
// until a day after the last id_token that it signed has ended.
package signing

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// Life is how long an id_token is good: it tells of a sign-in, and is looked at once.
	Life = time.Hour
	// Ahead is how long a key is published before it signs. Nobody may keep the published keys for longer.
	Ahead = 24 * time.Hour
	// behind is how long a key is published after the last one that signs with it: until its last id_token has ended, and a day more for what comes late.
	behind = Life + 24*time.Hour

	bits = 2048
)

// Keys are the keys of one installation. They are safe for concurrent use; signing takes no lock.
type Keys struct {
	dir      string // where they are kept; "" for Memory
	generate func() (*rsa.PrivateKey, error)

	set    atomic.Pointer[set] // nil: there is none yet
	turn   sync.Mutex          // guards what follows, and replacing the set
	making *making             // of the first key, while it is made
	closed bool
}

// making is one attempt at the first key, which all who need it wait for.
type making struct {
	done chan struct{} // closed when err is final
	err  error
}

var errClosed = errors.New("this instance ends, and makes no signing key any more")

func generate() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return key, nil
}

// Memory are keys that are kept nowhere: what they signed proves nothing once the process has ended.
func Memory() *Keys { return &Keys{generate: generate} }

// Open reads the keys in dir, beside those of the tokens. It makes and changes nothing: an RSA key takes a while, so the first is made by Prepare, or when it
// is needed. Whoever opens them holds the lock of the data directory.
func Open(dir string) (*Keys, error) {
	if dir == "" {
		return nil, errors.New("open the signing keys: no directory is named; set tokens.keys")
	}
	keys, err := readKeys(dir)
	if err != nil {
		return nil, err
	}
	k := &Keys{dir: dir, generate: generate}
	if len(keys) > 0 {
		k.set.Store(&set{keys})
	}
	return k, nil
}

// Prepare begins to make the first key, where there is none, and does not wait for it. What goes wrong is told to whoever needs the key, and then tried again.
func (k *Keys) Prepare(now time.Time) {
	if k.set.Load() == nil {
		k.begin(now)
	}
}

// Close waits for a key that is being made; another is made no more. What is there goes on to sign.
func (k *Keys) Close() {
	k.turn.Lock()
	m := k.making
	k.closed = true
	k.turn.Unlock()
	if m != nil {
		<-m.done
	}
}

// need are the keys, of which there is one at least. It waits for the first.
func (k *Keys) need(ctx context.Context, now time.Time) (*set, error) {
	if s := k.set.Load(); s != nil {
		return s, nil
	}
	m := k.begin(now)
	select {
	case <-m.done:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the first signing key: %w", context.Cause(ctx))
	}
	if m.err != nil {
		return nil, m.err
	}
	return k.set.Load(), nil
}

// begin makes the first key in the background, unless somebody does already. Close waits for it.
func (k *Keys) begin(now time.Time) *making {
	k.turn.Lock()
	defer k.turn.Unlock()
	m := &making{done: make(chan struct{})}
	switch {
	case k.set.Load() != nil:
		close(m.done)
	case k.making != nil:
		return k.making
	case k.closed:
		m.err = errClosed
		close(m.done)
	default:
		k.making = m
		go k.first(m, now) // ends with the key
	}
	return m
}

// first makes the first key, which signs at once: nobody can have read the keys before.
func (k *Keys) first(m *making, now time.Time) {
	key, err := k.add(nil, now, now)
	k.turn.Lock()
	defer k.turn.Unlock()
	if err == nil {
		k.set.Store(&set{[]*signingKey{key}})
	}
	m.err, k.making = err, nil
	close(m.done)
}

// add makes the key that comes after these, on disk before it returns.
func (k *Keys) add(before []*signingKey, now, from time.Time) (*signingKey, error) {
	private, err := k.generate()
	if err != nil {
		return nil, err
	}
	id := 1
	if len(before) > 0 {
		id = before[len(before)-1].id + 1
	}
	key, err := newKey(id, seconds(now), seconds(from), private)
	if err != nil || k.dir == "" {
		return key, err
	}
	return key, writeKey(k.dir, key)
}

func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// WaitingError says that the next key is there already and does not sign yet.
type WaitingError struct{ From time.Time }

func (e *WaitingError) Error() string {
	return fmt.Sprintf("a new signing key is published already and signs from %s; rotate again after that", e.From.Format(time.RFC3339))
}

// Rotate makes the next key. It is published from now on and signs when Ahead has passed; those whose time is over are removed. Where there is none yet it
// makes the first. *WaitingError: the key before does not sign yet.
func (k *Keys) Rotate(ctx context.Context, now time.Time) error {
	if k.set.Load() == nil {
		_, err := k.need(ctx, now)
		return err
	}
	k.turn.Lock()
	defer k.turn.Unlock()
	if k.closed {
		return errClosed
	}
	old := k.set.Load().keys
	if last := old[len(old)-1]; last.from.After(now) {
		return &WaitingError{last.from}
	}
	next, err := k.add(old, now, now.Add(Ahead))
	if err != nil {
		return err
	}
	s := &set{append(slices.Clone(old), next)}
	gone := 0
	for !now.Before(s.until(gone)) {
		gone++
	}
	s.keys = s.keys[gone:]
	k.set.Store(s)
	if k.dir == "" {
		return nil
	}
	return removeKeys(k.dir, old[:gone])
}

// Ready waits for the first key. After that Sign waits for nothing.
func (k *Keys) Ready(ctx context.Context, now time.Time) error {
	_, err := k.need(ctx, now)
	return err
}

// Sign signs claims, as JSON has them, with the key whose turn it is. It waits for the first.
func (k *Keys) Sign(ctx context.Context, claims any, now time.Time) (string, error) {
	s, err := k.need(ctx, now)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write the claims of an id_token: %w", err)
	}
	signed, err := s.keys[s.active(now)].signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign an id_token: %w", err)
	}
	return signed.CompactSerialize()
}

// AppendJWKS appends the public keys as a JWK Set (RFC 7517 §5), those first that sign now or will. It waits for the first.
func (k *Keys) AppendJWKS(ctx context.Context, dst []byte, now time.Time) ([]byte, error) {
	s, err := k.need(ctx, now)
	if err != nil {
		return dst, err
	}
	published := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for i, key := range slices.Backward(s.keys) {
		if now.Before(s.until(i)) {
			published.Keys = append(published.Keys, key.public)
		}
	}
	text, err := json.Marshal(published)
	if err != nil {
		return dst, fmt.Errorf("write the published keys: %w", err)
	}
	return append(append(dst, text...), '\n'), nil
}
