package issuer

import "github.com/candor-gateway/candor/internal/access"

// State is what a token is worth. The zero State lets nobody in.
type State uint8

// The states.
const (
	Invalid State = iota
	Expired       // genuine, and past its end
	Good
	Failed // the issuer, or the store, could not be asked: nothing is known against the token
)

// Why says what is wrong with an invalid token, or what failed.
type Why uint8

// What can be wrong, in the order in which it is looked for.
const (
	NoFault       Why = iota
	NotTaken          // neither a JWT nor a token that an issuer of this API can be asked about
	Malformed         // three parts that are no JWT
	Encrypted         // a JWE, or a token within a token
	Extension         // it asks for an extension that is not known here (crit, b64)
	Algorithm         // alg is none, a shared secret's, or unknown
	Type              // typ is another than those that are taken
	WrongIssuer       // iss is none of this API's
	UnknownKey        // the issuer has no such key
	Signature         // it does not hold
	BadClaim          // a claim is missing, or no use: Name says which
	WrongAudience     // it is for somebody else
	IDToken           // it tells an app who signed in
	Bound             // it asks for a proof of possession (cnf)
	NotYet            // its nbf is ahead
	NotActive         // the issuer says so, and no more
	IssuerDown        // of Failed
	StoreDown         // of Failed
	WhyCount          // how many values there are
)

// Result is what Verify finds.
type Result struct {
	State     State
	Why       Why
	Genuine   bool   // its issuer vouches for it, whatever else is wrong: nobody guessed it
	Token     *Token // of Good
	Name      string // of BadClaim: the claim; of WrongAudience: whom it should be for
	ExpiredAt int64  // unix seconds; 0 unknown
	NoMember  bool   // it is an app's own
	Note      string // for the log: what came beside what was expected; holds no secret
}

// Token is a good one: who calls, and what they may.
type Token struct {
	App       *access.App
	Member    *access.Member // nil: the app calls for itself
	Scopes    access.ScopeSet
	ScopeText string
	ExpiredAt int64 // unix seconds: the first at which it is not good; 0: its issuer did not say

	book  *Book  // under which it was found good
	from  uint64 // its issuer's bit
	until int64  // unix ns: how long it may be found again
}

// invalid is a result.
func invalid(why Why, note string) Result { return Result{Why: why, Note: note} }
