package downstream

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = testkit.Patience

// user is a Handler that does what a test says.
type user struct {
	side   Side
	times  Times
	limits http1.Limits
	phase  Phase
	most   int64 // that heads may hold
	held   int64
	serve  func(c Call, f Fault) After
	greets Greeting
	wrong  []ProxyFault   // of connections that did not begin as they have to
	gone   sync.WaitGroup // over once all connections are
}

func newUser() *user {
	return &user{
		side:   Side{Clock: clock.New(time.Now), Buffers: &buffer.Lender{}},
		times:  Times{Handshake: patience, FirstByte: patience, Head: patience, Idle: patience, BodyGap: patience, WriteStall: patience},
		limits: http1.Defaults(),
		most:   1 << 30,
	}
}

func (u *user) Times() *Times { return &u.times }

func (u *user) Limits(bool) *http1.Limits { return &u.limits }

func (u *user) Hold(_ *Peer, n, _ int64) bool {
	if u.held+n > u.most {
		return false
	}
	u.held += n
	return true
}

func (u *user) Release(_ *Peer, n int64) { u.held -= n }

func (u *user) Greeting() Greeting { return u.greets }

func (u *user) Ungreeted(_ *Peer, f ProxyFault) { u.wrong = append(u.wrong, f) }

func (u *user) Gone(*Conn) { u.gone.Done() }

func (u *user) Phase() Phase { return u.phase }

func (u *user) Serve(_ context.Context, c Call, f Fault) (After, int64) {
	return u.serve(c, f), u.side.Clock.Mono()
}

// parsed is a call that was parsed from raw, before anybody has looked at it. Its connection has no socket.
func (u *user) parsed(tb testing.TB, raw string) *call {
	tb.Helper()
	k := (&Conn{side: &u.side, user: u}).borrow()
	k.took(copy(k.room(u.side.Buffers), raw))
	f, whole := k.conn.parse(k)
	if !whole || f.Cause != OK {
		tb.Fatalf("%q is no call: %+v", raw, f)
	}
	k.begin(f)
	return k
}
