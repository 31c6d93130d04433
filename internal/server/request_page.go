package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// lookPaths are the pages of what became of calls.
var lookPaths = []wwwPath{
	{people.UsagePath, "www/usage_page", reading, watching(usagePage), noEntrance, false},
	{people.CallPath, "www/request_page", reading, watching(findCall), noEntrance, false},
	{people.CallPath + "/", "www/request_page", reading, watching(callPage), noEntrance, false},
}

// watching serves who has signed in as a developer or an operator. Who has not is asked to, and comes back.
func watching(serve func(*visit, *http.Request, *onlooker) *problem.Problem) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return person(func(v *visit, r *http.Request) *problem.Problem {
		who, p := v.bySession(r.Context())
		switch {
		case p != nil && p.Type == problem.EmptyAccessToken:
			return v.send(r, signInAt(people.FieldNext, lookPlace(r.URL.RequestURI()))) // nothing else of what was asked for is repeated
		case p != nil:
			v.oauth = "not_a_developer"
			return v.show(http.StatusForbidden, people.NotADeveloper(v.site.entrance.page, v.text()))
		}
		return serve(v, r, who)
	})
}

// findCall leads to the page of a call, by its id in any spelling.
func findCall(v *visit, r *http.Request, _ *onlooker) *problem.Problem {
	text := strings.TrimSpace(r.URL.Query().Get(people.FieldID))
	id, known := parsedID(text)
	if !known {
		return v.noCall(text)
	}
	return v.send(r, callAt(id))
}

// parsedID is an id of which a + may not have been encoded.
func parsedID(text string) (callid.ID, bool) {
	return callid.Parse(strings.ReplaceAll(text, " ", "+"))
}

func callAt(id callid.ID) string { return people.CallPath + "/" + id.String() }

// callPage shows what became of a call. Another's is as unknown as one that never was.
func callPage(v *visit, r *http.Request, who *onlooker) *problem.Problem {
	text := strings.TrimPrefix(r.URL.Path, people.CallPath+"/")
	id, known := callid.Parse(text)
	if !known {
		return v.noCall(text)
	}
	page, err := v.site.lookup().page(r.Context(), id, who, pages.Path)
	if errors.Is(err, requestlog.ErrNotFound) {
		return v.noCall(text)
	}
	if err != nil {
		return v.broken("show a request", err)
	}
	page.Site, page.Signed = v.site.entrance.page, true
	return v.show(http.StatusOK, page)
}

// page is that of a call as somebody may see it, with what would become of it now.
func (l *lookup) page(ctx context.Context, id callid.ID, who *onlooker, errors string) (v people.Call, err error) {
	whole, err := l.find(ctx, id, who.sees)
	if err != nil {
		return v, err
	}
	v = callView(who.tell(whole), errors)
	judged, err := l.judgeFor(ctx, whole, who)
	if err != nil {
		return v, err
	}
	v.Judge = judgementView(&judged)
	return v, nil
}

// noCall says that there is none.
func (v *visit) noCall(text string) *problem.Problem {
	v.oauth = "no_record"
	_, known := parsedID(text)
	return v.show(http.StatusNotFound, people.NoCall{Site: v.site.entrance.page, Signed: true, Sent: text, IsID: known})
}

// lookPlace is where somebody who wanted to look at calls is led to once they have signed in; "": they wanted something else.
func lookPlace(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" {
		return ""
	}
	switch u.Path {
	case people.CallPath:
		return people.CallPath + "?" + url.Values{people.FieldID: {u.Query().Get(people.FieldID)}}.Encode()
	case people.UsagePath:
		return usageAt(u.Query().Get(people.FieldApp))
	}
	if id, is := callid.Parse(strings.TrimPrefix(u.Path, people.CallPath+"/")); is {
		return callAt(id)
	}
	return ""
}
