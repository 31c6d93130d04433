package server

import (
	"net/http"
	"net/netip"

	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/problem"
)

// person serves with what is known of the browser in the request's context (portal.Current, portal.Held and others). What is changed there is kept before anything
// is sent. Forms are taken from pages of our own alone.
func person(serve func(*visit, *http.Request) *problem.Problem) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return func(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
		v, _ := w.(*visit)
		if v.site.entrance.guard.Check(r) != nil {
			v.oauth = "form_of_another_site"
			return v.show(http.StatusForbidden, people.OtherSite(s.entrance.page, v.text()))
		}
		return v.withSession(r, serve)
	}
}

// anybody does what person does, but for requests that pages of others may send.
func anybody(serve func(*visit, *http.Request) *problem.Problem) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return func(_ *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
		v, _ := w.(*visit)
		return v.withSession(r, serve)
	}
}

// withSession lets serve answer; what it writes waits until the session is kept.
func (v *visit) withSession(r *http.Request, serve func(*visit, *http.Request) *problem.Problem) (p *problem.Problem) {
	v.Header().Set("Referrer-Policy", "same-origin") // no-referrer would make the Origin of our own forms null
	raw, well := v.ResponseWriter, false
	defer func() {
		v.ResponseWriter = raw
		if !well { // nothing is sent: neither what a panic left, nor what could not be kept
			v.status, v.out = 0, 0
		}
	}()
	err := v.site.entrance.sessions.Serve(raw, r, v.network(), func(w http.ResponseWriter, r *http.Request) {
		v.ResponseWriter = w
		p = serve(v, r)
	})
	if err != nil {
		return v.broken("find or keep a session", err)
	}
	well = true
	return p
}

// network is where somebody comes from; none where a balancer does not say.
func (v *visit) network() netip.Addr {
	from := v.site.facts.client(v.r)
	if v.site.facts.proxies.Trust(from) {
		return netip.Addr{}
	}
	return from
}

func (v *visit) text() string { return string(v.id.AppendUUID(nil)) }

// show answers with a page.
func (v *visit) show(status int, page people.View) *problem.Problem {
	if err := people.Send(v, status, page); err != nil {
		v.www.s.log.Error("a page cannot be shown", "id", v.text(), "error", err)
		return &problem.Problem{Type: problem.InternalError}
	}
	return nil
}

// send leads the browser on: after a form with a GET, whatever the method was (RFC 9110 §15.4.4).
func (v *visit) send(r *http.Request, to string) *problem.Problem {
	http.Redirect(v, r, to, http.StatusSeeOther) //nolint:gosec // of a fixed list, or the provider
	return nil
}

// broken is a failure of ours: of the store, that is.
func (v *visit) broken(what string, err error) *problem.Problem {
	if v.r.Context().Err() == nil {
		v.www.s.log.Error("www could not "+what+"; the browser is told to try again", "id", v.text(), "error", err)
	}
	return &problem.Problem{Type: problem.ServiceUnavailable, RetryAfter: 5}
}
