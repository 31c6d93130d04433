package server

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

// signOut asks whether to, or does it. What waits for somebody else to sign in goes on waiting.
func signOut(v *visit, r *http.Request) *problem.Problem {
	ctx, e := r.Context(), v.site.entrance
	if r.Method != http.MethodPost {
		who, is := portal.Current(ctx)
		if !is {
			return v.show(http.StatusOK, people.SignedOut{Site: e.page})
		}
		return v.show(http.StatusOK, people.SignOut{Site: e.page, Email: who.Name, Request: r.URL.Query().Get(people.FieldRequest)})
	}
	if p, well := v.readForm(r); !well {
		return p
	}
	request := r.PostForm.Get(people.FieldRequest)
	if _, waits := portal.HeldOf(ctx, request); waits {
		portal.Leave(ctx)
		return v.send(r, signInAt(people.FieldRequest, request))
	}
	portal.End(ctx)
	return v.send(r, people.SignOutPath)
}

func signInAt(field, value string) string {
	return people.SignInPath + "?" + url.Values{field: {value}}.Encode()
}

// passwordRule is account.CheckPassword for people.
const passwordRule = "At least 12 characters. Several words do better than one with odd signs." //nolint:gosec // words for people

// What was done, as the URL has it after a form.
const (
	doneField    = "done"
	donePassword = "password"
)

// ownAccount shows what somebody can change of their own, or changes it.
func ownAccount(v *visit, r *http.Request) *problem.Problem {
	ctx, e := r.Context(), v.site.entrance
	who, is := portal.Current(ctx)
	switch {
	case !is && r.Method == http.MethodPost:
		v.oauth = "signed_out"
		return v.show(http.StatusForbidden, people.SignedOutMeanwhile(e.page, v.text()))
	case !is:
		return v.send(r, signInAt(people.FieldNext, people.AccountPath))
	}
	a, err := e.s.core.store.Account(ctx, who.Account)
	if err != nil {
		return v.broken("find an account", err)
	}
	view := people.Account{Site: e.page, Email: who.Name, Usage: looks(who), Password: e.passwords != nil && a.Password != "", Rule: passwordRule}
	if r.Method == http.MethodPost {
		return takeAccount(v, r, &view)
	}
	if r.URL.Query().Get(doneField) == donePassword {
		view.Done = "Your password is changed, and all other browsers are signed out."
	}
	return v.show(http.StatusOK, view)
}

func takeAccount(v *visit, r *http.Request, view *people.Account) *problem.Problem {
	if p, well := v.readForm(r); !well {
		return p
	}
	switch do := r.PostForm.Get(people.FieldDo); {
	case do == people.SignOutEverywhere:
		if err := portal.Everywhere(r.Context(), v.site.entrance.s.core.store); err != nil {
			return v.notChanged(view, err)
		}
		return v.send(r, people.SignOutPath)
	case do == people.ChangePassword && view.Password:
		return v.changePassword(r, view)
	default:
		return v.show(http.StatusBadRequest, *view)
	}
}

func (v *visit) changePassword(r *http.Request, view *people.Account) *problem.Problem {
	form := r.PostForm
	if form.Get(people.FieldNew) != form.Get(people.FieldAgain) {
		view.Problem, view.Field = "The new password is not the same both times.", people.FieldAgain
		return v.show(http.StatusBadRequest, *view)
	}
	if err := v.site.entrance.passwords.Change(r.Context(), form.Get(people.FieldPassword), form.Get(people.FieldNew)); err != nil {
		return v.notChanged(view, err)
	}
	return v.send(r, people.AccountPath+"?"+doneField+"="+donePassword)
}

// notChanged says why nothing was.
func (v *visit) notChanged(view *people.Account, err error) *problem.Problem {
	wait, waits := errors.AsType[*portal.WaitError](err)
	rule, breaks := errors.AsType[*portal.RuleError](err)
	view.ID = v.text()
	switch {
	case breaks:
		view.Problem, view.Field, view.ID = sentence(rule.Error()), people.FieldNew, ""
		return v.show(http.StatusBadRequest, *view)
	case errors.Is(err, portal.ErrWrong):
		v.oauth = "wrong_password"
		view.Problem, view.Field = "The password that you have now is another.", people.FieldPassword
		return v.show(http.StatusForbidden, *view)
	case waits:
		v.oauth = "too_many_attempts"
		v.retryAfter(seconds(wait.For))
		view.Problem, view.Field = "Too many attempts have failed. Try again in a while.", people.FieldPassword
		return v.show(http.StatusTooManyRequests, *view)
	case errors.Is(err, account.ErrBusy):
		v.oauth = "too_busy"
		v.retryAfter(busy)
		view.Problem, view.Field = "Too many passwords are being checked at this moment. Try again in a few seconds.", people.FieldPassword
		return v.show(http.StatusTooManyRequests, *view)
	case errors.Is(err, portal.ErrSignedOut):
		v.oauth = "signed_out"
		return v.show(http.StatusForbidden, people.SignedOutMeanwhile(view.Site, view.ID))
	default:
		return v.broken("change an account", err)
	}
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first := text[0]
	if 'a' <= first && first <= 'z' {
		first -= 'a' - 'A'
	}
	return string(first) + text[1:] + "."
}
