package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// ErrBusy says that so many passwords are being hashed, or wait for it, that this one was not: ask again in a moment.
var ErrBusy = errors.New("too many passwords are being hashed at this moment")

// waitingPerCore is how many may wait for each that is at work: with some 20 ms a hash, the last of them waits for a tenth of a second.
const waitingPerCore = 4

// Hasher hashes passwords with argon2id (RFC 9106), each on one core, and in 19 MiB where the cost is Ours. Of these only as many are at work at once as there are cores, and only a few
// wait, so that a flood of passwords takes neither the memory nor the cores of the calls. It is safe for concurrent use.
type Hasher struct {
	line  chan struct{} // a place for all that are at work or wait; full: ErrBusy
	cores chan struct{} // a place for those at work; full: wait, until the context ends
	done  atomic.Int64
	cost  Cost
}

// NewHasher makes one for a machine with so many cores, at least one. New hashes have this cost, and so has a look at a password of nobody; what is kept is looked
// at with the cost that it was hashed with.
func NewHasher(cores int, cost Cost) *Hasher {
	cores = max(cores, 1)
	return &Hasher{cost: cost, line: make(chan struct{}, cores*(1+waitingPerCore)), cores: make(chan struct{}, cores)}
}

// Load is how many passwords are being hashed, and how many wait for that.
func (h *Hasher) Load() (hashing, waiting int) {
	hashing = len(h.cores)
	return hashing, max(0, len(h.line)-hashing)
}

// Done is how many hashes were computed, by which a test can tell that an account that does not exist costs as much as one that does.
func (h *Hasher) Done() int64 { return h.done.Load() }

// Hash is what is kept of a password, a PHC string. The salt is random and of this password alone. ErrBusy says that too many ask at once.
func (h *Hasher) Hash(ctx context.Context, password string, salt [SaltBytes]byte) (string, error) {
	if len(password) > maxPassword {
		return "", fmt.Errorf("hash a password: it has %d bytes, %d are the most", len(password), maxPassword)
	}
	kept := hashes[h.cost]
	kept.salt, kept.key = salt[:], make([]byte, keyBytes)
	key, err := h.key(ctx, &kept, password)
	if err != nil {
		return "", err
	}
	kept.key = key
	return kept.String(), nil
}

// Verify reports whether a password is the one that was hashed. Where there is none, since nobody has the account or it signs in elsewhere (phc is ""), it hashes all
// the same and reports false: the time that it takes tells nobody who is there. An error is ErrBusy, the context's, or of a phc that Hash did not write.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (bool, error) {
	kept, nobody := hashes[h.cost], phc == ""
	if nobody {
		kept.salt, kept.key = make([]byte, SaltBytes), make([]byte, keyBytes)
	} else if err := kept.parse(phc); err != nil {
		return false, fmt.Errorf("verify a password: %w", err)
	}
	if len(password) > maxPassword { // nobody has one
		password, nobody = "", true
	}
	key, err := h.key(ctx, &kept, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, kept.key) == 1 && !nobody, nil
}

// key computes a hash as soon as there is a place.
func (h *Hasher) key(ctx context.Context, p *phc, password string) ([]byte, error) {
	select {
	case h.line <- struct{}{}:
		defer func() { <-h.line }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.cores <- struct{}{}:
		defer func() { <-h.cores }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	h.done.Add(1)
	return argon2.IDKey([]byte(password), p.salt, p.time, p.memory, p.threads, uint32(len(p.key))), nil
}
