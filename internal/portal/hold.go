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

// Held is a request that Hold kept in this session, if it waits still. One that was answered just now is found by whoever answers it the same way once more, with
// how: of two presses of a button the browser shows but what the second is answered.
func Held(ctx context.Context, id, how string) (request []byte, found bool) {
	h, now := heldIn(ctx, id)
	if h == nil || h.Over > 0 && (h.How != how || how == "" || now-h.Over > int64(Twice.Seconds())) {
		return nil, false
	}
	return slices.Clone(h.Request), true
}

// HeldOf is whose request waits.
func HeldOf(ctx context.Context, id string) (of Client, found bool) {
	h, _ := heldIn(ctx, id)
	if h == nil || h.Over > 0 {
		return Client{}, false
	}
	return h.Of, true
}

// Answered reports whether a request was.
func Answered(ctx context.Context, id string) bool {
	h, _ := heldIn(ctx, id)
	return h != nil && h.Over > 0
}

// Answer notes that a request is answered, and how; "" for an answer that nobody can give twice.
func Answer(ctx context.Context, id, how string) {
	h, now := heldIn(ctx, id)
	if h == nil || h.Over > 0 { // the moment for a second time begins but once
		return
	}
	h.Over, h.How = now, how
	visitOf(ctx).changed = true
}

// heldIn is a request in the session that goes with ctx, nil if there is none, and unix seconds.
func heldIn(ctx context.Context, id string) (h *held, now int64) {
	v := visitOf(ctx)
	if v == nil {
		return nil, 0
	}
	return v.state.find(id, v.now), v.now.Unix()
}

// Came reports whether the browser had a session once, which may have ended meanwhile.
func Came(ctx context.Context) bool {
	v := visitOf(ctx)
	return v != nil && v.secret != ""
}
