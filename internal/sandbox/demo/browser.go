package demo

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// The most that is kept: of browsers, of requests that one has not come back from, and of what it has seen.
const (
	maxBrowsers = 64
	maxPending  = 16
	maxSteps    = 60
)

// browser is what is kept of one.
type browser struct {
	mu      sync.Mutex // held while something is done for it
	walk    *run
	trial   *run
	pending []*pending
}

// run is a walk, or the trial of a failure: what was sent, what came, and what to do next.
type run struct {
	client  *Client
	failure *Failure // nil: a walk
	steps   []Step
	link    *link // what the browser is to be sent to next
	codes   []gained
	tokens  tokens
}

// tokens are what a walk has got.
type tokens struct{ Access, Refresh, ID, Scope string }

// pending is a request for authorization that has not been answered.
type pending struct {
	state string
	asked gained
	run   *run
}

// gained is a code, and what it was asked for with.
type gained struct {
	client                   *Client
	code, redirect, verifier string
}

func (r *run) add(s Step) {
	if len(r.steps) < maxSteps {
		r.steps = append(r.steps, s)
	}
}

// take finds the request that a state belongs to. It is answered once.
func (b *browser) take(state string) *pending {
	for i, p := range b.pending {
		if p.state == state {
			b.pending = append(b.pending[:i:i], b.pending[i+1:]...)
			return p
		}
	}
	return nil
}

func (b *browser) await(p *pending) {
	if len(b.pending) == maxPending {
		b.pending = b.pending[1:]
	}
	b.pending = append(b.pending, p)
}

// browsers are all that are known, by what their cookies say; the oldest makes room.
type browsers struct {
	mu    sync.Mutex
	known map[string]*browser
	order []string
}

// cookieName is its own for each port: cookies know none.
func (d *App) cookieName() string {
	return "candor_demo_" + d.host[strings.LastIndexByte(d.host, ':')+1:]
}

// browserOf is what is kept of the browser that has asked.
func (d *App) browserOf(w http.ResponseWriter, r *http.Request) (*browser, error) {
	var id string
	if c, err := r.Cookie(d.cookieName()); err == nil {
		id = c.Value
	}
	if b := d.browsers.find(id); b != nil {
		return b, nil
	}
	id, err := d.random()
	if err != nil {
		return nil, err
	}
	// Lax: a browser that comes back from the sign-in is to be known.
	http.SetCookie(w, &http.Cookie{Name: d.cookieName(), Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // http on loopback
	return d.browsers.make(id), nil
}

func (l *browsers) find(id string) *browser {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[id]
}

func (l *browsers) make(id string) *browser {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[string]*browser{}
	}
	if len(l.order) == maxBrowsers {
		delete(l.known, l.order[0])
		l.order = l.order[1:]
	}
	b := &browser{}
	l.known[id] = b
	l.order = append(l.order, id)
	return b
}

// random is a text that nobody guesses, of 43 characters: a state, a verifier (RFC 7636 §4.1), what a cookie says.
func (d *App) random() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(d.o.Rand, b[:]); err != nil {
		return "", fmt.Errorf("make a random text: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
