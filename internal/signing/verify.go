package signing

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// maxToken bounds what is looked at: an id_token of ours has a few hundred bytes.
const maxToken = 8 << 10

// Verify proves an id_token of ours, as a client sends it back (id_token_hint), and returns its claims, which nobody else has written. Whether it has ended is
// for the caller to judge. What else its head says (jku, jwk, x5u) counts nothing: the key is one of those that are published at now, or there is none.
func (k *Keys) Verify(token string, now time.Time) (json.RawMessage, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("it is longer than %d bytes", maxToken)
	}
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, errors.New("it is no JWT signed with RS256") // the library's words may quote what was sent
	}
	head := signed.Signatures[0].Header
	if typ := head.ExtraHeaders[jose.HeaderType]; typ != "JWT" {
		return nil, errors.New("its typ is not JWT")
	}
	key := k.find(head.KeyID, now)
	if key == nil {
		return nil, errors.New("it was not signed by a key that this server publishes")
	}
	claims, err := signed.Verify(key.public)
	if err != nil || !json.Valid(claims) {
		return nil, errors.New("its signature does not hold")
	}
	return claims, nil
}

// find is the key of that id as long as it is published, else nil.
func (k *Keys) find(id string, now time.Time) *signingKey {
	s := k.set.Load()
	if s == nil {
		return nil
	}
	for i, key := range s.keys {
		if key.public.KeyID == id && now.Before(s.until(i)) {
			return key
		}
	}
	return nil
}
