package token

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/keyfile"
)

// keyFile is one root on disk: DIR/NNNNN.key, readable by its owner alone, written once and never changed.
type keyFile struct {
	Format  int       `json:"candor_key"`
	ID      uint16    `json:"id"`
	Created time.Time `json:"created"`
	Root    string    `json:"root"` // 32 bytes in base64url
}

const keySuffix = ".key"

// OpenKeys opens the keys kept in dir, which is made, with a first key, where there is none. Its files belong to one
// running process at a time; whoever opens it holds the lock of the data directory.
func OpenKeys(dir string, now time.Time) (*Keyring, error) {
	if dir == "" {
		return nil, errors.New("open token keys: no directory is named; set tokens.keys")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the keys directory %s (or set tokens.keys to one that can be written): %w", dir, err)
	}
	if err := keyfile.Private(dir, 0o700); err != nil {
		return nil, err
	}
	k := &Keyring{dir: dir, rand: rand.Reader}
	keys, err := readKeys(dir)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		first, err := k.newKey(nil, now)
		if err != nil {
			return nil, err
		}
		if err := writeKey(dir, first); err != nil {
			return nil, errors.Join(err, removeKeys(dir, []*key{first}))
		}
		keys, k.fresh = []*key{first}, true
	}
	k.set.Store(newKeyset(keys))
	return k, nil
}

// Forget removes the first key again, if this keyring has made it: where a start fails, nobody has a token that it signed.
func (k *Keyring) Forget() error {
	k.turn.Lock()
	defer k.turn.Unlock()
	if k.dir == "" || !k.fresh {
		return nil
	}
	return removeKeys(k.dir, []*key{k.set.Load().active})
}

// ReadKeys reads the keys of a directory, and makes and changes nothing. Where there is none it is nil.
func ReadKeys(dir string) (*Keyring, error) {
	if err := keyfile.Private(dir, 0o700); err != nil {
		return nil, err
	}
	keys, err := readKeys(dir)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	k := &Keyring{dir: dir, rand: rand.Reader}
	k.set.Store(newKeyset(keys))
	return k, nil
}

// CheckKeys says what is wrong with a keys directory, without making or changing anything.
func CheckKeys(dir string) error {
	if err := keyfile.Private(dir, 0o700); err != nil {
		return err
	}
	_, err := readKeys(dir)
	return err
}

// Reload reads the directory again, for keys that another process has added.
func (k *Keyring) Reload() error {
	k.turn.Lock()
	defer k.turn.Unlock()
	if k.dir == "" {
		return nil
	}
	keys, err := readKeys(k.dir)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fmt.Errorf("reload token keys: %s holds no key any more; put the files back", k.dir)
	}
	// A key that is already known keeps its address, which is its identity in every Scratch.
	known := k.set.Load().byID
	for i, fresh := range keys {
		if old := known[fresh.id].key; old != nil && old.root == fresh.root {
			keys[i] = old
		}
	}
	k.set.Store(newKeyset(keys))
	return nil
}

func readKeys(dir string) ([]*key, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the keys directory %s: %w", dir, err)
	}
	var keys []*key
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), keySuffix) {
			continue
		}
		k, err := readKey(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *key) int { return cmp.Compare(a.id, b.id) })
	for i := 1; i < len(keys); i++ {
		if keys[i].created.Before(keys[i-1].created) {
			return nil, fmt.Errorf("key file %s is older than %s, which it follows; the directory mixes keys of two installations: put back the one set",
				keyPath(dir, keys[i].id), keyPath(dir, keys[i-1].id))
		}
	}
	return keys, nil
}

func readKey(path string) (*key, error) {
	if err := keyfile.Private(path, 0o600); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's directory
	if err != nil {
		return nil, fmt.Errorf("read key file: %w; it must be readable by the user that runs candor", err)
	}
	var f keyFile
	if err = json.Unmarshal(text, &f); err != nil {
		return nil, damaged(path, "it is not JSON")
	}
	root, err := base64.RawURLEncoding.DecodeString(f.Root)
	switch {
	case f.Format != 1:
		return nil, fmt.Errorf("key file %s has format %d, this candor reads format 1; run the candor that wrote it", path, f.Format)
	case err != nil || len(root) != 32:
		return nil, damaged(path, "its root is not 32 bytes of base64url")
	case f.ID == 0 || path != keyPath(filepath.Dir(path), f.ID):
		return nil, damaged(path, fmt.Sprintf("it says that it is key %d", f.ID))
	}
	return derive(f.ID, f.Created.UTC(), [32]byte(root)), nil
}

func damaged(path, how string) error {
	return fmt.Errorf("key file %s is damaged: %s; restore it from a backup, or move it away: the tokens it signed then count as invalid", path, how)
}

// writeKey puts a key file in its place whole or not at all, on disk before it returns.
func writeKey(dir string, k *key) error {
	path := keyPath(dir, k.id)
	text, err := json.Marshal(keyFile{Format: 1, ID: k.id, Created: k.created, Root: base64.RawURLEncoding.EncodeToString(k.root[:])})
	if err != nil {
		return fmt.Errorf("write key file %s: %w", path, err)
	}
	return keyfile.Write(path, append(text, '\n'))
}

func removeKeys(dir string, keys []*key) error {
	for _, k := range keys {
		if err := keyfile.Remove(keyPath(dir, k.id)); err != nil {
			return err
		}
	}
	return nil
}

func keyPath(dir string, id uint16) string {
	return filepath.Join(dir, fmt.Sprintf("%05d%s", id, keySuffix))
}
