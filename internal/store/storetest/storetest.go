// Package storetest is what every store must do, whatever it keeps its rows in.
package storetest

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
)

// Store is all that Candor asks of a store.
type Store interface {
	token.Store
	token.Granter
	quota.Store
	SyncApps(ctx context.Context, configured []*access.App, now time.Time) (access.Apps, error)
	CreatedApps(ctx context.Context) ([]access.CreatedApp, error)
	CreateApp(ctx context.Context, app access.CreatedApp) (access.CreatedApp, error)
	ChangeApp(ctx context.Context, name string, change func(*access.CreatedApp) error) (access.CreatedApp, error)
	Numbers(ctx context.Context, kind string, names []string) (map[string]uint32, error)
	Names(ctx context.Context, kind string) ([]string, error)
	Rename(ctx context.Context, kind string, names map[string]string) error
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
	AddDeveloperKey(ctx context.Context, k account.DeveloperKey) (account.DeveloperKey, error)
	DeveloperKeys(ctx context.Context, of account.ID) ([]account.DeveloperKey, error)
	DeveloperKey(ctx context.Context, hash [32]byte) (account.DeveloperKey, error)
	RevokeDeveloperKey(ctx context.Context, of account.ID, name string, at int64) (account.DeveloperKey, error)
	UseDeveloperKey(ctx context.Context, id, at int64) error
	RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error
	AddCode(ctx context.Context, c *access.Code) error
	ExchangeCode(ctx context.Context, id access.CodeID, now time.Time, decide func(*access.Code) token.CodeChange) (token.Exchanged, error)
	ExchangeLine(ctx context.Context, id access.LineID, now time.Time, decide func(*access.Line, *access.Grant) token.LineChange) (token.Exchanged, error)
	LiveGrants(ctx context.Context, of token.GrantFilter, now time.Time, most int) ([]token.LiveGrant, error)
	RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error
	RevokeToken(ctx context.Context, t token.RevokedToken) error
	SaveUses(ctx context.Context, uses iter.Seq2[access.GrantID, int64]) error
	SaveScopeUses(ctx context.Context, uses []access.ScopeUse) error
	ScopeUses(ctx context.Context, since int64) ([]access.ScopeUse, error)
	LoadLive(ctx context.Context, now time.Time) (token.Live, error)
	Changes(ctx context.Context, since int64) (token.Live, error)
	Session(ctx context.Context, hash [32]byte) (account.Session, error)
	KeepSession(ctx context.Context, one account.Session) error
	DropSession(ctx context.Context, hash [32]byte) error
	BrowserKey(ctx context.Context) ([32]byte, error)
	Sweep(ctx context.Context, now time.Time) (int, error)
	Close() error
}

// Noon is the time at which the suite's stores live.
var Noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Run holds a store to the suite. open makes an empty one for each test and closes it in the test's cleanup.
func Run(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*fixture)
	}{
		{"apps keep their numbers", appsKeepTheirNumbers},
		{"created apps are kept whole", createdAppsAreKept},
		{"created apps change whole", createdAppsChangeWhole},
		{"an app has one origin", appsHaveOneOrigin},
		{"many callers create one app", manyCallersCreateOneApp},
		{"numbers are given once", numbersAreGivenOnce},
		{"numbers go with a new name", numbersGoWithANewName},
		{"a member is made once", memberIsMadeOnce},
		{"the same scopes share a grant", sameScopesShareAGrant},
		{"other scopes supersede", otherScopesSupersede},
		{"an app alone has a grant per scope set", appAlone},
		{"a grant needs its app and member", grantNeedsItsOwners},
		{"revoked grants stay revoked", revokedGrantsStayRevoked},
		{"what is returned is the caller's own", returnedIsTheCallersOwn},
		{"live is what can still matter", liveIsWhatCanStillMatter},
		{"a grant lives as long as its refresh token", grantLivesAsItsRefreshToken},
		{"grants tell their age and are listed", grantsAreListed},
		{"a code is used once", codeIsUsedOnce},
		{"failures with a code are counted", codeFailuresAreCounted},
		{"what a code gave is taken back", codeIsRecalled},
		{"codes die with their grant and of other scopes", codesDie},
		{"a line advances", lineAdvances},
		{"a line that is reused ends its grant", lineEndsItsGrant},
		{"codes and lines are kept as long as they matter", exchangesAreSwept},
		{"codes and lines are bounded", exchangesAreBounded},
		{"many callers use one code", manyCallersUseOneCode},
		{"the last use of a grant is kept", lastUseIsKept},
		{"uses of scopes add up", scopeUsesAdd},
		{"accounts are kept whole", accountsAreKept},
		{"accounts change whole", accountsChangeWhole},
		{"what an account has is its own", accountsAreUnique},
		{"many callers create one account", manyCallersCreateOneAccount},
		{"developer keys are kept", developerKeysAreKept},
		{"developer keys are bounded", developerKeysAreBounded},
		{"developer keys die with their account", developerKeysDie},
		{"members are listed", membersAreListed},
		{"a member is erased", memberIsErased},
		{"changes come once", changesComeOnce},
		{"tokens are kept until they end", tokensAreKeptUntilTheyEnd},
		{"sessions are kept until they end", sessionsAreKept},
		{"of one account only so many sessions are kept", sessionsAreBounded},
		{"the key of browsers is made once", browserKeyIsMadeOnce},
		{"counters are replaced", countersAreReplaced},
		{"many callers at once make one grant", manyCallersMakeOneGrant},
		{"a context that has ended", contextThatHasEnded},
		{"a verifier over it", verifierOverIt},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.test(&fixture{T: t, Store: open(t)})
		})
	}
}

// fixture is a store and short words for what tests do with it.
type fixture struct {
	*testing.T
	Store
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) equal(what string, got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Errorf("%s: -want +got\n%s", what, diff)
	}
}

func (f *fixture) apps(names ...string) access.Apps {
	f.Helper()
	var configured []*access.App
	for _, name := range names {
		configured = append(configured, &access.App{Name: name})
	}
	apps, err := f.SyncApps(f.Context(), configured, Noon)
	f.must(err)
	return apps
}

func (f *fixture) member(subject string) *access.Member {
	f.Helper()
	m, err := f.EnsureMember(f.Context(), subject, Noon)
	f.must(err)
	return m
}

// spec asks for a grant of app 1 that matters for an hour.
func spec(member access.MemberID, scopes ...access.Scope) token.GrantSpec {
	s := token.GrantSpec{App: 1, Member: member, Ends: Noon.Add(time.Hour)}
	for _, n := range scopes {
		s.Scopes = s.Scopes.With(n)
		s.ScopeText += " s"
	}
	return s
}

func (f *fixture) ensure(s token.GrantSpec) token.Granted {
	f.Helper()
	granted, err := f.EnsureGrant(f.Context(), s, Noon)
	f.must(err)
	return granted
}

func (f *fixture) grant(id access.GrantID) *access.Grant {
	f.Helper()
	g, err := f.Grant(f.Context(), id)
	f.must(err)
	return g
}

func (f *fixture) notFound(what string, err error) {
	f.Helper()
	if !errors.Is(err, token.ErrNotFound) {
		f.Errorf("%s: %v, want token.ErrNotFound", what, err)
	}
}

// facts are a grant as it can be compared: without what is made at random.
type facts struct {
	App        access.AppID
	Subject    string
	Restricted bool
	Scopes     access.ScopeSet
	ScopeText  string
	Reason     access.Reason
}

func factsOf(g *access.Grant) facts {
	f := facts{App: g.App, Scopes: g.Scopes, ScopeText: g.ScopeText, Reason: g.Reason()}
	if g.Member != nil {
		f.Subject, f.Restricted = g.Member.Subject, g.Member.Restricted.Load()
	}
	return f
}

func ids(l token.Live) (all []access.GrantID) {
	for _, g := range l.Grants {
		all = append(all, g.ID)
	}
	return all
}
