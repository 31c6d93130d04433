package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// authorizePaths are where members give apps access, and take it back.
var authorizePaths = []wwwPath{
	{oauth.AuthorizationPath, "www/oauth_authorization", both, anybody(authorize), noMembers, false},
	{people.ConsentPath, "www/consent", both, person(consent), noMembers, false},
	{people.ServicesPath, "www/services", both, person(services), noMembers, false},
}

// noMembers reports that nobody can give access: there is no authorization server, or no signing in.
func noMembers(s *site) bool { return s.auth == nil || s.entrance == nil }

// asking is a request for authorization as it waits in a session: whatever it asks is decided anew at each step, since apps and grants change meanwhile.
type asking struct {
	Query string `json:"query"`
	Begun int64  `json:"begun"` // unix seconds
}

// step is one answer on the way of a request for authorization.
type step struct {
	asking
	a     *authorization
	v     *visit
	r     *http.Request // with the session in its context
	facts oauth.Facts
	first bool                 // it has just come: no sign-in can be an answer to it, also one within this second
	id    string               // under which the request waits; "" not yet
	how   string               // it is being answered by a button; "": by none
	auth  *oauth.Authorization // nil until it is read
	who   *oauth.Member        // nil: nobody
}

func (v *visit) step(r *http.Request) *step {
	a := v.site.auth
	return &step{a: a, v: v, r: r, facts: a.facts(a.s.o.Now())}
}

// authorize begins a request for authorization: a member comes from an app.
func authorize(v *visit, r *http.Request) *problem.Problem {
	t := v.step(r)
	if r.Method == http.MethodPost {
		return t.repost()
	}
	t.asking, t.first = asking{r.URL.RawQuery, t.facts.Now}, true
	t.begun()
	return t.proceed()
}

// read decides what the request asks for. Where it cannot be taken, that is answered.
func (t *step) read() (p *problem.Problem, taken bool) {
	t.facts.For(oauth.ClientOf(t.Query))
	auth, back, wrong := oauth.DecideAuthorization(t.Query, oauth.Issuer(t.a.url), &t.facts)
	if wrong != nil {
		return t.fail(back, wrong), false
	}
	t.auth, t.v.app = auth, auth.App.Name
	return nil, true
}

// proceed goes on with a request until somebody has to do something, or it is over.
func (t *step) proceed() *problem.Problem {
	if p, taken := t.read(); !taken {
		return p
	}
	next, p := t.next()
	switch {
	case p != nil:
		return t.fail(&t.auth.Return, p)
	case next == oauth.SignIn:
		return t.wait(people.SignInPath)
	case next == oauth.Consent:
		return t.wait(people.ConsentPath)
	}
	return t.issue()
}

// next finds out who is there and what they have allowed, and with it what comes next.
func (t *step) next() (oauth.Step, *problem.OAuthProblem) {
	ctx := t.r.Context()
	hinted, p := t.hinted()
	if p != nil {
		return 0, p
	}
	var granted *access.Grant
	if by, signed := portal.Current(ctx); signed {
		t.who = &oauth.Member{SignedIn: by.At}
		var err error
		if t.who.Member, granted, err = t.known(ctx, by.Member); err != nil {
			return 0, t.a.unavailable("find a member", err)
		}
	}
	begun := t.Begun
	if t.first {
		begun++
	}
	return t.auth.Next(t.who, hinted, granted, begun, &t.facts)
}

// known is a member as far as they are known yet, and what they have granted to the app; nil where the account has none.
func (t *step) known(ctx context.Context, subject string) (*access.Member, *access.Grant, error) {
	if subject == "" {
		return nil, nil, nil
	}
	m, err := t.a.s.core.store.Member(ctx, subject)
	if errors.Is(err, token.ErrNotFound) {
		return &access.Member{Subject: subject}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	live, err := t.a.s.core.store.LiveGrants(ctx, token.GrantFilter{App: t.auth.App.ID, Subject: subject}, t.a.s.o.Now(), 1)
	if err != nil || len(live) == 0 {
		return m, nil, err
	}
	return m, live[0].Grant, nil
}

// hinted is whom the client's hint names: an id_token of ours, also one that has ended (OpenID Connect Core §3.1.2.1).
func (t *step) hinted() (string, *problem.OAuthProblem) {
	if t.auth.TokenHint == "" {
		return "", nil
	}
	claims, err := t.a.keys.Verify(t.auth.TokenHint, t.a.s.o.Now())
	var said struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
	}
	if err == nil {
		err = json.Unmarshal(claims, &said)
	}
	if err != nil || said.Issuer != oauth.Issuer(t.a.url) || said.Subject == "" {
		return "", &problem.OAuthProblem{Cause: problem.OAuthParameter, Parameter: "id_token_hint", Value: "what was sent", Known: "it is an id_token of this server, though it may have ended"}
	}
	return said.Subject, nil
}

// wait keeps the request in the session, and leads to a page where somebody has to do something.
func (t *step) wait(path string) *problem.Problem {
	if t.id == "" {
		text, err := json.Marshal(&t.asking)
		if err == nil {
			t.id, err = portal.Hold(t.r.Context(), text, portal.Client{App: t.auth.App.Name, Redirect: t.auth.RedirectURI})
		}
		if err != nil {
			return t.unkept(err)
		}
	}
	q := url.Values{people.FieldRequest: {t.id}}
	if path == people.SignInPath && t.auth.LoginHint != "" {
		q.Set("login_hint", t.auth.LoginHint)
	}
	return t.v.send(t.r, path+"?"+q.Encode())
}

// unkept tells why a request cannot wait.
func (t *step) unkept(err error) *problem.Problem {
	if !errors.Is(err, portal.ErrTooLarge) {
		return t.v.tooManySessions(err)
	}
	t.v.oauth = "request_too_large"
	return t.v.show(http.StatusBadRequest, people.Message{
		Site: t.v.site.entrance.page, ID: t.v.text(), Title: "The app's request is too large",
		Text: "It cannot be kept until you have signed in. The makers of the app can send a shorter state.",
	})
}

// issue gives the app a code, and leads the member back.
func (t *step) issue() *problem.Problem {
	ctx := context.WithoutCancel(t.r.Context())
	code, err := t.code(ctx)
	if err != nil {
		return t.fail(&t.auth.Return, t.a.unavailable("keep a code", err))
	}
	t.a.s.counted.codes.add(oneCode)
	portal.Answer(ctx, t.id, t.how)
	return t.back(t.auth.WithCode(code))
}

// back leads the browser to the app. The URI is written as it is registered, byte for byte.
func (t *step) back(to string) *problem.Problem {
	t.v.Header().Set("Location", to)
	t.v.WriteHeader(http.StatusSeeOther)
	return nil
}

// code makes one, durably.
func (t *step) code(ctx context.Context) (string, error) {
	core := t.a.s.core
	m, err := core.store.EnsureMember(ctx, t.who.Subject, t.a.s.o.Now())
	if err != nil {
		return "", err
	}
	next := &t.facts.Next // random, and nothing else is made of it in this request
	c := t.auth.Code(access.CodeID(next.Line), &oauth.Member{Member: m, SignedIn: t.who.SignedIn}, &t.facts)
	if err := core.store.AddCode(ctx, c); err != nil {
		return "", err
	}
	return string(core.keys.Mint(nil, token.Code, access.GrantID(c.ID), c.Created, c.Ends-c.Created, next.Token)), nil
}

// fail tells the app where it may be told, and else who sits at the browser.
func (t *step) fail(back *oauth.Return, p *problem.OAuthProblem) *problem.Problem {
	row := p.Row(t.facts.Profile)
	t.v.oauth = row.Name
	t.turnedDown(p)
	if back != nil {
		portal.Answer(t.r.Context(), t.id, t.how)
		return t.back(back.WithProblem(p, t.facts.Profile, t.a.pages, t.v.text()))
	}
	return t.v.show(row.Status, t.problemPage(p, &row))
}

// problemPage shows what is wrong with a request whose app cannot be told: what was sent, and of redirect URIs what is registered.
func (t *step) problemPage(p *problem.OAuthProblem, row *problem.OAuthRow) people.AuthorizationProblem {
	v := people.AuthorizationProblem{
		Site: t.v.site.entrance.page, What: row.Description + ".", Field: p.Parameter, Sent: p.Value, Absent: p.Value == "", Fix: row.Fix, Cause: row.Name, ID: t.v.text(),
	}
	if p.Cause.Operators() {
		v.Who = people.Operator
	}
	if p.Cause == problem.OAuthMalformed { // its value says what is wrong, and is no value of the request
		v.Field, v.Sent, v.Absent = "", string(redact.AppendTarget(nil, []byte("?"+t.Query))), false
	}
	switch p.Cause {
	case problem.OAuthAuthorizeClient:
		v.What, v.Field = "No application has this client_id.", "client_id"
	case problem.OAuthAuthorizeRedirect:
		v.What, v.Field, v.Registered = "The redirect_uri is none of those that are registered for this application.", "redirect_uri", t.facts.Registered(t.Query)
	default:
		return v
	}
	if t.facts.Profile == problem.LinkedIn {
		v.Title = row.Description
	}
	return v
}
