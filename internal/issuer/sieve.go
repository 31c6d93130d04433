package issuer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/MicahParks/jwkset"
)

// sieve leaves out of a key set what cannot be read: the library gives up a whole set for one of them, and the others are as good. What certificates say of a key
// means nothing here.
type sieve struct{ http.RoundTripper }

// RoundTrip asks.
func (s sieve) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.RoundTripper.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	text = sifted(text)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return answer, nil
}

// sifted is a set with those of its keys that can be read. One without any stays as it is, for the library to say why.
func sifted(text []byte) []byte {
	var given struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(text, &given) != nil {
		return text
	}
	var good jwkset.JWKSMarshal
	for _, raw := range given.Keys {
		var one jwkset.JWKMarshal
		if json.Unmarshal(raw, &one) != nil {
			continue
		}
		one.X5C, one.X5U, one.X5T, one.X5TS256 = nil, "", "", ""
		_, err := jwkset.NewJWKFromMarshal(one, jwkset.JWKMarshalOptions{Private: true}, jwkset.JWKValidateOptions{SkipAll: true})
		if err == nil || errors.Is(err, jwkset.ErrUnsupportedKey) {
			good.Keys = append(good.Keys, one)
		}
	}
	if len(good.Keys) == 0 {
		return text
	}
	if sieved, err := json.Marshal(good); err == nil {
		return sieved
	}
	return text
}
