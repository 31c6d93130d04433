package issuer

import (
	"context"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
)

var errSlow = fmt.Errorf("no answer within %s", 2*patience)

// verifyJWT judges a JWT, in the order of Why.
func (b *Book) verifyJWT(ctx context.Context, cred []byte, u *unverified, of uint64, now int64) Result {
	switch _, known := algorithms[u.alg]; {
	case u.nested:
		return invalid(Encrypted, "its header has cty, enc or zip")
	case u.extends != "":
		return invalid(Extension, "its header has "+u.extends)
	case !known:
		return invalid(Algorithm, "its alg is "+quoted(u.alg))
	}
	bit := b.issuedBy(u.iss, of)
	if bit < 0 {
		expected := b.expected(of)
		return invalid(WrongIssuer, "its iss is "+beside(u.iss, expected...)+slash(u.iss, expected...))
	}
	i := b.issuers[bit]
	if !i.spec.takesType(u.typ) {
		return invalid(Type, "its typ is "+beside(u.typ, i.spec.Types...))
	}
	if r := i.prove(ctx, cred, u, now); r.State != Good {
		return r
	}
	by, r := i.spec.judge(u.claims, now/int64(time.Second), false)
	if r.Genuine = true; r.State != Good {
		return r
	}
	return b.admit(ctx, cred, bit, &by, now, keepFor)
}

// issuedBy is which of these issuers has this iss, -1 for none.
func (b *Book) issuedBy(iss string, of uint64) int {
	for n, i := range b.issuers {
		if of&(1<<n) != 0 && i.spec.Issuer == iss {
			return n
		}
	}
	return -1
}

// expected are the iss of these issuers.
func (b *Book) expected(of uint64) (all []string) {
	for n, i := range b.issuers {
		if of&(1<<n) != 0 {
			all = append(all, i.spec.Issuer)
		}
	}
	return all
}

// prove finds the key that has signed a token. What is verified are the bytes that were read.
func (i *Issuer) prove(ctx context.Context, cred []byte, u *unverified, now int64) Result {
	fit, err := i.keysFor(ctx, time.Unix(0, now), &u.header)
	if err != nil {
		return Result{State: Failed, Why: IssuerDown, Note: err.Error()}
	}
	if len(fit) == 0 {
		return invalid(UnknownKey, "its kid is "+quoted(u.kid)+", of which "+i.spec.Name+" has no key for "+u.alg)
	}
	signed, err := jose.ParseSignedCompact(string(cred), allowed)
	if err != nil {
		return invalid(Malformed, err.Error())
	}
	for _, k := range fit {
		if _, err = signed.Verify(k.public); err == nil {
			return Result{State: Good}
		}
	}
	return invalid(Signature, "")
}
