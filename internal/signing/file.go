package signing

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/keyfile"
)

// keyFile is one key on disk: DIR/NNNNN.signing, readable by its owner alone, written once and never changed.
type keyFile struct {
	Format  int       `json:"candor_signing_key"`
	ID      int       `json:"id"`
	Created time.Time `json:"created"`
	From    time.Time `json:"signs_from"`
	Private []byte    `json:"private"` // PKCS #8 in base64
}

const keySuffix = ".signing"

// readKeys reads all keys of a directory. Where there is no directory there are none.
func readKeys(dir string) ([]*signingKey, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the keys directory %s: %w", dir, err)
	}
	var keys []*signingKey
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), keySuffix) {
			continue
		}
		key, err := readKey(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b *signingKey) int { return cmp.Compare(a.id, b.id) })
	for i := 1; i < len(keys); i++ {
		if keys[i].from.Before(keys[i-1].from) {
			return nil, fmt.Errorf("key file %s signs before %s, which it follows; the directory mixes keys of two installations: put back the one set",
				keyPath(dir, keys[i].id), keyPath(dir, keys[i-1].id))
		}
	}
	return keys, nil
}

func readKey(path string) (*signingKey, error) {
	for _, p := range []struct {
		path string
		want os.FileMode
	}{{filepath.Dir(path), 0o700}, {path, 0o600}} {
		if err := keyfile.Private(p.path, p.want); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's directory
	if err != nil {
		return nil, fmt.Errorf("read key file: %w; it must be readable by the user that runs candor", err)
	}
	var f keyFile
	d := json.NewDecoder(bytes.NewReader(text))
	if err = d.Decode(&f); err != nil {
		return nil, damaged(path, "it is not JSON")
	}
	switch {
	case f.Format != 1:
		return nil, fmt.Errorf("key file %s has format %d, this candor reads format 1; run the candor that wrote it", path, f.Format)
	case f.ID < 1 || path != keyPath(filepath.Dir(path), f.ID):
		return nil, damaged(path, fmt.Sprintf("it says that it is key %d", f.ID))
	case f.Created.IsZero() || f.From.Before(f.Created):
		return nil, damaged(path, "its times are missing, or it signs before it was made")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(f.Private)
	key, isRSA := parsed.(*rsa.PrivateKey)
	if err != nil || !isRSA || key.N.BitLen() < bits {
		return nil, damaged(path, fmt.Sprintf("it holds no RSA key of %d bits", bits))
	}
	return newKey(f.ID, f.Created.UTC(), f.From.UTC(), key)
}

func damaged(path, how string) error {
	return fmt.Errorf("key file %s is damaged: %s; restore it from a backup, or move it away: the id_tokens that it signed are then not proven any more", path, how)
}

// writeKey puts a key file in its place whole or not at all, on disk before it returns.
func writeKey(dir string, k *signingKey) error {
	path := keyPath(dir, k.id)
	fail := func(err error) error { return fmt.Errorf("write key file %s: %w", path, err) }
	secret, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fail(err)
	}
	text, err := json.Marshal(keyFile{1, k.id, k.created, k.from, secret})
	if err != nil {
		return fail(err)
	}
	if err = os.MkdirAll(dir, 0o700); err != nil {
		return fail(err)
	}
	return keyfile.Write(path, append(text, '\n'))
}

func removeKeys(dir string, keys []*signingKey) error {
	for _, k := range keys {
		if err := keyfile.Remove(keyPath(dir, k.id)); err != nil {
			return err
		}
	}
	return nil
}

func keyPath(dir string, id int) string {
	return filepath.Join(dir, fmt.Sprintf("%05d%s", id, keySuffix))
}
