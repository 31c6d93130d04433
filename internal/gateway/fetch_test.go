package gateway

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/testkit"
)

// hanging is a store that never answers; it tells when it is asked and when it was given up.
type hanging struct {
	asked chan struct{}
	ended chan error
}

func newHanging() *hanging { return &hanging{make(chan struct{}, 10), make(chan error, 10)} }

// Grant is token.Store's.
func (h *hanging) Grant(ctx context.Context, _ access.GrantID) (*access.Grant, error) {
	h.asked <- struct{}{}
	<-ctx.Done()
	h.ended <- ctx.Err()
	return nil, ctx.Err()
}

// A store that hangs keeps no caller longer than its limit, neither the first nor who waits for the same answer, and tells nobody that the token is bad.
func TestHangingStore(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		store := newHanging()
		p.Options.Portable, p.Store = portable, store
		h := p.open(t, acting(func(*net.TCPConn, *bufio.Reader) {}))
		callers := []*client{h.dial(t), h.dialTLS(t), h.dial(t)}
		for _, c := range callers {
			c.send("GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + h.stranger + "\r\n\r\n")
		}
		for _, c := range callers {
			if a := c.read(); a.status != 500 || testkit.Field(a.head, "Candor-Problem") != "token_verification_failed" {
				t.Errorf("got %q", a.head)
			}
		}
		if len(store.asked) != 1 {
			t.Errorf("the store was asked %d times", len(store.asked))
		}
		for _, line := range h.logged(t, len(callers)) {
			if !strings.Contains(line, "the store did not answer within 3s") {
				t.Errorf("logged %s", line)
			}
		}
	})
}

// When the client leaves, its question is given up.
func TestGoneWhileTheStoreIsAsked(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		store := newHanging()
		p.Options.Portable, p.Store = portable, store
		h := p.open(t, acting(func(*net.TCPConn, *bufio.Reader) {}))
		for _, leave := range []func(*client){(*client).reset, func(c *client) { _ = c.tcp.Close() }} {
			c := h.dial(t)
			c.send("GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + h.stranger + "\r\n\r\n")
			<-store.asked
			leave(c)
			if err := <-store.ended; !errors.Is(err, context.Canceled) {
				t.Errorf("the store's context: %v", err)
			}
		}
		for _, line := range h.logged(t, 2) {
			if !strings.Contains(line, `"problem":"client_gone"`) {
				t.Errorf("logged %s", line)
			}
		}
	})
}
