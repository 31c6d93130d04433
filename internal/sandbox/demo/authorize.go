package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// link is a request for authorization: the browser itself has to go there.
type link struct {
	URL, Label, Hint string
}

// ask is what is asked for, beside what is ever the same.
type ask struct {
	client  func(*Options) *Client
	scope   string            // "" all of the client's
	changes map[string]string // of parameters; "" takes one away
	hint    string            // what to do there
}

func confidential(o *Options) *Client { return &o.Confidential }
func public(o *Options) *Client       { return &o.Public }
func narrow(o *Options) *Client       { return &o.Narrow }
func disabled(o *Options) *Client     { return &o.Disabled }

// authorize prepares a request for authorization and notes what is needed when its answer comes. Who keeps no secret proves with a verifier that it was it who asked (RFC 7636);
// who keeps one does so too, which keeps a stolen code from being slipped in.
func (d *App) authorize(b *browser, r *run, a ask) error {
	state, err := d.random()
	if err != nil {
		return err
	}
	verifier, err := d.random()
	if err != nil {
		return err
	}
	c := a.client(&d.o)
	form := url.Values{
		"response_type": {"code"}, "client_id": {c.ID}, "redirect_uri": {d.redirectURI()}, "state": {state}, "nonce": {state[:16]},
		"scope": {d.scopes(c, a.scope)}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	for name, value := range a.changes {
		if form.Set(name, value); value == "" {
			form.Del(name)
		}
	}
	if !form.Has("code_challenge") {
		verifier = ""
	}
	at := d.o.WWW + authorizationPath + "?" + form.Encode()
	r.link = &link{URL: at, Label: "Go to the authorization server as " + c.Name, Hint: a.hint}
	r.add(Step{Title: "Request for authorization, which the browser makes", Sent: http.MethodGet + " " + d.o.WWW + authorizationPath, Params: d.paramsOf(form)})
	b.await(&pending{state: state, run: r, asked: gained{client: c, redirect: form.Get("redirect_uri"), verifier: verifier}})
	return nil
}

// scopes are those that are asked for: a list with commas is what the linkedin profile takes, one with blanks is what both do.
func (d *App) scopes(c *Client, said string) string {
	if said != "" {
		return said
	}
	return strings.Join(c.Scopes, " ")
}

// challengeOf is RFC 7636's S256.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// paramsOf are parameters in the order in which they are best read.
func (d *App) paramsOf(form url.Values) (l []Param) {
	order := []string{"response_type", "client_id", "redirect_uri", "scope", "code", "error", "error_description", "error_uri", "state", "iss"}
	place := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	for name, values := range form {
		for _, value := range values {
			if len(value) > maxShown {
				value = value[:maxShown] + "…"
			}
			l = append(l, Param{name, d.hide(value)})
		}
	}
	slices.SortFunc(l, func(a, b Param) int {
		if n := place(a.Name) - place(b.Name); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return l
}

// callback is where the browser comes back to. What was not asked for by this very browser, or answered by another server, is not touched.
func (d *App) callback(w http.ResponseWriter, r *http.Request) {
	b, err := d.browserOf(w, r)
	if err != nil {
		broken(w, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	form := r.URL.Query()
	p := b.take(form.Get("state"))
	switch {
	case p == nil:
		d.render(w, http.StatusBadRequest, view{Name: "message", Title: "Nobody here has asked for this", Text: "The state in the address is none that this browser was sent away with, or it has come back before. The demo looks at no code that comes with it: somebody else could have slipped it in. Begin again."})
		return
	case form.Get("iss") != d.issuer():
		p.run.add(Step{Title: "The browser has come back", Params: d.paramsOf(form), Notes: []string{"iss is not " + d.issuer() + ": another server has answered, so the code is not used (RFC 9207)."}})
		http.Redirect(w, r, placeOf(p.run), http.StatusSeeOther)
		return
	}
	p.run.link = nil
	p.run.add(d.backStep(p, form))
	if p.run.failure != nil && p.run.failure.run == nil || !form.Has("code") {
		http.Redirect(w, r, placeOf(p.run), http.StatusSeeOther)
		return
	}
	p.asked.code = form.Get("code")
	p.run.codes = append(p.run.codes, p.asked)
	if err := d.goOn(r.Context(), b, p.run); err != nil {
		broken(w, err)
		return
	}
	http.Redirect(w, r, placeOf(p.run), http.StatusSeeOther)
}

// backStep is what is shown of an answer that came through the browser.
func (d *App) backStep(p *pending, form url.Values) Step {
	s := Step{Title: "The browser has come back", Params: d.paramsOf(form), Notes: []string{"state is the one that this browser was sent away with, and iss is the server that was asked."}}
	s.answer = outcome{error: form.Get("error"), cause: causeOf(form.Get("error_uri"))}
	if f := p.run.failure; f != nil && f.run == nil {
		s.want = f.want(&d.o)
	}
	return s
}

func placeOf(r *run) string {
	if r.failure == nil {
		return "/walk"
	}
	return "/failures/" + r.failure.ID
}
