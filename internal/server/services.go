package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// mostServices bounds how many apps a page shows.
const mostServices = 1000

// fieldDone names, behind the page's path, the app that was just shut out.
const fieldDone = "done"

// services shows a member the apps that have access, and takes it back.
func services(v *visit, r *http.Request) *problem.Problem {
	who, signed := portal.Current(r.Context())
	switch {
	case !signed && r.Method == http.MethodPost:
		v.oauth = "signed_out"
		return v.show(http.StatusForbidden, people.SignedOutMeanwhile(v.site.entrance.page, v.text()))
	case !signed:
		return v.send(r, people.SignInPath+"?"+url.Values{people.FieldNext: {people.ServicesPath}}.Encode())
	}
	t := v.step(r)
	live, err := t.granted(r.Context(), who.Member)
	if err != nil {
		return v.broken("list what a member has granted", err)
	}
	if r.Method == http.MethodPost {
		return t.takeBack(r.Context(), live)
	}
	page := t.list(live)
	page.Email, page.Usage = who.Name, looks(who)
	if app := t.named(r.URL.Query().Get(fieldDone)); app != "" {
		page.Done = app + " has no access any more."
	}
	return v.show(http.StatusOK, page)
}

// granted is what a member has granted and not taken back.
func (t *step) granted(ctx context.Context, subject string) ([]token.LiveGrant, error) {
	if subject == "" {
		return nil, nil
	}
	return t.a.s.core.store.LiveGrants(ctx, token.GrantFilter{Subject: subject}, t.a.s.o.Now(), mostServices)
}

// list is the page of these grants.
func (t *step) list(live []token.LiveGrant) people.Services {
	v := people.Services{Site: t.v.site.entrance.page}
	for _, g := range live {
		app := t.facts.Apps.Get(g.App)
		if app == nil {
			continue
		}
		one := people.Service{App: app.Name, Maker: t.a.maker(app), Since: time.Unix(int64(g.Created), 0).UTC(), Scopes: t.a.inWords(g.Scopes), Live: true, Grant: grantText(g.ID)}
		if at := t.a.s.core.verifier.LastUse(g.Grant); at > 0 {
			one.LastUse = time.Unix(max(at, int64(g.Created)), 0).UTC() // it is known to a minute
		}
		v.All = append(v.All, one)
	}
	return v
}

// takeBack ends a grant, if it is one of the member's own: the next call with any of its tokens is refused. One that has ended meanwhile, or was never theirs, is
// not in the list that they are led to.
func (t *step) takeBack(ctx context.Context, live []token.LiveGrant) *problem.Problem {
	if p, well := t.v.readForm(t.r); !well {
		return p
	}
	for _, g := range live {
		if grantText(g.ID) != t.r.PostForm.Get(people.FieldGrant) {
			continue
		}
		if err := t.a.s.RevokeGrant(context.WithoutCancel(ctx), g.ID, access.ByMember); err != nil {
			return t.v.broken("take a grant back", err)
		}
		return t.v.send(t.r, people.ServicesPath+"?"+url.Values{fieldDone: {strconv.FormatUint(uint64(g.App), 10)}}.Encode())
	}
	return t.v.send(t.r, people.ServicesPath)
}

// named is the name of the app of a number; "" where that is none.
func (t *step) named(number string) string {
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return ""
	}
	if app := t.facts.Apps.Get(access.AppID(n)); app != nil {
		return app.Name
	}
	return ""
}

func grantText(id access.GrantID) string { return strconv.FormatUint(uint64(id), 16) }
