package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// inSession is under what the state of a session stands in it.
const inSession = "state"

// longestToken is more than scs's tokens have.
const longestToken = 64

// Sessions are the sessions of all browsers.
type Sessions struct {
	o     Options
	scs   *scs.SessionManager
	names cookies
	turns turns
	paces paces
}

// New makes sessions.
func New(o Options) *Sessions {
	// scs.New would begin to sweep a store in memory, for ever.
	return &Sessions{o: o, scs: &scs.SessionManager{Lifetime: Absolute, Store: &kept{o.Store, o.Now}, Codec: scs.GobCodec{}}, names: cookiesOf(o.URL)}
}

// visit is one request and what is known of its browser.
type visit struct {
	sessions *Sessions
	from     netip.Addr // whose share of new sessions it takes; invalid: nobody's
	now      time.Time
	state    state
	who      Who
	secret   string // with which it came, good or not; "": with none
	is       bool   // there is a session already
	changed  bool
	over     bool // it ends
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Serve lets serve answer a request that came from an address (an invalid one is of nobody in particular), with what is known of its browser in its context. What
// serve changes there is kept before anything of its answer is sent; an error says that it could not be, or that nothing could be found out, and that nothing
// is sent. Requests of one session are answered one after the other, so that none undoes what another does.
func (s *Sessions) Serve(w http.ResponseWriter, r *http.Request, from netip.Addr, serve func(http.ResponseWriter, *http.Request)) error {
	ctx := r.Context()
	secret := s.names.secret(r)
	done, err := s.turns.take(ctx, secret)
	if err != nil {
		return err
	}
	defer done()
	v := &visit{sessions: s, from: from, now: s.o.Now(), secret: secret}
	ctx, err = s.load(context.WithValue(ctx, visitKey{}, v), v, secret)
	if err != nil {
		return err
	}
	answer := &answer{head: w.Header().Clone()}
	serve(answer, r.WithContext(ctx))
	if err = s.save(context.WithoutCancel(ctx), v, answer.head); err != nil { // who has gone meanwhile may come back
		return err
	}
	answer.send(w)
	return nil
}

// load finds the session of a secret, and whose it is.
func (s *Sessions) load(ctx context.Context, v *visit, secret string) (context.Context, error) {
	ctx, err := s.scs.Load(ctx, secret)
	if err != nil {
		return nil, fmt.Errorf("find a session: %w", err)
	}
	text := s.scs.GetBytes(ctx, inSession)
	if v.is = text != nil; !v.is {
		v.over = secret != "" // so that the browser forgets it
		return ctx, nil
	}
	if json.Unmarshal(text, &v.state) != nil {
		v.end()         // it is damaged: who has it signs in again
		return ctx, nil //nolint:nilerr // as it says
	}
	if v.state.Account == 0 {
		return ctx, nil
	}
	return ctx, v.recognise(ctx)
}

// recognise looks up whose a session is, and ends it if it is nobody's any more.
func (v *visit) recognise(ctx context.Context) error {
	a, err := v.sessions.o.Store.Account(ctx, v.state.Account)
	if errors.Is(err, token.ErrNotFound) || err == nil && v.state.Began <= a.Voided {
		v.end()
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the account of a session: %w", err)
	}
	restricted, err := v.sessions.Restricted(ctx, &a)
	if err != nil {
		return err
	}
	if restricted {
		v.end()
		return nil
	}
	v.who = v.sessions.whoIs(&a, v.state.Verified, v.state.At)
	if v.now.Sub(time.Unix(v.state.Touched, 0)) >= touched {
		v.state.Touched, v.changed = v.now.Unix(), true
	}
	return nil
}

// Restricted reports whether an account's member was restricted: it cannot sign in.
func (s *Sessions) Restricted(ctx context.Context, a *account.Account) (bool, error) {
	if a.Member == "" {
		return false, nil
	}
	m, err := s.o.Store.Member(ctx, a.Member)
	if errors.Is(err, token.ErrNotFound) { // one that no app has asked for yet
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find the member of an account: %w", err)
	}
	return m.Restricted.Load(), nil
}

func (s *Sessions) whoIs(a *account.Account, verified bool, at int64) Who {
	who := Who{Account: a.ID, Name: a.Email, Email: a.Address(), Member: a.Member, Roles: a.Roles, At: at}
	if verified && who.Email != "" && s.o.Roles != nil {
		who.Roles |= s.o.Roles(who.Email)
	}
	return who
}

// end ends the session; what was held in it is gone.
func (v *visit) end() {
	v.state, v.who, v.over, v.changed = state{}, Who{}, true, false
}

// save keeps what has changed, and tells the browser.
func (s *Sessions) save(ctx context.Context, v *visit, head http.Header) error {
	switch {
	case v.changed:
		return s.keep(ctx, v, head)
	case !v.over:
		return nil
	case v.is:
		if err := s.scs.Destroy(ctx); err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
	}
	s.names.forget(head)
	return nil
}

func (s *Sessions) keep(ctx context.Context, v *visit, head http.Header) error {
	if v.over && v.is { // it ended, and another began: never under the old secret
		if err := s.scs.RenewToken(ctx); err != nil {
			return fmt.Errorf("renew a session: %w", err)
		}
		if err := s.leave(ctx, v); err != nil {
			return err
		}
	}
	v.state.forget(v.now)
	text, err := json.Marshal(&v.state)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	s.scs.Put(ctx, inSession, text)
	s.scs.SetDeadline(ctx, v.state.ends(v.now))
	secret, _, err := s.scs.Commit(ctx)
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	s.names.tell(head, secret)
	return nil
}

// leave lets what waits go on waiting under the old secret for a moment, where nobody is signed in: of two presses of a button the second comes with that, since the
// browser drops the answer to the first. Whoever else knows the old secret could have begun the same.
func (s *Sessions) leave(ctx context.Context, v *visit) error {
	old := state{Held: slices.Clone(v.state.Held)}
	if len(old.Held) == 0 {
		return nil
	}
	text, err := json.Marshal(&old)
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	ends := v.now.Add(Twice)
	data, err := s.scs.Codec.Encode(ends, map[string]any{inSession: text})
	if err != nil {
		return fmt.Errorf("write a session: %w", err)
	}
	if err = s.o.Store.KeepSession(ctx, account.Session{Hash: hashOf(v.secret), Data: data, Ends: ends.Unix()}); err != nil {
		return fmt.Errorf("keep what waits in a session: %w", err)
	}
	return nil
}

// Begin notes that somebody has signed in: the session gets another secret, and keeps what is held in it. read is when the account was: what voids its sessions
// later than that ends this one too. verified says that the address of the account is known to be its own.
func Begin(ctx context.Context, a *account.Account, verified bool, read time.Time) error {
	v := visitOf(ctx)
	if v == nil {
		return errOutside
	}
	v.state.Account, v.state.Verified = a.ID, verified
	v.state.At, v.state.Touched = v.now.Unix(), v.now.Unix()
	v.state.Began = max(read.UnixMilli(), a.Voided+1)
	v.who = v.sessions.whoIs(a, verified, v.state.At)
	v.changed, v.over = true, true
	return nil
}

// Renew gives the session of this request another secret, and lets it outlive what has just voided all of the account's: the browser at which somebody has changed
// the password stays signed in.
func Renew(ctx context.Context, a *account.Account) error {
	v := visitOf(ctx)
	if v == nil {
		return errOutside
	}
	v.state.Began = max(v.state.Began, a.Voided+1)
	v.changed, v.over = true, true
	return nil
}

// Leave signs out, and keeps what is held: somebody else is to go on with it.
func Leave(ctx context.Context) {
	if v := visitOf(ctx); v != nil && v.who.Account != 0 {
		v.state = state{Held: v.state.Held}
		v.who, v.over, v.changed = Who{}, true, true
	}
}

// End signs out.
func End(ctx context.Context) {
	if v := visitOf(ctx); v != nil {
		v.end()
	}
}
