package server

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/signing"
)

// signingKeys are those of id_tokens; nil where no authorization server has asked for them.
func (t tokens) signingKeys() *signing.Keys {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return t.s.core.signing
}

func (t tokens) rotateSigning(ctx context.Context, cfg *config.Config, now time.Time) ([]admin.Key, error) {
	keys := t.signingKeys()
	if cfg.OAuth == nil || keys == nil {
		return nil, refusal(409, "%w", errNoSigning)
	}
	err := keys.Rotate(ctx, now)
	if waiting, ok := errors.AsType[*signing.WaitingError](err); ok {
		return nil, refusal(409, "%w", waiting)
	}
	return t.keysOfSigning(), err
}

// keysOfTokens are in the words of admin.Key, the first one made first.
func (t tokens) keysOfTokens() (all []admin.Key) {
	now := t.s.o.Now()
	for _, k := range t.s.core.keys.List() {
		key := admin.Key{Kind: admin.KeysOfTokens, ID: strconv.Itoa(int(k.ID)), State: string(signing.Retired), CreatedAt: k.Created, SignsFrom: k.Created, Until: unlessZero(k.Until)}
		switch {
		case k.Active:
			key.State = string(signing.Signs)
		case !now.Before(k.Until):
			key.State = string(signing.Ended)
		}
		all = append(all, key)
	}
	return all
}

func (t tokens) keysOfSigning() (all []admin.Key) {
	keys := t.signingKeys()
	if keys == nil {
		return nil
	}
	for _, k := range keys.List(t.s.o.Now()) {
		all = append(all, admin.Key{
			Kind: admin.KeysOfSigning, ID: k.ID, State: string(k.State), CreatedAt: k.Created, SignsFrom: k.From, Until: unlessZero(k.Until),
		})
	}
	return all
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
