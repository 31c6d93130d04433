package portal

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

var _ scs.CtxStore = (*kept)(nil)

// kept is our store as scs sees it. It keeps hashes of scs's tokens.
type kept struct {
	store Store
	now   func() time.Time
}

func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// FindCtx finds what has not ended.
func (k *kept) FindCtx(ctx context.Context, secret string) (b []byte, found bool, err error) {
	one, err := k.store.Session(ctx, hashOf(secret))
	if errors.Is(err, token.ErrNotFound) || err == nil && one.Ends <= k.now().Unix() {
		return nil, false, nil
	}
	return one.Data, err == nil, err
}

// CommitCtx keeps a session.
func (k *kept) CommitCtx(ctx context.Context, secret string, b []byte, ends time.Time) error {
	one := account.Session{Hash: hashOf(secret), Data: b, Ends: ends.Unix()}
	if v := visitOf(ctx); v != nil {
		one.Account = v.state.Account
	}
	return k.store.KeepSession(ctx, one)
}

// DeleteCtx ends a session.
func (k *kept) DeleteCtx(ctx context.Context, secret string) error {
	return k.store.DropSession(ctx, hashOf(secret))
}

// Find is FindCtx, for what scs calls without a context.
func (k *kept) Find(secret string) ([]byte, bool, error) {
	return k.FindCtx(context.Background(), secret)
}

// Commit is CommitCtx without a context.
func (k *kept) Commit(secret string, b []byte, ends time.Time) error {
	return k.CommitCtx(context.Background(), secret, b, ends)
}

// Delete is DeleteCtx without a context.
func (k *kept) Delete(secret string) error { return k.DeleteCtx(context.Background(), secret) }
