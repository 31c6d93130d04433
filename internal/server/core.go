package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/signing"
	"github.com/candor-gateway/candor/internal/store/memory"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/token"
)

// store is what a Candor keeps over a restart; memory keeps the same for as long as the process lives.
type store interface {
	token.Store
	token.Granter
	quota.Store
	developerKeyStore
	SyncApps(ctx context.Context, configured []*access.App, now time.Time) (access.Apps, error)
	CreatedApps(ctx context.Context) ([]access.CreatedApp, error)
	CreateApp(ctx context.Context, app access.CreatedApp) (access.CreatedApp, error)
	ChangeApp(ctx context.Context, name string, change func(*access.CreatedApp) error) (access.CreatedApp, error)
	AddCode(ctx context.Context, c *access.Code) error
	ExchangeCode(ctx context.Context, id access.CodeID, now time.Time, decide func(*access.Code) token.CodeChange) (token.Exchanged, error)
	ExchangeLine(ctx context.Context, id access.LineID, now time.Time, decide func(*access.Line, *access.Grant) token.LineChange) (token.Exchanged, error)
	LiveGrants(ctx context.Context, of token.GrantFilter, now time.Time, most int) ([]token.LiveGrant, error)
	RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error
	RevokeToken(ctx context.Context, t token.RevokedToken) error
	Member(ctx context.Context, subject string) (*access.Member, error)
	Members(ctx context.Context) ([]*access.Member, error)
	EraseMember(ctx context.Context, subject string, now time.Time) (access.MemberID, []access.GrantID, error)
	Account(ctx context.Context, id account.ID) (account.Account, error)
	AccountByEmail(ctx context.Context, email string) (account.Account, error)
	AccountByMember(ctx context.Context, subject string) (account.Account, error)
	AccountBySubject(ctx context.Context, issuer, subject string) (account.Account, error)
	Accounts(ctx context.Context) ([]account.Account, error)
	CreateAccount(ctx context.Context, a account.Account) (account.Account, error)
	ChangeAccount(ctx context.Context, id account.ID, change func(*account.Account) error) (account.Account, error)
	RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error
	SaveUses(ctx context.Context, uses iter.Seq2[access.GrantID, int64]) error
	SaveScopeUses(ctx context.Context, uses []access.ScopeUse) error
	ScopeUses(ctx context.Context, since int64) ([]access.ScopeUse, error)
	LoadLive(ctx context.Context, now time.Time) (token.Live, error)
	Session(ctx context.Context, hash [32]byte) (account.Session, error)
	KeepSession(ctx context.Context, one account.Session) error
	DropSession(ctx context.Context, hash [32]byte) error
	BrowserKey(ctx context.Context) ([32]byte, error)
	Sweep(ctx context.Context, now time.Time) (int, error)
	Numbers(ctx context.Context, kind string, names []string) (map[string]uint32, error)
	Names(ctx context.Context, kind string) ([]string, error)
	Rename(ctx context.Context, kind string, names map[string]string) error
	Close() error
}

var (
	_ store = (*sqlite.Store)(nil)
	_ store = (*memory.Store)(nil)
)

// core is what survives a reload, and what a token can be minted with: the store, the keys, and who knows the grants. All of it stands on a lock that one
// process holds.
type core struct {
	store    store
	keys     *token.Keyring
	signing  *signing.Keys // nil until an authorization server needs them
	verifier *token.Verifier
	unlock   func() error
	undo     func() error // unlock that first removes what was made
	missing  []string     // folders that were not there for the keys
	folder   string       // the data folder that is held; "" for none
	kept     bool         // keys and grants are on disk
	without  error        // why there is no folder, where one would have been used for the socket
}

// The kinds of names that have numbers.
const (
	kindScope   = "scope"
	kindProduct = "product"
	kindRoute   = "route"
	kindLimit   = "limit"
)

// openCore takes the lock, opens store and keys, and loads the grants. What it opened it closes again if it fails.
func openCore(ctx context.Context, cfg *config.Config, now time.Time) (c *core, err error) {
	nothing := func() error { return nil }
	c = &core{unlock: nothing, undo: nothing, kept: cfg.Data != "" && needsTokens(cfg)}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.giveUp())
			c = nil
		}
	}()
	if err = c.open(ctx, cfg); err != nil {
		return c, err
	}
	if c.keys, err = c.openKeys(cfg, now); err != nil {
		return c, err
	}
	if cfg.OAuth != nil {
		if err = c.openSigning(cfg); err != nil {
			return c, err
		}
	}
	c.verifier = token.NewVerifier(c.keys, c.store)
	live, err := c.store.LoadLive(ctx, now)
	if err != nil {
		return c, fmt.Errorf("load the grants: %w", err)
	}
	c.verifier.Load(live)
	return c, nil
}

// open takes what of the data folder is needed: all of it for tokens, and for the socket the folder alone.
func (c *core) open(ctx context.Context, cfg *config.Config) error {
	if cfg.Data == "" {
		c.store = memory.New()
		return nil
	}
	if !c.kept {
		c.store = memory.New()
		return c.openFolder(cfg)
	}
	if err := c.take(cfg.Data); err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, cfg.Data)
	if err != nil {
		return fmt.Errorf("open the store in %s: %w", cfg.Data, err)
	}
	s.Rest = rest
	c.store = s
	return nil
}

// take takes a folder that is this user's.
func (c *core) take(dir string) error {
	folder, err := sqlite.Take(dir)
	if err != nil {
		return err
	}
	if err = lookAtOwners(dir); err != nil {
		return errors.Join(err, folder.Undo())
	}
	c.unlock, c.undo, c.folder = folder.Release, folder.Undo, dir
	return nil
}

// openFolder takes the folder for the socket. One that nobody has named and that cannot be made is done without, and one that nobody has named is taken away
// again at the end, if nothing else is in it.
func (c *core) openFolder(cfg *config.Config) error {
	if c.goesWithout(cfg) {
		return nil
	}
	err := c.take(cfg.Data)
	if path := (*fs.PathError)(nil); errors.As(err, &path) && !mustHaveData(cfg) {
		c.without = err
		return nil
	}
	if err != nil {
		return err
	}
	if unlock := c.unlock; !cfg.Said("data") {
		c.unlock = func() error {
			sqlite.Leave(cfg.Data)
			return unlock()
		}
	}
	return nil
}

// goesWithout reports whether a folder that is no must should not be made, and notes why.
func (c *core) goesWithout(cfg *config.Config) bool {
	if mustHaveData(cfg) || exists(cfg.Data) {
		return false
	}
	c.without = mayMakeIn(cfg.Data, "the data folder", "data")
	return c.without != nil
}

func (c *core) openKeys(cfg *config.Config, now time.Time) (*token.Keyring, error) {
	if !keptKeys(cfg) || !needsTokens(cfg) {
		return token.Memory(now), nil
	}
	c.missing = sqlite.Missing(cfg.Tokens.Keys)
	return token.OpenKeys(cfg.Tokens.Keys, now)
}

// openSigning opens the keys of id_tokens, unless they are open. The first is made later, in the background.
func (c *core) openSigning(cfg *config.Config) (err error) {
	switch {
	case c.signing != nil:
	case !keptKeys(cfg) || !needsTokens(cfg):
		c.signing = signing.Memory()
	default:
		c.signing, err = signing.Open(cfg.Tokens.Keys)
	}
	return err
}

// endSigning waits for a key that is being made: behind it another process may write into the folder.
func (c *core) endSigning() {
	if c.signing != nil {
		c.signing.Close()
	}
}

func (c *core) number(ctx context.Context, cfg *config.Config) (*access.Names, error) {
	var scopes, products []string
	for _, s := range cfg.Scopes {
		scopes = append(scopes, s.Name)
	}
	for _, p := range cfg.Products {
		products = append(products, p.Name)
	}
	numbered := [2][]string{}
	for i, k := range []struct {
		kind  string
		names []string
		most  int
	}{{kindScope, scopes, access.MaxScopes}, {kindProduct, products, access.MaxProducts}} {
		names, err := c.store.Names(ctx, k.kind)
		if err != nil {
			return nil, fmt.Errorf("read the numbers of the %ss: %w", k.kind, err)
		}
		if n := len(names) + missing(k.names, names); n > k.most { // before they have numbers, or no configuration at all could be served any more
			return nil, fmt.Errorf("%d %ss would have been named in this data directory since it was made, and %d are the most: numbers are never used again, since live tokens hold them", n, k.kind, k.most)
		}
		if _, err = c.store.Numbers(ctx, k.kind, k.names); err != nil {
			return nil, fmt.Errorf("number the %ss: %w", k.kind, err)
		}
		if names, err = c.store.Names(ctx, k.kind); err != nil {
			return nil, fmt.Errorf("read the numbers of the %ss: %w", k.kind, err)
		}
		numbered[i] = names
	}
	return access.NewNames(numbered[0], numbered[1]), nil
}

// missing is how many of wanted are not among names.
func missing(wanted, names []string) (n int) {
	for _, w := range wanted {
		if !slices.Contains(names, w) {
			n++
		}
	}
	return n
}

func (c *core) minter(k known) *token.Minter {
	return &token.Minter{Keys: c.keys, Store: c.store, Verifier: c.verifier, Apps: k.apps, Names: k.names}
}

func (c *core) close() error {
	c.endSigning()
	var err error
	if c.store != nil {
		err = c.store.Close()
	}
	return errors.Join(err, c.unlock())
}

// giveUp closes what a start that fails has opened, and removes what it has made: of a disk that is full nothing is left that the next start would have to
// make sense of.
func (c *core) giveUp() error {
	c.endSigning()
	var err error
	if c.store != nil {
		err = c.store.Close()
	}
	if c.keys != nil {
		err = errors.Join(err, c.keys.Forget())
	}
	sqlite.Remove(c.missing)
	return errors.Join(err, c.undo())
}

// OpenMinter opens the store of an instance that does not run, as Start would, to mint tokens in it. An instance that runs holds the lock: *sqlite.HeldError.
func OpenMinter(ctx context.Context, cfg *config.Config, now time.Time) (*token.Minter, func() error, error) {
	c, k, err := openStopped(ctx, cfg, now)
	if err != nil {
		return nil, nil, err
	}
	return c.minter(k), c.close, nil
}

// socketPath is where the CLI reaches a running instance.
func socketPath(data string) string { return filepath.Join(data, "admin.sock") }
