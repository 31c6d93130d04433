package route

import "github.com/candor-gateway/candor/internal/access"

// Need says what a route does with the caller's credential. A smaller value asks for more.
type Need uint8

// What a route asks for.
const (
	Required Need = iota // a call without a good credential is refused
	Optional             // one that is sent is verified, and a bad one refused
	Public               // no credential is looked at; Authorization passes as it came
)

// Credentials is what a call must show. The zero Credentials ask for an access token of ours.
type Credentials struct {
	Need  Need
	Kinds access.Kinds // that are taken: of a spec, none stands for access.OwnToken; of a table, there is none only where all is Public
	// Issuers are those whose tokens are taken, each a bit, where access.ExternalToken is.
	Issuers uint64
}

// settled names the kinds that a spec leaves open.
func (c Credentials) settled() Credentials {
	if c.Need == Public {
		return Credentials{Need: Public}
	}
	if c.Kinds == 0 {
		c.Kinds = access.Kinds(0).With(access.OwnToken)
	}
	return c
}

// takesAll reports whether whatever o takes is taken by c as well.
func (c Credentials) takesAll(o Credentials) bool {
	return c.Kinds.ContainsAll(o.Kinds) && o.Issuers&^c.Issuers == 0
}

// with is what a call must show that may be for either: the stricter need, by any kind that one of them takes.
func (c Credentials) with(o Credentials) Credentials {
	return Credentials{min(c.Need, o.Need), c.Kinds | o.Kinds, c.Issuers | o.Issuers}
}
