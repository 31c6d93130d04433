package demo

import (
	"context"
	"net/http"
	"net/url"
	"slices"
)

// Failure is one that can be provoked.
type Failure struct {
	ID, Group, Title string
	Says             string // what the contract says of it
	Wants            wants
	Asks             []ask // what a member has to allow first, each for a code
	// run makes the mistake; nil: the request for authorization is the mistake.
	run func(context.Context, *play)
}

func (f *Failure) want(o *Options) want {
	if o.Standard {
		return f.Wants.standard
	}
	return f.Wants.linkedin
}

// Expected is what the contract says that comes.
func (f *Failure) Expected(o *Options) string { return f.want(o).String() }

// Browser reports whether a browser, and who sits at it, take part.
func (f *Failure) Browser() bool { return len(f.Asks) > 0 }

// play is the trial of a failure.
type play struct {
	d    *App
	r    *run
	fail want // what the mistake is to lead to
}

// provoke makes a mistake anew, or sends the browser to where it is made.
func (d *App) provoke(w http.ResponseWriter, r *http.Request) {
	f := d.failures[r.PathValue("id")]
	b, err := d.browserOf(w, r)
	switch {
	case err != nil:
		broken(w, err)
		return
	case f == nil:
		noFailure(d, w)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trial = &run{failure: f, client: &d.o.Confidential}
	if err := d.goOn(r.Context(), b, b.trial); err != nil {
		broken(w, err)
		return
	}
	http.Redirect(w, r, placeOf(b.trial), http.StatusSeeOther)
}

// goOn makes the mistake of a trial, once all codes that it takes are there; a walk goes on when its buttons are pressed.
func (d *App) goOn(ctx context.Context, b *browser, r *run) error {
	f := r.failure
	switch {
	case f == nil:
	case len(r.codes) < len(f.Asks):
		return d.authorize(b, r, f.Asks[len(r.codes)])
	default:
		f.run(ctx, &play{d: d, r: r, fail: f.want(&d.o)})
	}
	return nil
}

// send sends a message.
func (p *play) send(ctx context.Context, title string, expected want, m message) *answer {
	return p.d.step(ctx, p.r, title, expected, m)
}

// token asks the token endpoint.
func (p *play) token(ctx context.Context, title string, expected want, c *Client, f url.Values) *answer {
	return p.send(ctx, title, expected, p.d.tokenRequest(c, f))
}

// redeem exchanges a code as its client ought to, but for the changes; "" takes a parameter away.
func (p *play) redeem(ctx context.Context, title string, expected want, code int, changes ...string) *answer {
	c := &p.r.codes[code]
	f := codeForm(c)
	for ; len(changes) > 1; changes = changes[2:] {
		if f.Set(changes[0], changes[1]); changes[1] == "" {
			f.Del(changes[0])
		}
	}
	return p.token(ctx, title, expected, c.client, f)
}

// call calls the API.
func (p *play) call(ctx context.Context, title string, expected want, token string) {
	p.send(ctx, title, expected, p.d.apiRequest(token))
}

// refused is an API's answer.
func refused(status int, name string) want {
	return want{outcome: outcome{status: status, error: name}}
}

// wants are what the two profiles say.
type wants struct{ linkedin, standard want }

// both is what both say.
func both(status int, word, cause string) wants { return pair(status, word, status, word, cause) }

func pair(linkedin int, word string, standard int, plain, cause string) wants {
	return wants{want{outcome: outcome{linkedin, word, cause}}, want{outcome: outcome{standard, plain, cause}}}
}

// page is a page for people; in the standard profile it is a 400.
func page(linkedin int) wants {
	return wants{want{outcome: outcome{status: linkedin}, page: true}, want{outcome: outcome{status: 400}, page: true}}
}

// called is an API's answer, in both profiles.
func called(status int, name string) wants {
	return wants{refused(status, name), refused(status, name)}
}

// failures are all of them, in the order in which they are shown.
var failures = slices.Concat(authorizationFailures, memberFailures, requestFailures, clientFailures, codeFailures, grantFailures, refreshFailures, tokenFailures, bearerFailures, pretended)
