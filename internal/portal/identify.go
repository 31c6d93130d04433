package portal

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/access"
)

// claims are those that are read beside what go-oidc checks. Some providers write truth as text.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"`
	Party    string `json:"azp"`
}

func (c *claims) verified() bool { return c.Verified == true || c.Verified == "true" }

// identify checks what the provider says of who has signed in (OpenID Connect Core 1.0 §3.1.3.7).
func (p *Provider) identify(ctx context.Context, meta *metadata, j *Journey, tokens *oauth2.Token) (Identity, error) {
	raw, _ := tokens.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, wrongAnswer(errors.New("its token endpoint gave no id_token; the scopes must have openid among them"))
	}
	verifier := meta.Verifier(&oidc.Config{ClientID: p.spec.ClientID, Now: p.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, wrongAnswer(fmt.Errorf("its ID token: %w", short(err)))
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(j.Nonce)) != 1 {
		return Identity{}, wrongAnswer(errors.New("the nonce of its ID token is not that of this sign-in"))
	}
	if id.AccessTokenHash != "" {
		if err = id.VerifyAccessToken(tokens.AccessToken); err != nil {
			return Identity{}, wrongAnswer(fmt.Errorf("its ID token: %w", err))
		}
	}
	return p.person(ctx, meta, id, tokens)
}

// person reads who it is. An address that is not in the ID token may be at the userinfo endpoint.
func (p *Provider) person(ctx context.Context, meta *metadata, id *oidc.IDToken, tokens *oauth2.Token) (Identity, error) {
	var said claims
	all := map[string]any{}
	if err := errors.Join(id.Claims(&said), id.Claims(&all)); err != nil {
		return Identity{}, wrongAnswer(fmt.Errorf("its ID token: %w", err))
	}
	if said.Party != "" && said.Party != p.spec.ClientID {
		return Identity{}, wrongAnswer(fmt.Errorf("its ID token is for %.200q (azp), expected %q", said.Party, p.spec.ClientID))
	}
	if said.Email == "" && meta.UserInfoEndpoint() != "" {
		if err := p.ask(ctx, meta, id, tokens, &said, all); err != nil {
			return Identity{}, err
		}
	}
	who := Identity{Issuer: p.spec.Issuer, Subject: id.Subject, Email: said.Email, Verified: said.verified()}
	who.Member, _ = all[p.spec.Claim].(string)
	if err := access.CheckMember(who.Member); err != nil {
		return Identity{}, wrongAnswer(fmt.Errorf("the claim %s, which is to be the member's id, is none: %w", p.spec.Claim, err))
	}
	return who, nil
}

// ask reads what the userinfo endpoint says, which must be of the same person (OpenID Connect Core 1.0 §5.3.2).
func (p *Provider) ask(ctx context.Context, meta *metadata, id *oidc.IDToken, tokens *oauth2.Token, said *claims, all map[string]any) error {
	info, err := meta.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return &ProviderError{Kind: Unreachable, err: fmt.Errorf("ask its userinfo endpoint: %w", short(err))}
	}
	if info.Subject != id.Subject {
		return wrongAnswer(errors.New("its userinfo endpoint speaks of somebody else than its ID token"))
	}
	more := map[string]any{}
	if err = errors.Join(info.Claims(said), info.Claims(&more)); err != nil {
		return wrongAnswer(fmt.Errorf("its userinfo endpoint: %w", err))
	}
	for name, value := range more {
		if _, signed := all[name]; !signed {
			all[name] = value
		}
	}
	return nil
}
