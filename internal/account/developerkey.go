package account

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MostDeveloperKeys is how many keys of one account are good at a time, and of how many it is still known that they were revoked.
const MostDeveloperKeys = 20

// Errors of developer keys.
var (
	ErrTooManyKeys = fmt.Errorf("an account has at most %d developer keys", MostDeveloperKeys)
	ErrKeyExists   = errors.New("the account has a good developer key of that name already")
)

// DeveloperKey lets a program of a developer look up what became of the calls of the apps that the developer owns, and nothing else.
type DeveloperKey struct {
	ID      int64 // given once and never used again
	Account ID
	Name    string   // what its owner calls it; of the good ones of an account all different
	Hash    [32]byte // SHA-256 of its text, which is not kept
	Created int64    // unix seconds
	Used    int64    // unix seconds, when it was used last, to a minute; 0: never
	Revoked int64    // unix seconds; 0: it is good
}

// DeveloperKeyPrefix is how the text of a developer key begins.
const DeveloperKeyPrefix = "cdr_dk_"

// DeveloperKeyBytes is how many random bytes are in one: nobody guesses 256 bits, so that a plain hash keeps it well.
const DeveloperKeyBytes = 32

// DeveloperKeyText is the text of a key of these random bytes.
func DeveloperKeyText(random [DeveloperKeyBytes]byte) string {
	return DeveloperKeyPrefix + base64.RawURLEncoding.EncodeToString(random[:])
}

// DeveloperKeyHash is by which a key is found.
func DeveloperKeyHash(text string) [32]byte { return sha256.Sum256([]byte(text)) }

// maxKeyName bounds the name of a developer key, in bytes.
const maxKeyName = 40

// CheckKeyName says why a developer key cannot have a name: it stands in commands and paths.
func CheckKeyName(name string) error {
	if name == "" || len(name) > maxKeyName {
		return fmt.Errorf("the name of a developer key has 1 to %d characters, this one %d", maxKeyName, len(name))
	}
	for i := range len(name) {
		c := name[i]
		if letter := 'a' <= c|0x20 && c|0x20 <= 'z'; !letter && strings.IndexByte("0123456789._-", c) < 0 {
			return fmt.Errorf("the name of a developer key has letters, digits, '.', '_' and '-'; byte %d of %q is none of them", i+1, name)
		}
	}
	return nil
}
