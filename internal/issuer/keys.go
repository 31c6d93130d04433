package issuer

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

// algorithms are those that a token may be signed by: the asymmetric ones, each with the keys that it takes. One by a shared secret would let whoever knows our
// configuration, or takes a public key for a secret, make tokens.
var algorithms = map[string]func(any) bool{
	"RS256": isRSA, "RS384": isRSA, "RS512": isRSA, "PS256": isRSA, "PS384": isRSA, "PS512": isRSA,
	"ES256": curve(256), "ES384": curve(384), "ES512": curve(521), "EdDSA": isEd25519,
}

func isRSA(key any) bool {
	_, ok := key.(*rsa.PublicKey)
	return ok
}

func isEd25519(key any) bool {
	_, ok := key.(ed25519.PublicKey)
	return ok
}

func curve(bits int) func(any) bool {
	return func(key any) bool {
		k, ok := key.(*ecdsa.PublicKey)
		return ok && k.Params().BitSize == bits
	}
}

// leastRSA is how long a key of RSA must be (RFC 7518 §3.3), in bits.
const leastRSA = 2048

// key is one that signs tokens.
type key struct {
	id, alg string // alg "": any that fits
	public  any
}

// keys are an issuer's, as they were read last. It is the storage that jwkset fills, which reads them again in the background.
type keys struct {
	*jwkset.MemoryJWKSet
	known  atomic.Pointer[[]key]  // nil: none were ever read
	failed atomic.Pointer[string] // why they could not be read the last time; nil: they could
	end    context.CancelFunc     // of what jwkset does in the background; it ends with the issuer, too
	all    jwkset.Storage         // that reads them again for a key that is not known; guarded by Issuer.turn
}

var _ jwkset.Storage = (*keys)(nil)

// KeyReplaceAll takes those that were read. What signs nothing is left out, and a set without any is none: who knows keys keeps them.
func (k *keys) KeyReplaceAll(_ context.Context, given []jwkset.JWK) error {
	var all []key
	for _, jwk := range given {
		m := jwk.Marshal()
		if m.USE != "" && m.USE != jwkset.UseSig {
			continue
		}
		if public := publicOf(jwk.Key()); public != nil {
			all = append(all, key{id: m.KID, alg: string(m.ALG), public: public})
		}
	}
	if len(all) == 0 {
		return errors.New("there is no key that tokens could be signed with: RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519")
	}
	k.known.Store(&all)
	k.failed.Store(nil)
	return nil
}

// publicOf is the half of a key that verifies; nil where it is none of those that may.
func publicOf(one any) any {
	switch k := one.(type) {
	case *rsa.PrivateKey:
		return publicOf(&k.PublicKey)
	case *ecdsa.PrivateKey:
		return &k.PublicKey
	case ed25519.PrivateKey:
		return k.Public()
	case *rsa.PublicKey:
		if k.N.BitLen() < leastRSA {
			return nil
		}
		return k
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return k
	}
	return nil
}

// fitting are the keys that may have signed a token: by its kid, or, where it has none, all that fit its algorithm.
func (k *keys) fitting(alg, id string, hasID bool) (fit []key) {
	known := k.known.Load()
	if known == nil {
		return nil
	}
	for _, one := range *known {
		if (!hasID || one.id == id) && (one.alg == "" || one.alg == alg) && algorithms[alg](one.public) {
			fit = append(fit, one)
		}
	}
	return fit
}

// has reports whether a key of that id is known, for whatever algorithm.
func (k *keys) has(id string) bool {
	if known := k.known.Load(); known != nil {
		for _, one := range *known {
			if one.id == id {
				return true
			}
		}
	}
	return false
}

// connect finds out where the keys are and reads them. Whoever comes meanwhile waits for what the first one gets.
func (i *Issuer) connect(ctx context.Context) error {
	if err := i.take(ctx); err != nil {
		return err
	}
	defer func() { <-i.turn }()
	return i.open(ctx)
}

// take waits for its turn.
func (i *Issuer) take(ctx context.Context) error {
	select {
	case i.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// open is connect for whoever has the turn.
func (i *Issuer) open(ctx context.Context) error {
	if i.keys.all != nil {
		return nil
	}
	at, err := i.discover(ctx)
	if err != nil {
		return err
	}
	life, end := context.WithCancel(i.life)
	client := *i.client
	client.Transport = sieve{client.Transport}
	storage, err := jwkset.NewStorageFromHTTP(at, jwkset.HTTPClientStorageOptions{
		Client: &client, Ctx: life, HTTPTimeout: patience, RefreshInterval: keysEvery, RefreshErrorHandler: i.stale, Storage: &i.keys,
		ValidateOptions: jwkset.JWKValidateOptions{SkipAll: true}, // of a set with one odd key the others are as good
	})
	if err == nil {
		i.keys.all, err = jwkset.NewHTTPClient(jwkset.HTTPClientOptions{
			HTTPURLs: map[string]jwkset.Storage{at: storage}, PrioritizeHTTP: true,
			RateLimitWaitMax: patience, RefreshUnknownKID: rate.NewLimiter(rate.Every(unknownKeys), 1),
		})
	}
	if err != nil {
		end() // what jwkset has begun in the background
		return fmt.Errorf("read the keys at %s: %w", withoutQuery(at), err)
	}
	i.keys.end = end
	return nil
}

// stale notes that the keys could not be read again: those that are known go on.
func (i *Issuer) stale(_ context.Context, err error) {
	said := err.Error()
	if i.life.Err() == nil && i.keys.failed.Swap(&said) == nil {
		i.log.Warn("the keys of an issuer cannot be read again; those that are known go on", "issuer", i.spec.Name, "error", err)
	}
}

// keysFor are the keys that may have signed a token. One that is not known is looked for, by all together and once in a while. An error says that the issuer
// could not be asked; no key and no error that it has none.
func (i *Issuer) keysFor(ctx context.Context, now time.Time, h *header) ([]key, error) {
	if fit := i.keys.fitting(h.alg, h.kid, h.hasKID); len(fit) > 0 || h.hasKID && i.keys.has(h.kid) {
		return fit, nil
	}
	if err := i.take(ctx); err != nil {
		return nil, fmt.Errorf("wait for the keys of %s: %w", i.spec.Name, err)
	}
	defer func() { <-i.turn }()
	if fit := i.keys.fitting(h.alg, h.kid, h.hasKID); len(fit) > 0 {
		return fit, nil
	}
	if err := i.lookAgain(ctx, now, h.kid); err != nil {
		return nil, fmt.Errorf("the keys of %s cannot be read: %w", i.spec.Name, err)
	}
	return i.keys.fitting(h.alg, h.kid, h.hasKID), nil
}

// lookAgain reads the keys for one that is not known, if they were not read for that lately.
func (i *Issuer) lookAgain(ctx context.Context, now time.Time, id string) error {
	if i.keys.all == nil {
		if failed := i.keys.failed.Load(); failed != nil && now.Sub(i.tried) < retryEvery && !now.Before(i.tried) {
			return errors.New(*failed)
		}
		i.tried = now
		err := i.open(ctx)
		if err != nil && ctx.Err() == nil {
			said := err.Error()
			i.keys.failed.Store(&said)
		}
		return err
	}
	_, _ = i.keys.all.KeyRead(ctx, id) // it reads them again, or does not as it did so lately: what came of it stands in known and failed
	if failed := i.keys.failed.Load(); failed != nil {
		return errors.New(*failed)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// allowed are the names of the algorithms, as go-jose takes them.
var allowed = func() (all []jose.SignatureAlgorithm) {
	for name := range algorithms {
		all = append(all, jose.SignatureAlgorithm(name))
	}
	return all
}()
