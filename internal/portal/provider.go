package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ProviderSpec is what the operator says of an OpenID provider.
type ProviderSpec struct {
	Issuer, ClientID, Secret string
	Claim                    string // of the ID token: the operator's own id of the member
	Scopes                   []string
	Callback                 string // where the provider sends people back to
}

// Provider is the operator's own OpenID provider, at which people sign in (OpenID Connect Core 1.0 §3.1, with PKCE).
type Provider struct {
	spec   ProviderSpec
	now    func() time.Time
	client *http.Client
	turn   chan struct{} // held by whoever asks for the metadata
	known  *metadata     // nil until it is known; guarded by turn, as what follows is
	failed error         // why it is not, and
	until  time.Time     // how long nobody asks again
}

// metadata is what the provider says of itself.
type metadata struct {
	*oidc.Provider
	sendsIssuer bool // RFC 9207 §3: each answer of its authorization endpoint has iss
}

// NewProvider asks nobody anything yet: a provider that is down keeps no instance from starting.
func NewProvider(spec *ProviderSpec, now func() time.Time) *Provider {
	return &Provider{spec: *spec, now: now, client: newClient(), turn: make(chan struct{}, 1)}
}

// Close lets go of connections.
func (p *Provider) Close() { p.client.CloseIdleConnections() }

// Identity is who has signed in at a provider.
type Identity struct {
	Issuer, Subject string
	Member          string // the operator's own id
	Email           string // as the provider spells it; "" is not known
	Verified        bool   // the provider has seen that it is theirs
}

// Begin is where to send a browser so that somebody signs in there, and what has to come back. again asks for a password even of who has just said one.
func (p *Provider) Begin(ctx context.Context, again bool) (to string, j Journey, err error) {
	meta, err := p.metadata(ctx)
	if err != nil {
		return "", Journey{}, err
	}
	j = Journey{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return p.exchange(meta).AuthCodeURL(j.State, options...), j, nil
}

// Finish is who has come back from a journey, by what the provider sent along. The error is a *ProviderError.
func (p *Provider) Finish(ctx context.Context, j *Journey, sent url.Values) (Identity, error) {
	if word := sent.Get("error"); word != "" {
		return Identity{}, &ProviderError{Kind: Declined, Word: word, Says: sent.Get("error_description")}
	}
	ctx, cancel := context.WithTimeout(ctx, altogether)
	defer cancel()
	meta, err := p.metadata(ctx)
	if err != nil {
		return Identity{}, err
	}
	if err = p.checkIssuer(meta, sent); err != nil {
		return Identity{}, err
	}
	code := sent.Get("code")
	if code == "" {
		return Identity{}, wrongAnswer(errors.New("there is neither a code nor an error in what the browser brought"))
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.exchange(meta).Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return Identity{}, exchangeError(err)
	}
	return p.identify(ctx, meta, j, tokens)
}

// checkIssuer finds an answer that another server gave (RFC 9207 §2.4).
func (p *Provider) checkIssuer(meta *metadata, sent url.Values) error {
	switch iss := sent.Get("iss"); {
	case iss == p.spec.Issuer || iss == "" && !meta.sendsIssuer:
		return nil
	case iss == "":
		return wrongAnswer(errors.New("the answer has no iss, which this provider says it sends (RFC 9207)"))
	default:
		return wrongAnswer(fmt.Errorf("the answer is of the issuer %.200q, expected %q", iss, p.spec.Issuer))
	}
}

func (p *Provider) exchange(meta *metadata) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.spec.ClientID, ClientSecret: p.spec.Secret, Endpoint: meta.Endpoint(), RedirectURL: p.spec.Callback, Scopes: p.spec.Scopes,
	}
}

// rest is how long a provider that has failed is left alone: all others who want to sign in would wait for it one after the other.
const rest = 3 * time.Second

// metadata asks once, until there is an answer.
func (p *Provider) metadata(ctx context.Context) (*metadata, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil, &ProviderError{Kind: Unreachable, err: context.Cause(ctx)}
	}
	if p.known != nil || p.now().Before(p.until) {
		return p.known, p.failed
	}
	p.known, p.failed = p.discover(ctx)
	if ctx.Err() == nil { // else it is not the provider that gave up
		p.until = p.now().Add(rest)
	}
	return p.known, p.failed
}

func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.spec.Issuer)
	if other, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, wrongAnswer(fmt.Errorf("its metadata is of the issuer %.200q, and issuer: says %q; write it as the metadata does, to the slash at the end", other.Discovered, p.spec.Issuer))
	}
	if err != nil {
		return nil, &ProviderError{Kind: Unreachable, err: fmt.Errorf("read the metadata of %s: %w", p.spec.Issuer, short(err))}
	}
	var more struct {
		SendsIssuer bool `json:"authorization_response_iss_parameter_supported"`
	}
	if err = found.Claims(&more); err != nil {
		return nil, wrongAnswer(fmt.Errorf("read the metadata of %s: %w", p.spec.Issuer, err))
	}
	return &metadata{found, more.SendsIssuer}, nil
}
