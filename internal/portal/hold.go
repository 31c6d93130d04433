package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
)

// errOutside is a slip of ours: a handler that is not within Serve.
var errOutside = errors.New("portal: no session goes with this request")

// Hold keeps a request of an app in the session until somebody has signed in and decided, for an hour at most. The id is useless in another browser. It makes a
// session where there is none: ErrTooMany says that too many come from there. Of many requests, or of large ones, the oldest goes.
func Hold(ctx context.Context, request []byte, app string) (id string, err error) {
	v := visitOf(ctx)
	switch {
	case v == nil:
		return "", errOutside
	case len(request)+len(app) > heldBytes:
		return "", ErrTooLarge
	}
	if err = v.room(); err != nil {
		return "", err
	}
	id = rand.Text()
	v.state.hold(held{ID: id, For: app, Request: slices.Clone(request), At: v.now.Unix()})
	v.changed = true
	return id, nil
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

// HeldFor is the name of the app whose request is held; "" where there is none.
func HeldFor(ctx context.Context, id string) string {
	if v := visitOf(ctx); v != nil {
		if h := v.state.find(id, v.now); h != nil {
			return h.For
		}
	}
	return ""
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
