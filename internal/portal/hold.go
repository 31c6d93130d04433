package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
)

// errOutside is a slip of ours: a handler that is not within Serve.
var errOutside = errors.New("portal: no session goes with this request")

// Client is the app whose request waits, as the pages until then need it: to say for whom one signs in, and to let the browser be sent on in the end.
type Client struct {
	App      string // its name
	Redirect string // the redirect URI
}

// Hold keeps a request of an app in the session until somebody has signed in and decided, for an hour at most. The id is useless in another browser. It makes a
// session where there is none: ErrTooMany says that too many come from there. Of many requests, or of large ones, the oldest goes.
func Hold(ctx context.Context, request []byte, of Client) (id string, err error) {
	v := visitOf(ctx)
	if v == nil {
		return "", errOutside
	}
	one := held{ID: rand.Text(), Of: of, Request: slices.Clone(request), At: v.now.Unix()}
	if one.bytes() > heldBytes {
		return "", ErrTooLarge
	}
	if err = v.room(); err != nil {
		return "", err
	}
	v.state.hold(one)
	v.changed = true
	return one.ID, nil
}

// Held is a request that Hold kept in this session.
func Held(ctx context.Context, id string) (request []byte, found bool) {
	v := visitOf(ctx)
	if v == nil {
		return nil, false
	}
	h := v.state.find(id, v.now)
	if h == nil {
		return nil, false
	}
	return slices.Clone(h.Request), true
}

// HeldOf is whose request is held.
func HeldOf(ctx context.Context, id string) (of Client, found bool) {
	v := visitOf(ctx)
	if v == nil {
		return Client{}, false
	}
	h := v.state.find(id, v.now)
	if h == nil {
		return Client{}, false
	}
	return h.Of, true
}

// Came reports whether the browser had a session once, which may have ended meanwhile.
func Came(ctx context.Context) bool {
	v := visitOf(ctx)
	return v != nil && v.came
}

// Drop lets go of a request: it was answered.
func Drop(ctx context.Context, id string) {
	v := visitOf(ctx)
	if v == nil || v.state.find(id, v.now) == nil {
		return
	}
	v.state.Held = slices.DeleteFunc(v.state.Held, func(h held) bool { return h.ID == id })
	v.changed = true
}
