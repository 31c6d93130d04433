package issuer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ask asks those of these issuers that can be asked about a token that is no JWT, one after the other.
func (b *Book) ask(ctx context.Context, cred []byte, of uint64, now int64) Result {
	if len(cred) > maxToken {
		return invalid(NotTaken, fmt.Sprintf("it has %d bytes, and %d are the most", len(cred), maxToken))
	}
	r := invalid(NotTaken, "")
	for bit, i := range b.issuers {
		if of&(1<<bit) == 0 || i.spec.Introspection == nil {
			continue
		}
		said, err := i.introspect(ctx, cred)
		if err != nil {
			return Result{State: Failed, Why: IssuerDown, Note: "ask " + i.spec.Name + " about a token: " + err.Error()}
		}
		if said.has("active") && string(said["active"]) == "true" {
			return b.vouched(ctx, cred, bit, said, now)
		}
		r = invalid(NotActive, "")
	}
	return r
}

// vouched judges a token that its issuer calls active.
func (b *Book) vouched(ctx context.Context, cred []byte, bit int, said members, now int64) Result {
	s := &b.issuers[bit].spec
	if iss, ok := said.text("iss"); said.has("iss") && (!ok || iss != s.Issuer) {
		return Result{Why: WrongIssuer, Genuine: true, Note: "its iss is " + beside(iss, s.Issuer) + slash(iss, s.Issuer)}
	}
	by, r := s.judge(said, now/int64(time.Second), true)
	if r.Genuine = true; r.State != Good {
		return r
	}
	return b.admit(ctx, cred, bit, &by, now, keepIntrospect)
}

// flight is one question that all who need its answer wait for.
type flight struct {
	done chan struct{} // closed when the fields below are final
	said members
	err  error
}

// introspect asks about a token (RFC 7662 §2.1). Who asks about the same token at the same time shares the question, which does not end with the call that began
// it.
func (i *Issuer) introspect(ctx context.Context, cred []byte) (members, error) {
	sum := sha256.Sum256(cred)
	i.mu.Lock()
	f := i.flights[sum]
	if f == nil {
		f = &flight{done: make(chan struct{})}
		i.flights[sum] = f
		token := string(cred)
		go func() { //nolint:contextcheck // others may wait for it when the call that began it is over; ends with the answer, or its limit
			f.said, f.err = i.question(token)
			i.mu.Lock()
			delete(i.flights, sum)
			i.mu.Unlock()
			close(f.done)
		}()
	}
	i.mu.Unlock()
	select {
	case <-f.done:
		return f.said, f.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// question puts one question, when there is room for it.
func (i *Issuer) question(token string) (members, error) {
	ctx, cancel := context.WithTimeoutCause(i.life, patience, errSlow)
	defer cancel()
	select {
	case i.asking <- struct{}{}:
		defer func() { <-i.asking }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%d questions are under way: %w", maxAsked, context.Cause(ctx))
	}
	at := i.spec.Introspection
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(url.QueryEscape(at.ClientID), url.QueryEscape(at.Secret)) // RFC 6749 §2.3.1
	body, err := i.read(r)
	if err != nil {
		return nil, err
	}
	said, err := parse(body)
	if err != nil {
		return nil, fmt.Errorf("what %s answered cannot be read: %w", at.URL, err)
	}
	return said, nil
}
