package server

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

// Where people sign in, beside what people's own forms name.
const (
	providerPath = people.SignInPath + "/provider"
	callbackPath = people.SignInPath + "/callback"
)

// getting is for what a look at it alone must not do.
var getting = []string{http.MethodGet}

var both = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// peoplePaths are where people sign in and out.
var peoplePaths = []wwwPath{
	{people.SignInPath, "www/sign_in", both, person(signIn), noEntrance, false},
	{providerPath, "www/sign_in_provider", getting, person(departure), noProvider, false},
	{callbackPath, "www/sign_in_callback", getting, person(arrival), noProvider, false},
	{people.SignOutPath, "www/sign_out", both, person(signOut), noEntrance, false},
	{people.AccountPath, "www/account", both, person(ownAccount), noEntrance, false},
	{people.StylePath, "www/style", reading, peopleFile, noEntrance, false},
	{people.IconPath, "www/style", reading, peopleFile, noEntrance, false},
}

func peopleFile(_ *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
	people.ServeFile(w, r)
	return nil
}

// signIn shows the form, or takes it.
func signIn(v *visit, r *http.Request) *problem.Problem {
	if r.Method == http.MethodPost {
		return takeSignIn(v, r)
	}
	q := r.URL.Query()
	request := q.Get(people.FieldRequest)
	if _, is := portal.Current(r.Context()); is && request == "" {
		return v.send(r, v.place(q.Get(people.FieldNext)))
	}
	view, gone := v.signInView(r, request, q.Get(people.FieldNext))
	if gone != nil {
		return v.show(http.StatusBadRequest, gone)
	}
	view.Email = q.Get("login_hint")
	return v.show(http.StatusOK, view)
}

// signInView is the form for somebody for whom a request waits, or none; gone is what is said where that does not wait here.
func (v *visit) signInView(r *http.Request, request, next string) (view people.SignIn, gone people.View) {
	e := v.site.entrance
	view = people.SignIn{Site: e.page, Request: request, Next: next, Password: e.passwords != nil}
	if request != "" {
		of, waits := portal.HeldOf(r.Context(), request)
		if !waits {
			return view, v.notHeld(r, request)
		}
		view.For, view.Redirect = of.App, of.Redirect
	}
	if e.provider != nil {
		view.Provider = people.Link{Label: e.providerName, Href: providerPath + "?" + url.Values{people.FieldRequest: {request}, people.FieldNext: {next}}.Encode()}
	}
	return view, nil
}

// notHeld says that a request is not held for this browser.
func (v *visit) notHeld(r *http.Request, id string) people.View {
	ctx := r.Context()
	switch {
	case portal.Answered(ctx, id):
		v.oauth = "request_answered"
		return people.Answered(v.site.entrance.page, v.text())
	case portal.Came(ctx):
		v.oauth = "request_gone"
		return people.TooLong(v.site.entrance.page, v.text())
	}
	v.oauth = "request_of_another_browser"
	return people.OtherBrowser(v.site.entrance.page, v.text())
}

// takeSignIn is a form with an address and a password, or one that was cancelled.
func takeSignIn(v *visit, r *http.Request) *problem.Problem {
	if p, well := v.readForm(r); !well {
		return p
	}
	request, next := r.PostForm.Get(people.FieldRequest), r.PostForm.Get(people.FieldNext)
	cancels := r.PostForm.Get(people.FieldDecision) == people.Cancel && request != ""
	view, gone := v.signInView(r, request, next)
	switch {
	case cancels && (gone == nil || portal.Answered(r.Context(), request)): // a second time, too
		return v.send(r, consentAt(request)+"&"+people.FieldDecision+"="+people.Cancel)
	case gone != nil:
		return v.show(http.StatusBadRequest, gone)
	case v.site.entrance.passwords == nil:
		return v.show(http.StatusOK, view)
	}
	view.Email = r.PostForm.Get(people.FieldEmail)
	if err := v.site.entrance.passwords.SignIn(v, r, view.Email, r.PostForm.Get(people.FieldPassword)); err != nil {
		return v.notSignedIn(&view, err)
	}
	return v.goOn(r, request, next)
}

// notSignedIn says why not.
func (v *visit) notSignedIn(view *people.SignIn, err error) *problem.Problem {
	view.ID = v.text()
	wait, waits := errors.AsType[*portal.WaitError](err)
	switch {
	case errors.Is(err, portal.ErrWrong):
		v.oauth = "wrong_password"
		view.Problem = "The e-mail address or the password is wrong."
		return v.show(http.StatusForbidden, *view)
	case waits:
		v.oauth = "too_many_attempts"
		view.Problem, view.Wait = "Too many attempts have failed. Your password was not checked.", seconds(wait.For)
		v.retryAfter(view.Wait)
		return v.show(http.StatusTooManyRequests, *view)
	case errors.Is(err, account.ErrBusy):
		v.oauth = "too_busy"
		v.retryAfter(busy)
		return v.show(http.StatusTooManyRequests, people.TooBusy(view.Site, busy, view.ID))
	case errors.Is(err, portal.ErrRestricted):
		v.oauth = "member_restricted"
		return v.show(http.StatusForbidden, people.Restricted(view.Site, view.ID))
	default:
		return v.broken("sign somebody in", err)
	}
}

// busy is how many seconds a queue of passwords takes at most.
const busy = 2

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

func (v *visit) retryAfter(seconds int) { v.Header().Set("Retry-After", strconv.Itoa(seconds)) }

// goOn leads who has signed in to what waits, or to a page of the fixed list.
func (v *visit) goOn(r *http.Request, request, next string) *problem.Problem {
	v.signedIn = true
	if request != "" {
		return v.send(r, consentAt(request))
	}
	return v.send(r, v.place(next))
}

func consentAt(request string) string {
	return people.ConsentPath + "?" + url.Values{people.FieldRequest: {request}}.Encode()
}

// place is where somebody who has signed in can be led to: nowhere but to pages of ours.
func (v *visit) place(next string) string {
	if next == people.AccountPath {
		return next
	}
	if at := lookPlace(next); at != "" {
		return at
	}
	if p := v.www.find(people.ServicesPath); p != nil && (p.off == nil || !p.off(v.site)) {
		return people.ServicesPath
	}
	return people.AccountPath
}

// readForm reads the body of one of our forms. Where it cannot be, that is answered.
func (v *visit) readForm(r *http.Request) (p *problem.Problem, well bool) {
	err := r.ParseForm()
	if large, is := errors.AsType[*http.MaxBytesError](err); is {
		return &problem.Problem{Type: problem.PayloadTooLarge, Limit: large.Limit}, false
	}
	if err != nil {
		return v.show(http.StatusBadRequest, people.Message{
			Site: v.site.entrance.page, ID: v.text(), Title: "The form could not be read", Text: "Nothing was done. Go back, load the page again, and send it once more.",
		}), false
	}
	return nil, true
}
