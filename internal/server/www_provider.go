package server

import (
	"errors"
	"net/http"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

func noProvider(s *site) bool { return s.entrance == nil || s.entrance.provider == nil }

// departure sends somebody to the provider, to sign in there.
func departure(v *visit, r *http.Request) *problem.Problem {
	ctx, q := r.Context(), r.URL.Query()
	request := q.Get(people.FieldRequest)
	if request != "" {
		if _, waits := portal.HeldOf(ctx, request); !waits {
			return v.show(http.StatusBadRequest, v.notHeld(r, request))
		}
	}
	_, again := portal.Current(ctx)
	to, journey, err := v.site.entrance.provider.Begin(ctx, again)
	if err != nil {
		return v.notFromProvider(err)
	}
	journey.Request, journey.Next = request, v.place(q.Get(people.FieldNext))
	if err = portal.Depart(ctx, journey); err != nil {
		return v.tooManySessions(err)
	}
	return v.send(r, to)
}

// arrival takes in who comes back from there.
func arrival(v *visit, r *http.Request) *problem.Problem {
	ctx, q, e := r.Context(), r.URL.Query(), v.site.entrance
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(q[name]) > 1 {
			return v.strayed()
		}
	}
	journey, found := portal.Return(ctx, q.Get("state"))
	if !found {
		return v.strayed()
	}
	read := e.s.o.Now()
	who, err := e.provider.Finish(ctx, &journey, q)
	if err != nil {
		return v.notFromProvider(err)
	}
	a, err := portal.AccountOf(ctx, e.s.core.store, &who, read)
	if err != nil {
		return v.notTakenIn(err)
	}
	if err = e.sessions.Admit(v, r, &a, who.Has(a.Email), read); err != nil {
		return v.notSignedIn(&people.SignIn{Site: e.page}, err)
	}
	return v.goOn(r, journey.Request, journey.Next)
}

// strayed is told to who comes from the provider, and has not been sent there.
func (v *visit) strayed() *problem.Problem {
	v.oauth = "sign_in_unknown"
	return v.show(http.StatusBadRequest, people.Message{
		Site: v.site.entrance.page, ID: v.text(), Title: "This sign-in is not known here",
		Text: "It was begun in another browser, more than an hour ago, or is over already. Nobody was signed in by it. Begin once more.",
		Link: people.Link{Label: "Sign in", Href: people.SignInPath},
	})
}

// notTakenIn says why nobody has the account of who has signed in at the provider.
func (v *visit) notTakenIn(err error) *problem.Problem {
	taken, is := errors.AsType[*account.TakenError](err)
	if !is {
		return v.broken("take in who comes from the OpenID provider", err)
	}
	v.oauth = "account_taken"
	v.www.s.log.Warn("who comes from the OpenID provider cannot have an account: "+taken.Error(), "id", v.text())
	return v.show(http.StatusForbidden, people.Message{
		Site: v.site.entrance.page, ID: v.text(), Title: "There is another account",
		Text: "You signed in at " + v.site.entrance.providerName + ", but the " + string(taken.What) + " that it told belongs to another account here. Who runs this site can tell which, by the id below.",
		Link: people.Link{Label: "Sign in", Href: people.SignInPath},
	})
}

// tooManySessions says why nothing can be kept for a browser.
func (v *visit) tooManySessions(err error) *problem.Problem {
	if !errors.Is(err, portal.ErrTooMany) {
		return v.broken("keep what waits for a sign-in", err)
	}
	v.oauth = "too_many_sessions"
	v.retryAfter(secondsOfHour)
	return v.show(http.StatusTooManyRequests, people.Message{
		Site: v.site.entrance.page, ID: v.text(), Title: "Too many sign-ins were begun from your network",
		Text: "Nothing is wrong with your account. You can try again in an hour, or from another network.",
	})
}

const secondsOfHour = 3600

// providerTexts are what people are told of each fault; %s in front is the provider's name.
var providerTexts = [...]struct {
	status      int
	title, text string
	name        string // in the log
}{
	portal.Unreachable: {http.StatusBadGateway, "cannot be reached", "It does not answer, or answers that it is out of order. Nobody was signed in. Try again in a moment; if that does not help, tell who runs this site the id below.", "provider_unreachable"},
	portal.Declined:    {http.StatusForbidden, "did not sign you in", "You may have cancelled it there, or it may not let you in here. Nobody was signed in. Begin once more.", "provider_declined"},
	portal.WrongAnswer: {http.StatusBadGateway, "gave an answer that cannot be used", "Nobody was signed in. Begin once more; if it happens again, who runs this site can find what was wrong in the log, by the id below.", "provider_wrong_answer"},
	portal.Refused:     {http.StatusBadGateway, "did not take us for who we are", "Nobody was signed in. Begin once more; if it happens again, who runs this site has to look at how it is registered there. The log has more, by the id below.", "provider_refused"},
}

// notFromProvider says why nobody has signed in at the provider. What that said itself is for the operator: anybody can put words into the browser's URL.
func (v *visit) notFromProvider(err error) *problem.Problem {
	fault, is := errors.AsType[*portal.ProviderError](err)
	if !is {
		return v.broken("ask the OpenID provider", err)
	}
	e, told := v.site.entrance, providerTexts[fault.Kind]
	v.oauth = told.name
	v.www.s.log.Warn("nobody was signed in by the OpenID provider", "id", v.text(), "error", err)
	return v.show(told.status, people.Message{
		Site: e.page, ID: v.text(), Title: e.providerName + " " + told.title, Text: told.text, Link: people.Link{Label: "Sign in", Href: people.SignInPath},
	})
}
