package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"math/big"
)

// Origin says who keeps an app: one name has one origin, and each origin changes its own apps alone.
type Origin uint8

// The origins.
const (
	Configured Origin = iota // it stands under apps: of the configuration and follows it
	Created                  // it was created by a command and lives in the store
)

// String is the origin's word.
func (o Origin) String() string {
	if o == Created {
		return "created"
	}
	return "configuration"
}

// App is a client of the API as one policy sees it; immutable, made again when it changes.
type App struct {
	ID       AppID
	Name     string
	ClientID string
	Products ProductSet
	Scopes   ScopeSet // what its products allow it to ask for
	Disabled bool     // switched off, or gone from the configuration

	Origin       Origin
	External     string   // "ISSUER|client_id" of another issuer's app, "" for ours
	Public       bool     // it keeps no secret: PKCE is a must, and refresh tokens rotate
	RedirectURIs []string // compared byte for byte; each passes CheckRedirectURI
	Secrets      []Secret // at most MaxSecrets that have not ended
	TwoLegged    bool     // it may ask for tokens of its own; never true of a public app
	Refreshes    bool     // it is given refresh tokens
	Profile      string   // in whose words the authorization server speaks to it: linkedin or standard; "" as to all
	Introspects  []string // names of APIs whose tokens it may look into, beside its own
}

// MaxSecrets is how many secrets of an app are good at one time: the one in use, and the one before it while they are being replaced.
const MaxSecrets = 2

// Secret is a client secret as it is kept: never the secret itself. It has 256 random bits, so a plain hash is no easier to turn round than a slow one.
type Secret struct {
	Hash    [sha256.Size]byte // SHA-256 of the secret
	Created int64             // unix seconds; 0: not known, as of one from the configuration
	Ends    int64             // unix seconds from which it is no longer good; 0: it does not end
}

// NewSecret is how secret is kept.
func NewSecret(secret string, created int64) Secret {
	return Secret{Hash: sha256.Sum256([]byte(secret)), Created: created}
}

// Good reports whether the secret has not ended at now, in unix seconds.
func (s Secret) Good(now int64) bool { return s.Ends == 0 || now < s.Ends }

// HasSecret reports whether secret is one of the app's that is good at now, in unix seconds. How long it takes tells nothing of the secret, nor which of
// them was meant. A public app has none.
func (a *App) HasSecret(secret string, now int64) bool {
	sum, found := sha256.Sum256([]byte(secret)), 0
	for i := range a.Secrets {
		same := subtle.ConstantTimeCompare(sum[:], a.Secrets[i].Hash[:])
		if a.Secrets[i].Good(now) {
			found |= same
		}
	}
	return found == 1 && !a.Public
}

// SecretBytes is how much randomness a secret takes.
const SecretBytes = 32

// secretLength is how many of 62 digits hold SecretBytes.
const secretLength = 43

// SecretText spells random bytes as a client secret: 43 of A–Z, a–z and 0–9, so that it is the same in a form, in a header field and in a shell.
func SecretText(random [SecretBytes]byte) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	n, base, digit := new(big.Int).SetBytes(random[:]), big.NewInt(int64(len(digits))), new(big.Int)
	var text [secretLength]byte
	for i := range text {
		n.DivMod(n, base, digit)
		text[len(text)-1-i] = digits[digit.Int64()]
	}
	return string(text[:])
}
