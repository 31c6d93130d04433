package token

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/candor-gateway/candor/internal/access"
)

// State is the verdict on a credential. The zero State lets nobody in.
type State uint8

// The verdicts, in the order in which they are looked for (docs/contract.md).
const (
	Invalid    State = iota // 65600: not ours, altered, wrong kind, or of a grant that nobody knows
	Expired                 // 65602: past its end, whatever became of it
	Revoked                 // 65601: its grant is dead or the token itself was revoked
	Restricted              // 65608: its member is restricted
	Good                    // genuine, in time, its grant alive
	Unknown                 // genuine and in time, its grant not in memory: Fetch, then Verify again
	Failed                  // the store did not answer; never said by Verify, set by whom Fetch failed
)

var states = [...]string{
	Invalid: "invalid", Expired: "expired", Revoked: "revoked", Restricted: "restricted member",
	Good: "good", Unknown: "unknown grant", Failed: "failed",
}

func (s State) String() string { return states[s] }

// Result is what Verify finds out.
type Result struct {
	State     State
	Why       Why           // of Invalid
	At        int           // of Invalid: 1-based position of what is wrong, 0 none
	Genuine   bool          // it bears our MAC, whatever else is wrong with it: nobody guessed it
	Grant     *access.Grant // of Good, Revoked, Restricted; of Expired where it is in memory
	ID        access.GrantID
	Token     ID
	Issued    int64 // unix seconds
	ExpiredAt int64 // unix seconds: the first at which it is not good; of every genuine token, also one in time
}

// Store is where a Verifier finds a grant that it has not in memory. ErrNotFound says that there is none; any other error
// that the store failed.
type Store interface {
	Grant(ctx context.Context, id access.GrantID) (*access.Grant, error)
}

// ErrNotFound is returned by stores for what does not exist.
var ErrNotFound = errors.New("not found")

// Leeway is how far the clock of the machine that issued a token may run ahead of this one. A token works from the moment
// it is issued, everywhere; one from a later time shows a clock that is badly wrong.
const Leeway = 5 * time.Minute

// Verifier knows the grants and tells what a credential is worth. It survives reloads of the configuration. All methods
// are safe for concurrent use; Verify takes no lock.
type Verifier struct {
	keys   *Keyring
	store  Store
	proven proven

	grants  *xsync.Map[uint64, *access.Grant] // by id
	revoked *xsync.Map[ID, int64]             // tokens revoked one by one → their end, unix seconds
	absent  *xsync.Map[uint64, struct{}]      // grants that the store does not know
	singles atomic.Bool                       // revoked may hold something: nearly always it does not, and hashing costs

	writing sync.Mutex // held by whoever changes the store, until it is noted here
	turn    sync.Mutex // held by whoever changes what follows or the maps above
	members map[access.MemberID]*access.Member
	texts   map[string]string          // ScopeText of grants: many share one, and each store tells its own copy
	changes uint64                     // counts revocations and restrictions
	news    atomic.Uint64              // counts whatever may end a token that was good
	flights map[access.GrantID]*flight // questions to the store under way
	recent  []access.GrantID           // what absent holds, a ring
	oldest  int
}

// NewVerifier makes a verifier that knows no grant yet. Where store is nil the memory is all there is, and a token of a
// grant that was not Put is invalid.
func NewVerifier(keys *Keyring, store Store) *Verifier {
	return &Verifier{
		keys:    keys,
		store:   store,
		proven:  newProven(provenSets),
		grants:  xsync.NewMap[uint64, *access.Grant](),
		revoked: xsync.NewMap[ID, int64](),
		absent:  xsync.NewMap[uint64, struct{}](),
		members: make(map[access.MemberID]*access.Member),
		texts:   make(map[string]string),
		flights: make(map[access.GrantID]*flight),
	}
}

// Verify judges an access token at now (unix ns) and writes all of r. cred is what follows the scheme, without blanks. It
// allocates nothing once s has met the key, asks nobody, and never blocks.
func (v *Verifier) Verify(cred []byte, now int64, s *Scratch, r *Result) {
	*r = Result{}
	f, genuine := v.prove(cred, now, s, r)
	if !genuine {
		return
	}
	r.Genuine, r.ID, r.Token, r.Issued, r.ExpiredAt = true, f.grant, f.id, f.issued, f.ends()
	if f.issued*int64(time.Second)-int64(Leeway) > now {
		r.Why = FromTheFuture
		return
	}
	r.Grant, _ = v.grants.Load(uint64(f.grant))
	if r.State = v.standing(&f, now, r.Grant); r.State == Invalid {
		r.Why = NeverOurs
	}
}

// prove tells what a genuine access token says, or notes in r why it is none. Most that come have the right length and are genuine: what is wrong with a shape
// is looked for only where the MAC has not told that nothing is.
func (v *Verifier) prove(cred []byte, now int64, s *Scratch, r *Result) (f facts, genuine bool) {
	keys := v.keys.set.Load()
	if len(cred) == Length && string(cred[:prefixLen]) == prefixes[Access] {
		set := v.proven.set(cred)
		if f, genuine = set.find(keys, now); genuine {
			return f, true
		}
		if f, r.Why = s.open(keys, Access, cred, now); r.Why == NoFault {
			set.keep(&f, keys.find(f.key, now).print)
			return f, true
		}
	}
	if why, at := Access.shape(cred); why != NoFault {
		r.Why, r.At = why, at
		r.Genuine = v.bearsMAC(cred, now, s)
	}
	return f, false
}

// bearsMAC reports whether what is no access token begins with a token of ours, of any kind: a refresh token in the wrong place, or one with something
// behind it.
func (v *Verifier) bearsMAC(cred []byte, now int64, s *Scratch) bool {
	kind, ours := kindOf(cred)
	if !ours || len(cred) < Length {
		return false
	}
	_, why := s.open(v.keys.set.Load(), kind, cred[:Length], now)
	return why == NoFault
}

// standing is the state of a genuine token.
func (v *Verifier) standing(f *facts, now int64, g *access.Grant) State {
	if now >= f.ends()*int64(time.Second) {
		return Expired
	}
	if g == nil {
		return v.unknown(f.grant)
	}
	return v.Still(g, f.id)
}

// Still is what has become of a token that was good, but for its end: Good, Revoked or Restricted. It takes no lock.
func (v *Verifier) Still(g *access.Grant, id ID) State {
	if g.Revoked() {
		return Revoked
	}
	if v.singles.Load() && v.revokedAlone(id) {
		return Revoked
	}
	if g.Member != nil && g.Member.Restricted.Load() {
		return Restricted
	}
	return Good
}

// News changes whenever Still may say something else of a token.
func (v *Verifier) News() uint64 { return v.news.Load() }

func (v *Verifier) revokedAlone(id ID) bool {
	_, gone := v.revoked.Load(id)
	return gone
}

func (v *Verifier) unknown(id access.GrantID) State {
	if v.store == nil {
		return Invalid
	}
	if _, asked := v.absent.Load(uint64(id)); asked {
		return Invalid
	}
	return Unknown
}
