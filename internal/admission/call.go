// Package admission decides about one call: forwarded, answered by us, refused, or not yet, since a fact is not in memory. It is one readable function
// over one value: it never blocks, reads no clock, allocates nothing and knows no engine.
package admission

import (
	"context"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// Verifier tells what a credential is worth. Verify never blocks; where it says Unknown, Fetch asks whoever knows, and Verify is asked again.
type Verifier interface {
	Verify(cred []byte, now int64, s *token.Scratch, r *token.Result)
	Fetch(ctx context.Context, id access.GrantID) error
	// Still is what has become of a token that was good; News changes whenever it may say something else.
	Still(g *access.Grant, id token.ID) token.State
	News() uint64
}

// Policy is all that decides about a call. It is immutable: a call loads it once and keeps it. Tokens and Quota survive reloads.
type Policy struct {
	Routes *route.Table
	Tokens Verifier
	Quota  *quota.Limiter
	Apps   access.Apps
	Names  *access.Names // of scopes and products, for those that tell of calls; nil: nobody does
	// Issuers judge tokens of others; nil: there are none.
	Issuers *issuer.Book

	InFlight int64 // calls in flight at most; 0: no bound
	Heads    *http1.Limits
	Body     int64 // bytes of a body at most, where the route does not say
	JSONBody int64 // of a body that is checked as JSON
}

// Verdict is what Admit decides.
type Verdict uint8

// The verdicts.
const (
	Forwards Verdict = iota
	Answers          // by us, and it is no error: a preflight, OPTIONS *
	Refuses          // Call.Problem says why
	Waits            // a fact is not in memory: Fetch, then Admit again
)

// Call is one call under way. It is borrowed from a pool and used again; Begin makes it ready.
type Call struct {
	Policy *Policy
	ID     callid.ID
	At     int64 // unix ns, read once; nobody below reads a clock
	Peer   Peer
	Head   *http1.Head // lent by whoever has parsed it
	Broken bool        // the head is not whole: what it lacks may have been sent all the same
	CORS   *route.CORS // the listener's, then the API's; nil: off

	// What Admit finds, in this order.
	Match     route.Match
	Preflight bool         // forwarded or answered without a credential
	Stricter  *route.Route // what the path belongs to in its canonical form; nil: nothing that asks for more
	Tolerated route.Accept // what was let pass though it is not what it should be
	WouldPass route.Accept // what would have to be tolerated, too, for a refused call to pass: for the log alone
	Bare      bool         // a preflight that is forwarded without a body and without credentials
	Tunnelled bool         // POST that is routed and authorised as GET
	Caller    Caller
	Switch    *route.Upgrade // asked for and let pass: the connection is switched to WebSocket; nil: it is not
	InQuery   Span           // where the verified token stands in the query: cut from what is forwarded
	Hops      int            // how often the call came through gateways of our kind before, as Candor-Hops says
	Quota     quota.Result
	Problem   problem.Problem // a value: the facts of this case, no text
	Observed  [MaxObserved]Observation
	First     problem.Problem // the first observation as it would have been refused; see Would

	observed int  // of Observed are there
	judged   bool // all is said of it: what other checks find is not noted
	trial    bool // nothing is counted
	answered bool // by us: a trial's
	refused  bool // by a check
	looked   bool // for a credential

	step     int
	sent     sent         // what it brought as its credential; reset where it is looked for
	token    token.Result // what the verifier said of a token; written whole where it is asked
	wants    wanted
	fetched  fetched
	external issuer.Result // what was fetched of a token of another issuer, or found without asking
	entered  bool
	products access.ProductSet
	scratch  token.Scratch
	plain    []byte // scratch for the canonical form of a path
	behind   []byte // scratch for what becomes of a path
	allow    [256]byte
	granted  [maxNames]string
}

// Span is a range of bytes of the query, with the '&' that goes with it; the zero Span is none.
type Span struct{ Off, End int }

// maxNames bounds how many scopes an answer lists.
const maxNames = 64

// wanted is what a call waits for.
type wanted uint8

const (
	aGrant     wanted = iota // of a token of ours
	aJudgement               // of another issuer's token
)

type fetched uint8

const (
	notAsked fetched = iota
	answered
	failed
)

// Begin makes c ready for the next call under policy p. Head is what whoever has parsed it lends.
func (c *Call) Begin(p *Policy) {
	c.Policy = p
	c.CORS, c.Stricter, c.Switch, c.Broken = nil, nil, nil, false
	c.Tolerated, c.WouldPass = 0, 0
	c.Match = route.Match{}
	c.Preflight, c.Bare, c.Tunnelled = false, false, false
	c.Caller = Caller{}
	c.InQuery = Span{}
	c.Hops = 0
	c.Quota.Reset()
	if c.Problem.Type != problem.None { // else it is the zero one: most calls have none, and it is large
		c.Problem = problem.Problem{}
	}
	c.step, c.observed, c.fetched, c.entered, c.products = 0, 0, notAsked, false, 0
	c.trial, c.answered, c.judged, c.refused, c.looked = false, false, false, false, false
}

// Fetch gets the fact that Admit waits for: the one place that may ask a store or an issuer. It notes found, absent or failed in the call. Its error is for the
// log: why it failed, or what is wrong with what was found.
func (c *Call) Fetch(ctx context.Context) error {
	if c.wants == aJudgement {
		return c.fetchJudgement(ctx)
	}
	if err := c.Policy.Tokens.Fetch(ctx, c.token.ID); err != nil {
		c.fetched = failed
		return err
	}
	c.fetched = answered
	return nil
}

// Outcome says how an admitted call ended.
type Outcome uint8

// The outcomes, as far as what was counted is concerned.
const (
	Sent   Outcome = iota // a byte of it was written to an upstream: it counts
	Unsent                // it never left: what was counted is given back
)

// Done ends an admitted call, exactly once after Forwards.
func (c *Call) Done(o Outcome) {
	if !c.entered {
		return
	}
	c.entered = false
	c.Policy.Quota.Leave()
	if o == Unsent {
		c.GiveBack()
	}
}

// GiveBack gives back what an admitted call has taken of its limits, once, before its end is known.
func (c *Call) GiveBack() { c.Policy.Quota.Return(&c.Quota) }

// Method is the method by which the call is routed and authorised, as sent but for a tunnelled query.
func (c *Call) Method() []byte {
	if c.Tunnelled {
		return get
	}
	return c.Head.Method.Of(c.Head.Buf)
}

var get = []byte("GET")
