package issuer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// MaxIssuers is how many issuers a configuration can have: a set of them is a word.
const MaxIssuers = 64

// How many good tokens are remembered, and for how long.
const (
	maxKnown       = 1 << 16
	keepFor        = 5 * time.Minute
	keepIntrospect = time.Minute // behind that a token that was revoked is refused
)

// Book is what one policy knows of other issuers: which there are, by their place in the configuration, and which apps and scopes their tokens may name. It ends
// with its policy, and so does what it remembers of tokens.
type Book struct {
	issuers []*Issuer
	names   *access.Names
	apps    map[string]*access.App // by NAME|claim; Name is the one of the configuration
	number  func(ctx context.Context, key string) (access.AppID, error)
	good    *Table
}

// Table remembers tokens that were good, for one book after another: what was found under a book that has ended is found no more. The zero Table is ready.
type Table struct {
	known  atomic.Pointer[xsync.Map[[sha256.Size]byte, *Token]] // nil: none yet
	mu     sync.Mutex
	recent [][sha256.Size]byte // what known holds, a ring
	oldest int
	most   int // 0: maxKnown
}

// Apps are what a Book needs to know of apps: those of the configuration that belong to other issuers, and the number of any other. An error of Number says that
// the store failed.
type Apps struct {
	Names  *access.Names
	Listed []*access.App // by External
	Number func(ctx context.Context, key string) (access.AppID, error)
}

// NewBook makes a book. The place of an issuer is its bit in the sets that Lookup and Verify take.
func NewBook(issuers []*Issuer, of Apps, good *Table) *Book {
	b := &Book{issuers: issuers, names: of.Names, apps: map[string]*access.App{}, number: of.Number, good: good}
	for _, app := range of.Listed {
		b.apps[app.External] = app
	}
	return b
}

// Lookup finds a token that was good not long ago, of one of these issuers, at now (unix ns); nil: ask Verify. It takes no lock and no memory.
func (b *Book) Lookup(cred []byte, of uint64, now int64) *Token {
	known := b.good.known.Load()
	if known == nil {
		return nil
	}
	t, ok := known.Load(sha256.Sum256(cred))
	if !ok || t.book != b || t.from&of == 0 || now >= t.until {
		return nil
	}
	return t
}

// Issuers are its issuers, by their places.
func (b *Book) Issuers() []*Issuer { return b.issuers }

// Close ends what its issuers do in the background.
func (b *Book) Close() {
	for _, i := range b.issuers {
		i.Close()
	}
}

// Verify judges a token of one of these issuers at now (unix ns). It may ask the issuer, which ends with ctx or by its own limits.
func (b *Book) Verify(ctx context.Context, cred []byte, of uint64, now int64) Result {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*patience, errSlow)
	defer cancel()
	n := parts(cred)
	switch {
	case token.Ours(cred):
		return invalid(WrongIssuer, "it is one of this gateway, whose tokens this API does not take")
	case n == 5:
		return invalid(Encrypted, "it has five parts, as a JWE")
	case n != 3:
		return b.ask(ctx, cred, of, now)
	}
	u, err := read(cred)
	if err != nil {
		return invalid(Malformed, err.Error())
	}
	return b.verifyJWT(ctx, cred, &u, of, now)
}

// keep remembers a good token until it ends, and no longer than a while.
func (b *Book) keep(cred []byte, t *Token, now int64, most time.Duration) {
	t.book, t.until = b, now+int64(most)
	if t.ExpiredAt != 0 {
		t.until = min(t.until, t.ExpiredAt*int64(time.Second))
	}
	b.good.put(sha256.Sum256(cred), t)
}

// put remembers a token. Where there are too many the one that came first is forgotten.
func (g *Table) put(sum [sha256.Size]byte, t *Token) {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.known.Load()
	if known == nil {
		known = xsync.NewMap[[sha256.Size]byte, *Token]()
		g.known.Store(known)
	}
	if _, again := known.Load(sum); !again {
		if most := cmp.Or(g.most, maxKnown); len(g.recent) < most {
			g.recent = append(g.recent, sum)
		} else {
			known.Delete(g.recent[g.oldest])
			g.recent[g.oldest] = sum
			g.oldest = (g.oldest + 1) % most
		}
	}
	known.Store(sum, t)
}

// admit names the caller of a good token and remembers it.
func (b *Book) admit(ctx context.Context, cred []byte, bit int, by *caller, now int64, most time.Duration) Result {
	i := b.issuers[bit]
	t := &Token{ExpiredAt: by.ends, from: 1 << bit}
	key := i.spec.Name + "|" + by.app
	shown := func(claim string) string {
		if i.spec.Qualified {
			return i.spec.Name + "|" + claim
		}
		return claim
	}
	if listed := b.apps[key]; listed != nil {
		told := *listed
		told.Name = shown(by.app)
		t.App = &told
	} else {
		id, err := b.number(ctx, key)
		if err != nil {
			return Result{State: Failed, Why: StoreDown, Genuine: true, Note: "number the app " + quoted(key) + ": " + err.Error()}
		}
		t.App = &access.App{ID: id, Name: shown(by.app), ClientID: by.app, External: key}
	}
	if by.member != "" {
		t.Member = &access.Member{ID: memberID(i.spec.Name, by.member), Subject: shown(by.member)}
	}
	for _, name := range by.scopes {
		if n, ok := b.names.Scope(name); ok {
			t.Scopes = t.Scopes.With(n)
		}
	}
	t.ScopeText = b.names.ScopeText(t.Scopes)
	b.keep(cred, t, now, most)
	return Result{State: Good, Genuine: true, Token: t}
}
