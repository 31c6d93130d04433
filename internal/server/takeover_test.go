package server_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

// takeOver starts an instance in the place of another.
func (s *stage) takeOver(cfg *config.Config) (*server.Server, error) {
	o := s.options()
	o.TakeOver = true
	return server.Start(s.t.Context(), cfg, o)
}

// next is takeOver that goes well.
func (s *stage) next(before *instance, replace ...string) *instance {
	s.t.Helper()
	o := s.options()
	o.TakeOver = true
	i := s.startBy(s.config(replace...), o)
	if before != nil {
		before.isOver(i)
	}
	return i
}

// isOver waits for the end of an instance whose place another has.
func (i *instance) isOver(next *instance) {
	i.t.Helper()
	i.Client.CloseIdleConnections()
	ended := make(chan error, 1)
	go func() { ended <- i.Wait() }()
	if err := within(i.t, ended); err != nil {
		i.t.Errorf("the end of the one before: %v", err)
	}
	if i.HandedTo() != os.Getpid() || next.TookOverFrom() != os.Getpid() {
		i.t.Errorf("handed to %d, taken over from %d", i.HandedTo(), next.TookOverFrom())
	}
}

// TestTakeOver: addresses, tokens, counts, and a connection that waits in the socket, go from one instance to the next.
func TestTakeOver(t *testing.T) {
	s := newStage(t)
	with := append(withWWW(www), few...)
	first := s.start(with...)
	made := first.mint("demo", "alice")
	for range 2 {
		if got := first.status("/v2/me", made); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	slow := first.dial().ask("/v2/slow")
	s.up.wait(t)
	at, operator, pages := first.APIAddrs(), first.AdminAddr(), first.WWWAddr()
	o := s.options()
	o.TakeOver = true
	second := s.startBy(s.config(with...), o)
	if got := second.APIAddrs(); fmt.Sprint(got) != fmt.Sprint(at) || second.AdminAddr() != operator || second.WWWAddr() != pages {
		t.Errorf("it listens at %v, %s and %s, want %v, %s and %s", got, second.AdminAddr(), second.WWWAddr(), at, operator, pages)
	}
	if got, err := second.ask("http://"+pages+"/errors", ""); err != nil || got.Status != 200 {
		t.Errorf("the pages: %+v, %v", got, err)
	}
	if got := second.status("/v2/me", made); got.Status != 200 {
		t.Errorf("the third call: %+v", got)
	}
	if got := second.status("/v2/me", made); got != throttled {
		t.Errorf("the fourth call: %+v; the counts of the first instance are lost", got)
	}
	s.up.let <- struct{}{}
	if got := slow.answer(); got.Status != 200 || !slow.ends() {
		t.Errorf("the call in flight: %+v", got)
	}
	slow.Close()
	first.isOver(second)
	if made, err := admin.Dial(filepath.Join(s.words["data"], "admin.sock")).Mint(t.Context(), admin.MintRequest{App: "demo", Member: "bob", Scopes: []string{"r_profile"}}); err != nil || made.Token == "" {
		t.Errorf("the operator is answered by the second: %v", err)
	}
}

// TestTakeOverAddresses: sockets that both have are taken, others are opened, and those that are not needed any more are closed.
func TestTakeOverAddresses(t *testing.T) {
	s := newStage(t)
	first := s.start()
	at, operator := first.APIAddrs(), first.AdminAddr()
	second := s.next(first, `  - {address: "127.0.0.1:0", health: true}
`, `  - {address: "`+strings.Replace(at[0], "127.0.0.1", "localhost", 1)+`"}
  - {address: "127.0.0.2:0"}
`, `  - {address: "127.0.0.1:0", tls: {certificates: [{cert: {{cert}}, key: {{key}}}]}}
`, "", `admin: {address: "127.0.0.1:0"}`, "admin: off")
	if got := second.APIAddrs(); len(got) != 2 || got[0] != at[0] || !strings.HasPrefix(got[1], "127.0.0.2:") {
		t.Errorf("it listens at %v, and the one before did at %v", got, at)
	}
	for _, a := range []string{at[1], operator} {
		l, err := net.Listen("tcp", a)
		if err != nil {
			t.Errorf("%s is still listened on: %v", a, err)
			continue
		}
		l.Close()
	}
}

// TestTakeOverReturns: a call that was counted before, and never reaches its upstream after, is given back.
func TestTakeOverReturns(t *testing.T) {
	s := newStage(t)
	replace := append([]string{"methods: [GET], scopes: [r_profile], quota: people}", "methods: [GET, POST], scopes: [r_profile], quota: people, body: {types: [application/json], json: check}}"}, few...)
	first := s.start(replace...)
	made := first.mint("demo", "alice")
	half := first.dial().say("POST /v2/me HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + made + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	testkit.Until(t, "it is in flight", func() bool { return first.InFlight() == 1 })
	o := s.options()
	o.TakeOver = true
	second := s.startBy(s.config(replace...), o)
	for range 2 {
		if got := second.status("/v2/me", made); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	if got := second.status("/v2/me", made); got != throttled {
		t.Errorf("with the one that is in flight it is one too many: %+v", got)
	}
	half.Close()
	first.isOver(second)
	testkit.Until(t, "it was given back", func() bool { return second.status("/v2/me", made).Status == 200 })
	if got := second.status("/v2/me", made); got != throttled {
		t.Errorf("once: %+v", got)
	}
}

// TestTakeOverFromNobody is a start.
func TestTakeOverFromNobody(t *testing.T) {
	s := newStage(t)
	i := s.next(nil)
	if got, err := i.ask("http://"+i.APIAddrs()[0]+"/v2/news", ""); err != nil || got.Status != 200 || i.TookOverFrom() != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if !strings.Contains(s.log.String(), "there is nothing to take over: no instance runs with this data folder") {
		t.Errorf("the log: %s", s.log)
	}
}

// TestTakeOverThatFails leaves the one before at work, on the same sockets, with all that it has counted.
func TestTakeOverThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		change []string
		want   string // of the error
		again  bool   // it fails after everything was left to it
	}{
		"an address that it cannot have": {[]string{`{address: "127.0.0.1:0", health: true}`, `"192.0.2.1:1"`}, "this machine has no address 192.0.2.1", false},
		"a log that it cannot write":     {[]string{"log: {access: {{log}}}", "log: {access: /nowhere/log}"}, "the access log /nowhere/log has no folder", false},
		"keys that it cannot have":       {[]string{"version: 1\n", "version: 1\ntokens: {keys: {{loose}}}\n"}, "can be reached by others", false},
		"a store with too many names":    {[]string{"scopes: {", "scopes: {" + manyScopes("b")}, "would have been named in this data directory", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.words["loose"] = filepath.Join(t.TempDir(), "keys")
			if err := os.Mkdir(s.words["loose"], 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(s.words["loose"], 0o777); err != nil {
				t.Fatal(err)
			}
			first := s.start(append([]string{"scopes: {", "scopes: {" + manyScopes("a")}, few...)...)
			made := first.mint("demo", "alice")
			first.status("/v2/me", made)
			at := first.APIAddrs()
			if next, err := s.takeOver(s.config(c.change...)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the next one: %v, want %s", err, c.want)
				if err == nil {
					next.Shutdown(t.Context())
				}
			}
			i := first
			if c.again {
				i = first.again()
			}
			if got := i.APIAddrs(); fmt.Sprint(got) != fmt.Sprint(at) {
				t.Errorf("it listens at %v, and did at %v", got, at)
			}
			for range 2 {
				if got := i.status("/v2/me", made); got.Status != 200 || got.Close {
					t.Errorf("a call on: %+v", got)
				}
			}
			if got := i.status("/v2/me", made); got != throttled {
				t.Errorf("one call too many: %+v", got)
			}
			if got, err := i.ask("http://"+i.AdminAddr()+"/readyz", ""); err != nil || got.Status != 200 {
				t.Errorf("/readyz: %+v, %v", got, err)
			}
			s.next(i) // and it can be taken over from
		})
	}
}

// manyScopes are more than half of the scopes that a store can have.
func manyScopes(prefix string) string {
	var b strings.Builder
	for n := range access.MaxScopes/2 + 1 {
		fmt.Fprintf(&b, "%s%d: x, ", prefix, n)
	}
	return b.String()
}

// again waits until the next instance has failed, and starts as this one.
func (i *instance) again() *instance {
	i.t.Helper()
	select {
	case <-i.Orphaned():
	case <-time.After(patience):
		i.t.Fatal("it does not notice that the next one has failed")
	}
	sv, err := i.Again(i.t.Context())
	if err != nil {
		i.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- i.Wait() }()
	if err := within(i.t, ended); err != nil || i.HandedTo() != 0 {
		i.t.Errorf("the end of the one that was left: %v, handed to %d", err, i.HandedTo())
	}
	next := &instance{Server: sv, t: i.t, Client: i.Client}
	i.t.Cleanup(func() {
		if err := next.end(); err != nil {
			i.t.Errorf("shut down: %v", err)
		}
	})
	return next
}

// TestTakeOverIsRefused says why, and the one that runs serves on.
func TestTakeOverIsRefused(t *testing.T) {
	s := newStage(t)
	first := s.start()
	path := filepath.Join(s.words["data"], "admin.sock")
	ask := func(m handover.Message) (*handover.Conn, error) {
		t.Helper()
		c, err := admin.TakeOver(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		over := handover.Over(c)
		t.Cleanup(func() { over.Close() })
		until := time.Now().Add(patience)
		if err = over.Send(m, nil, until); err != nil {
			t.Fatal(err)
		}
		_, sockets, err := over.Await(handover.Offer, until)
		sockets.Close()
		return over, err
	}
	asks := handover.Message{Step: handover.Asks, Protocol: handover.Protocol, PID: 1}
	wrong := asks
	wrong.Protocol = 99
	if _, err := ask(wrong); err == nil || !strings.Contains(err.Error(), "by protocol 1, and protocol 99 was asked for") {
		t.Errorf("another protocol: %v", err)
	}
	asks.PID = 2
	one, err := ask(asks)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.takeOver(s.config()); err == nil || !strings.Contains(err.Error(), "another process is taking over already") {
		t.Errorf("a second one: %v", err)
	}
	one.Close()
	testkit.Until(t, "the log says that the first has gone", func() bool { return strings.Contains(s.log.String(), `msg="not handed over" to=2`) })
	if got := first.dial().ask("/v2/news").answer(); got.Status != 200 || got.Close {
		t.Errorf("%+v", got)
	}

	// One that goes when calls are ended for it already.
	asks.PID = 3
	late, err := ask(asks)
	if err != nil {
		t.Fatal(err)
	}
	if err := late.Send(handover.Message{Step: handover.Go}, nil, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	late.Close()
	testkit.Until(t, "it serves on, or was left", func() bool {
		select {
		case <-first.Orphaned():
			return true
		default:
			return strings.Contains(s.log.String(), `msg="not handed over" to=3`)
		}
	})
	select {
	case <-first.Orphaned():
		first = first.again()
	default:
	}
	if got, err := first.ask("http://"+first.APIAddrs()[0]+"/v2/news", ""); err != nil || got.Status != 200 || got.Close {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTakeOverDuringADelay: the next process goes while kept connections have their last calls, and the one before serves on; or that one is told to end, and does.
func TestTakeOverDuringADelay(t *testing.T) {
	t.Parallel()
	const aPage = "GET /errors HTTP/1.1\r\nHost: www.example\r\n\r\n"
	s := newStage(t)
	first := s.start(append(withWWW(www), "drain: {delay: 0s, finish: 10s}", "drain: {delay: 1h, finish: 10s}")...)
	kept, page := first.dial().ask("/v2/news"), dialTo(t, first.WWWAddr()).say(aPage)
	kept.answer()
	if got := page.answer(); got.Status != 200 || got.Close {
		t.Errorf("a page: %+v", got.Status)
	}
	c, err := admin.TakeOver(t.Context(), filepath.Join(s.words["data"], "admin.sock"))
	if err != nil {
		t.Fatal(err)
	}
	next, until := handover.Over(c), time.Now().Add(patience)
	defer next.Close()
	next.Send(handover.Message{Step: handover.Asks, Protocol: handover.Protocol, PID: 1}, nil, until)
	if _, sockets, err := next.Await(handover.Offer, until); err != nil || len(sockets) != 4 {
		t.Fatalf("%d sockets, %v", len(sockets), err)
	} else {
		sockets.Close()
	}
	next.Send(handover.Message{Step: handover.Go}, nil, until)
	testkit.Until(t, "kept connections have their last calls", func() bool { return strings.Contains(s.log.String(), "handing over; kept") })
	if got := kept.ask("/v2/news").answer(); got != (answer{Status: 200, Body: "/v2/news", Close: true}) || !kept.ends() {
		t.Errorf("a call on a kept connection: %+v", got)
	}
	if got := dialTo(t, first.WWWAddr()).say(aPage).answer(); got.Status != 200 {
		t.Errorf("a page: %+v", got.Status)
	}
	if got := first.dial().ask("/readyz").answer(); got.Status != 200 {
		t.Errorf("/readyz of the listener: %+v; calls are taken, here or there", got)
	}
	if got, err := first.ask("http://"+first.AdminAddr()+"/readyz", ""); err != nil || got.Status != 200 {
		t.Errorf("/readyz of the operator: %+v, %v", got, err)
	}
	next.Close()
	testkit.Until(t, "it serves on", func() bool { return strings.Contains(s.log.String(), `msg="not handed over" to=1`) })
	if got := first.dial().ask("/v2/news").answer(); got != (answer{Status: 200, Body: "/v2/news"}) {
		t.Errorf("a call after it: %+v", got)
	}

	refused := make(chan error, 1)
	go func() {
		_, err := s.takeOver(s.config())
		refused <- err
	}()
	testkit.Until(t, "it hands over once more", func() bool { return strings.Count(s.log.String(), "handing over; kept") == 2 })
	ended := make(chan error, 1)
	first.over.Do(func() { go func() { ended <- first.ShutdownWithoutDelay(t.Context()) }() })
	if err := within(t, refused); err == nil || !strings.Contains(err.Error(), "is draining; wait for its end") {
		t.Errorf("the next process: %v", err)
	}
	if err := within(t, ended); err != nil {
		t.Error(err)
	}
}

// TestTakeOverWithoutFolder has nothing to ask over.
func TestTakeOverWithoutFolder(t *testing.T) {
	s := newStage(t)
	if _, err := s.takeOver(s.config("data: {{data}}", "data: none")); !errors.Is(err, server.ErrNoFolder) {
		t.Errorf("got %v", err)
	}
}
