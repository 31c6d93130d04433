package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/token"
)

// The kinds of tokens, as the operator is told of them.
const (
	kindAccess  = "access_token"
	kindRefresh = "refresh_token"
	kindCode    = "code"
	kindUnknown = "unknown"
)

// The states that are not token.State's.
const (
	stateGood       = "good"
	stateExpired    = "expired"
	stateRevoked    = "revoked"
	stateRestricted = "restricted" // the member is
	stateDisabled   = "disabled"   // the app is
	stateReplaced   = "replaced"   // a refresh token, by a later one
	stateUsed       = "used"       // a code
	stateInvalid    = "invalid"
)

// lives are the states in which there is something to take back.
var lives = map[string]bool{stateGood: true, stateRestricted: true, stateDisabled: true, stateReplaced: true}

// finding is what a text was found to be, with what is needed to take it back.
type finding struct {
	is    admin.Token
	id    token.ID
	grant *access.Grant // nil: there is none
}

// InspectToken tells what a token is.
func (t tokens) InspectToken(ctx context.Context, text string) (admin.Token, error) {
	k, _, err := t.ready()
	if err != nil {
		return admin.Token{}, err
	}
	f, err := t.find(ctx, &k, text)
	return f.is, err
}

// find finds out what a text is, and what has become of it, in the order in which a call is told.
func (t tokens) find(ctx context.Context, k *known, text string) (f finding, err error) {
	text = strings.TrimSpace(text) // as it was copied
	kind, name := kindOfText(text)
	f.is = admin.Token{Kind: name, State: stateInvalid}
	if name == kindUnknown {
		f.is.Why = "it does not begin as a token of Candor does; what another issuer has made only that issuer can judge"
		return f, nil
	}
	now := t.s.o.Now()
	opened, why, at := t.s.core.keys.Open(kind, []byte(text), now.UnixNano(), &token.Scratch{})
	if why != token.NoFault {
		f.is.Genuine, f.is.Why = why == token.FromTheFuture, faultOf(why, at)
		return f, nil
	}
	f.is.Genuine, f.is.IssuedAt, f.is.EndsAt, f.id = true, timeOf(opened.Issued), timeOf(opened.Ends), opened.ID
	state, reason, err := t.stateOf(ctx, &f, kind, &opened)
	if err != nil {
		return f, fmt.Errorf("look a token up: %w", err)
	}
	if f.grant != nil {
		f.is.App, f.is.Member = whose(k, f.grant)
		f.is.Scopes = scopesOfGrant(f.grant)
		if f.grant.Created != 0 {
			f.is.GrantedAt = timeOf(int64(f.grant.Created))
		}
	}
	f.is.State, f.is.Why = state, reason
	if opened.Ends <= now.Unix() {
		f.is.State, f.is.Why = stateExpired, "it ended at "+f.is.EndsAt.Format("2006-01-02 15:04:05 MST")
	} else if app := appOf(k, f.grant); state == stateGood && (app == nil || app.Disabled) {
		f.is.State, f.is.Why = stateDisabled, "its app is disabled, or no longer under apps:"
	}
	return f, nil
}

func appOf(k *known, g *access.Grant) *access.App {
	if g == nil {
		return nil
	}
	return k.apps.Get(g.App)
}

func kindOfText(text string) (token.Kind, string) {
	for kind, name := range map[token.Kind]string{token.Access: kindAccess, token.Refresh: kindRefresh, token.Code: kindCode} {
		if strings.HasPrefix(text, kind.String()) {
			return kind, name
		}
	}
	return 0, kindUnknown
}

// faults say what is wrong with a text that is no token.
var faults = map[token.Why]string{
	token.Truncated:     "its end is missing",
	token.Overlong:      "something follows its end",
	token.Altered:       "it was altered, or copied wrong: its MAC does not hold",
	token.NotB64:        "it holds a character that no token has",
	token.OtherKeys:     "it was made with a key that is not here: by another installation, or before the keys were lost",
	token.FromTheFuture: "it was made after the present time; the clock here or there is wrong",
}

func faultOf(why token.Why, at int) string {
	text := faults[why]
	if text == "" {
		text = why.String()
	}
	if at > 0 {
		text += fmt.Sprintf(" (character %d)", at)
	}
	return text
}

// stateOf is what has become of a genuine token, but for its end and its app.
func (t tokens) stateOf(ctx context.Context, f *finding, kind token.Kind, o *token.Opened) (state, why string, err error) {
	switch kind {
	case token.Refresh:
		return t.refreshState(ctx, f, o)
	case token.Code:
		return t.codeState(ctx, f, o)
	case token.Access:
	}
	f.grant, err = t.grant(ctx, o.Grant)
	switch {
	case err != nil:
		return "", "", err
	case f.grant == nil:
		return stateInvalid, noGrant, nil
	case t.s.core.verifier.Still(f.grant, o.ID) == token.Revoked && !f.grant.Revoked():
		return stateRevoked, "it was taken back alone", nil
	}
	state, why = grantState(f.grant)
	return state, why, nil
}

const noGrant = "its grant is not in the store: another data folder, or one that was restored from before"

// grant is a grant as the store has it; nil where there is none.
func (t tokens) grant(ctx context.Context, id access.GrantID) (*access.Grant, error) {
	g, err := t.s.core.store.Grant(ctx, id)
	return g, unlessNotFound(err)
}

// deaths say why a grant died.
var deaths = map[access.Reason]string{
	access.ByMember:     "access was taken back",
	access.ByOperator:   "whoever runs the API took the access back",
	access.ByApp:        "the app has given back what it had",
	access.ScopeChanged: "the member has granted other scopes to the app since",
	access.Reused:       "a refresh token that had been replaced was used again, so all tokens of the grant ended",
}

func grantState(g *access.Grant) (state, why string) {
	switch {
	case g.Revoked():
		return stateRevoked, deaths[g.Reason()]
	case g.Member != nil && g.Member.Restricted.Load():
		return stateRestricted, "its member is restricted"
	}
	return stateGood, ""
}

func (t tokens) refreshState(ctx context.Context, f *finding, o *token.Opened) (state, why string, err error) {
	id, generation := token.LineOf(o.ID)
	var line *access.Line
	_, err = t.s.core.store.ExchangeLine(ctx, id, t.s.o.Now(), func(l *access.Line, g *access.Grant) token.LineChange {
		if f.grant = g; l != nil {
			line = new(*l)
		}
		return token.LineChange{}
	})
	switch err = unlessNotFound(err); {
	case err != nil:
		return "", "", err
	case line == nil || f.grant == nil:
		return stateInvalid, noGrant, nil
	case line.Revoked && !f.grant.Revoked():
		return stateRevoked, "the code that it came of was used twice", nil
	case generation < line.Generation && !f.grant.Revoked():
		return stateReplaced, "a later one of its line was used: it is good for a minute more at most, and then ends the grant", nil
	}
	state, why = grantState(f.grant)
	return state, why, nil
}

// codeState makes up the grant that a code stands for.
func (t tokens) codeState(ctx context.Context, f *finding, o *token.Opened) (state, why string, err error) {
	var code *access.Code
	_, err = t.s.core.store.ExchangeCode(ctx, access.CodeID(o.Grant), t.s.o.Now(), func(c *access.Code) token.CodeChange {
		if c != nil {
			code = new(*c)
		}
		return token.CodeChange{}
	})
	switch err = unlessNotFound(err); {
	case err != nil:
		return "", "", err
	case code == nil:
		return stateInvalid, "nothing is kept of it: codes are kept for a day beyond their end", nil
	}
	f.grant = &access.Grant{App: code.App, Member: code.Member, Scopes: code.Scopes, ScopeText: code.ScopeText}
	switch {
	case code.Used != 0:
		return stateUsed, "it was used at " + timeOf(code.Used).Format("2006-01-02 15:04:05 MST"), nil
	case code.Failures >= access.MaxCodeFailures:
		return stateUsed, "it was shown with a wrong redirect URI or verifier too often", nil
	case code.Dead != access.NotRevoked:
		return stateRevoked, deaths[code.Dead], nil
	}
	state, why = grantState(f.grant)
	return state, why, nil
}

func unlessNotFound(err error) error {
	if errors.Is(err, token.ErrNotFound) {
		return nil
	}
	return err
}
