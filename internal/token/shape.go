package token

// Why says what is wrong with an invalid credential. It is a hint for the caller; the contract knows one 65600 for all.
type Why uint8

// What can be wrong with a credential. At, where there is one, is the 1-based position of the first wrong character.
const (
	NoFault       Why = iota
	NeverOurs         // it does not begin as a token of ours does, or its grant is unknown
	Truncated         // it begins as one and ends too early; At is the first missing character
	Overlong          // it goes on after its end; At is the first character too many
	Altered           // its MAC does not hold; At only where a character cannot stand in any token of ours
	WrongKind         // a refresh token or a code where an access token belongs, or the like
	NotB64            // a character that RFC 6750 allows in no bearer token; At is where
	OtherKeys         // one of another Candor, or its key is gone
	FromTheFuture     // issued after now, by more than Leeway
)

var whys = [...]string{
	NoFault: "no fault", NeverOurs: "never ours", Truncated: "truncated", Overlong: "overlong", Altered: "altered",
	WrongKind: "wrong kind", NotB64: "not b64token", OtherKeys: "other keys", FromTheFuture: "from the future",
}

func (w Why) String() string { return whys[w] }

// class says where a byte can stand.
type class uint8

const (
	outside class = iota // in no b64token (RFC 6750 §2.1)
	padding              // '=', at the end of one
	spare                // in a b64token, but in no token of ours: . ~ + /
	ours                 // in base64url
)

var classes = func() (c [256]class) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		c[b] = ours
	}
	for _, b := range []byte(".~+/") {
		c[b] = spare
	}
	c['='] = padding
	return c
}()

// shape judges all that can be judged without a key.
func (k Kind) shape(cred []byte) (Why, int) {
	foreign, bad := scan(cred)
	if bad > 0 {
		return NotB64, bad
	}
	of, known := kindOf(cred)
	switch {
	case !known && len(cred) >= 4 && len(cred) < prefixLen && string(cred) == prefixes[k][:len(cred)]:
		return Truncated, len(cred) + 1
	case !known:
		return NeverOurs, 0
	case of != k:
		return WrongKind, 0
	case foreign > 0:
		return Altered, foreign
	case len(cred) < Length:
		return Truncated, len(cred) + 1
	case len(cred) > Length:
		return Overlong, Length + 1
	}
	return NoFault, 0
}

// Syntax is the position of the first character that no bearer token may have there (RFC 6750 §2.1), from 1; 0 for none.
func Syntax(cred []byte) int {
	_, bad := scan(cred)
	return bad
}

// Ours reports whether a credential begins as those do that this gateway issues, or as much of it as there is.
func Ours(cred []byte) bool {
	const begins = "cdr_"
	return len(cred) >= len(begins) && string(cred[:len(begins)]) == begins
}

// scan finds the first character that base64url lacks and the first that no b64token may have there, 1-based, 0 none:
//
//	b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
func scan(cred []byte) (foreign, bad int) {
	padded := false
	for i, b := range cred {
		c := classes[b]
		if c == ours && !padded {
			continue
		}
		if c == outside || (c == padding && i == 0) || (c != padding && padded) {
			return foreign, i + 1
		}
		padded = c == padding
		if foreign == 0 {
			foreign = i + 1
		}
	}
	return foreign, 0
}

func kindOf(cred []byte) (Kind, bool) {
	if len(cred) < prefixLen {
		return 0, false
	}
	for k, p := range prefixes {
		if string(cred[:prefixLen]) == p {
			return Kind(k), true
		}
	}
	return 0, false
}
