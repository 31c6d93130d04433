package token

import "encoding/base64"

// Claims is what a token of ours says of itself to somebody who has no key. Nothing of it is proven, and whose it is it does not tell.
type Claims struct {
	Kind   Kind
	Issued int64 // unix seconds
	Ends   int64 // unix seconds: the first at which it is not good
}

// ReadUnproven reads a token of ours without a key. Of anything else it says why it is none, and where: of one that was cut, goes on or has a
// character too many the kind is told all the same, of NeverOurs nothing. It is for people to read, and decides nothing.
func ReadUnproven(cred []byte) (c Claims, why Why, at int) {
	kind, known := kindOf(cred)
	if !known {
		return Claims{}, NeverOurs, 0
	}
	c.Kind = kind
	if why, at = kind.shape(cred); why != NoFault {
		return c, why, at
	}
	var raw [rawLen]byte
	if _, err := base64.RawURLEncoding.Decode(raw[:], cred[prefixLen:]); err != nil || raw[atVersion] != version {
		return c, Altered, 0
	}
	f := parseFacts(&raw)
	if f.issued >= lastIssued || f.life < 1 {
		return c, Altered, 0
	}
	c.Issued, c.Ends = f.issued, f.ends()
	return c, NoFault, 0
}
