package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// purse answers with what it was asked.
type purse struct {
	asked []any
	err   error
}

func (p *purse) note(asked ...any) { p.asked = append(p.asked, asked...) }

func (p *purse) Grants(_ context.Context, of GrantFilter) (Grants, error) {
	p.note(of)
	return Grants{Grants: []Grant{{App: of.App, Member: of.Member, Scopes: []string{"a"}, CreatedAt: noon, EndsAt: noon}}, More: true}, p.err
}

func (p *purse) RevokeGrant(_ context.Context, of GrantFilter) (Revoked, error) {
	p.note(of)
	return Revoked{What: "grant", App: of.App, Member: of.Member}, p.err
}

func (p *purse) InspectToken(_ context.Context, text string) (Token, error) {
	p.note(text)
	return Token{Kind: "unknown", State: "invalid", Why: "no"}, p.err
}

func (p *purse) RevokeToken(_ context.Context, text string) (Revoked, error) {
	p.note(text)
	return Revoked{What: "token"}, p.err
}

func (p *purse) Keys(context.Context) ([]Key, error) {
	return []Key{{Kind: "tokens", ID: "7", State: "signs", CreatedAt: noon, SignsFrom: noon}}, p.err
}

func (p *purse) RotateKeys(_ context.Context, kind string) ([]Key, error) {
	p.note(kind)
	return []Key{{Kind: kind, ID: "8", State: "published", CreatedAt: noon, SignsFrom: noon, Until: &noon}}, p.err
}

const noonJSON = `"2026-03-01T12:00:00Z"`

func TestTokens(t *testing.T) {
	fault := &Fault{Status: 404, Message: "there is no such app"}
	json := []string{"Content-Type", "application/json", "Authorization", "Bearer sesame-sesame-sesame"}
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               answered
		asked              []any
	}{
		"grants": {
			"GET", "/v1/grants?app=shop&member=a%26b", "", nil,
			said(200, `{"grants": [{"app": "shop","member": "a&b","scopes": ["a"],"created_at": `+noonJSON+`,"ends_at": `+noonJSON+`}],"more": true}`),
			[]any{GrantFilter{"shop", "a&b"}},
		},
		"grants of nobody": {"GET", "/v1/grants?app=x", "", fault, said(404, `{"status": 404,"message": "there is no such app"}`), []any{GrantFilter{App: "x"}}},
		"revoke a grant":   {"POST", "/v1/grants/revoke", `{"app":"shop","member":"ada"}`, nil, said(200, `{"revoked": "grant","app": "shop","member": "ada"}`), []any{GrantFilter{"shop", "ada"}}},
		"inspect":          {"POST", "/v1/tokens/inspect", `{"token":"x"}`, nil, said(200, `{"kind": "unknown","genuine": false,"state": "invalid","why": "no"}`), []any{"x"}},
		"inspect fails":    {"POST", "/v1/tokens/inspect", `{"token":"x"}`, errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), []any{"x"}},
		"an unknown key": {
			"POST", "/v1/tokens/inspect", `{"tken":"x"}`, nil,
			said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"tken\"","fix": "Send one JSON object with the fields that are known here."}`), nil,
		},
		"revoke": {"POST", "/v1/tokens/revoke", `{"token":"x"}`, nil, said(200, `{"revoked": "token"}`), []any{"x"}},
		"keys":   {"GET", "/v1/keys", "", nil, said(200, `[{"kind": "tokens","id": "7","state": "signs","created_at": `+noonJSON+`,"signs_from": `+noonJSON+`}]`), nil},
		"rotate": {
			"POST", "/v1/keys/rotate", `{"kind":"signing"}`, nil,
			said(200, `[{"kind": "signing","id": "8","state": "published","created_at": `+noonJSON+`,"signs_from": `+noonJSON+`,"until": `+noonJSON+`}]`),
			[]any{"signing"},
		},
	} {
		p := &purse{err: c.err}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", Tokens: p}), c.method, c.path, c.body, json...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(c.asked, p.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
		if got := ask(Handler(Options{Tokens: &purse{}}), c.method, c.path, c.body, json...); got.Status != 403 {
			t.Errorf("%s without a token in the configuration: %+v", name, got)
		}
	}
}

func TestTokensByTheClient(t *testing.T) {
	p, same := &purse{}, &purse{}
	over := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Tokens: p}))
	defer over.Close()
	c := DialTCP(over.Listener.Addr().String(), "sesame-sesame-sesame")
	of := GrantFilter{"shop", "a&b=c?d e"}
	for name, call := range map[string]func(Tokens) (any, error){
		"grants":       func(to Tokens) (any, error) { return to.Grants(t.Context(), of) },
		"revoke grant": func(to Tokens) (any, error) { return to.RevokeGrant(t.Context(), of) },
		"inspect":      func(to Tokens) (any, error) { return to.InspectToken(t.Context(), "x") },
		"revoke":       func(to Tokens) (any, error) { return to.RevokeToken(t.Context(), "x") },
		"keys":         func(to Tokens) (any, error) { return to.Keys(t.Context()) },
		"rotate":       func(to Tokens) (any, error) { return to.RotateKeys(t.Context(), "tokens") },
	} {
		p.asked, same.asked = nil, nil
		want, _ := call(same)
		got, err := call(c)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v -want +got\n%s", name, err, diff)
		}
		if diff := cmp.Diff(same.asked, p.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
	}
	p.err = &Fault{Status: 409, Message: "no"}
	if _, err := c.RotateKeys(t.Context(), "signing"); cmp.Diff(p.err, err) != "" {
		t.Error(err)
	}
}
