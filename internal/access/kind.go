package access

// Kind is a kind of credential: what a caller is known by.
type Kind uint8

// The kinds.
const (
	NoCredential  Kind = iota // none was asked for, or none was sent
	OwnToken                  // an access token that this gateway issued
	ExternalToken             // one of another issuer

	KindCount // how many values there are
)

// Kinds is a set of kinds.
type Kinds uint8

// Bearer are the kinds that come as a bearer token.
const Bearer = Kinds(1<<OwnToken | 1<<ExternalToken)

// Has reports whether k is in the set.
func (s Kinds) Has(k Kind) bool { return s&(1<<k) != 0 }

// Intersects reports whether some kind is in both.
func (s Kinds) Intersects(o Kinds) bool { return s&o != 0 }

// With returns the set and k.
func (s Kinds) With(k Kind) Kinds { return s | 1<<k }

// ContainsAll reports whether every kind of o is in s.
func (s Kinds) ContainsAll(o Kinds) bool { return s&o == o }
