package requestlog

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/callid"
)

const failedHead = "GET /me?access_token=PLANTED-query&page=2 HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer PLANTED-bearer\r\nCookie: a=PLANTED-cookie; b=1\r\nAccept: */*\r\n\r\n"

// fill is what a gateway lends of a call.
func fill(c *Call, id callid.ID, at int64) {
	e := &c.Entry
	e.Time, e.ID, e.Status, e.Problem, e.Version = at, id, 401, "invalid_access_token", "HTTP/1.1"
	e.Method, e.Target = []byte("GET"), []byte("/me?access_token=PLANTED-query&page=2")
	c.Head = []byte(failedHead)
	c.Credential = Credential{Kind: "unknown", Place: "header", Value: []byte("PLANTED-bearer")}
	c.Message, c.Fix, c.Code = []byte("Invalid access token"), []byte("Do not send PLANTED-bearer again"), "INVALID_ACCESS_TOKEN"
	c.AnswerHead, c.AnswerBody = []byte("HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"), []byte(`{"status":401}`)
}

func idOf(n uint64) callid.ID { return callid.New(1, n, n) }

func opening(k *kept) func(context.Context) (Store, error) {
	return func(context.Context) (Store, error) { return k, nil }
}

func begun(o Options, s Settings) *Log {
	l := New(o, s)
	l.Begin()
	return l
}

func (l *Log) fail(t *testing.T, app uint32, id callid.ID) bool {
	t.Helper()
	at := l.o.Now().UnixNano()
	c := l.Failed(app, 7, at)
	if c == nil {
		return false
	}
	fill(c, id, at)
	l.Keep(c)
	return true
}

// What is handed over is written a moment later, without its secrets, and once more calls have come at once.
func TestLogWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		l := begun(Options{Open: opening(k), Now: time.Now}, Settings{})
		l.fail(t, 1, idOf(1))
		time.Sleep(writeEvery + time.Millisecond)
		synctest.Wait()
		if k.size() != 1 {
			t.Fatalf("%d records after %s", k.size(), writeEvery)
		}
		r, err := l.Store().Record(t.Context(), idOf(1))
		if err != nil {
			t.Fatal(err)
		}
		want := &Record{
			ID: idOf(1), RequestID: idOf(1).String(), Time: r.Time, Status: 401, Problem: "invalid_access_token", By: ByGateway,
			Said:   &Said{Code: "INVALID_ACCESS_TOKEN", Message: "Invalid access token", Fix: "Do not send REDACTED again"},
			Method: "GET", Target: "/me?access_token=REDACTED&page=2", Version: "HTTP/1.1",
			Headers: []Field{{"Host", "a.example"}, {"Authorization", "REDACTED"}, {"Cookie", "REDACTED"}, {"Accept", "*/*"}},
			Answer:  &Answer{Headers: []Field{{"Content-Type", "application/json"}}, Body: &Body{Text: `{"status":401}`, Bytes: 14}},
			Token:   &Token{Kind: "unknown", Place: "header", Hash: "4993cf6f"},
			Recurs:  &Recurs{Times: 1, Since: r.Time},
		}
		if diff := cmp.Diff(want, r, cmpopts.EquateComparable(netip.Addr{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the record (-want +got):\n%s", diff)
		}
		for n := range uint64(3 * batch) {
			l.fail(t, 1, idOf(n+2))
		}
		synctest.Wait()
		if k.size() < 2*batch {
			t.Errorf("%d records at once, of %d", k.size(), 3*batch)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if k.size() != 3*batch+1 || k.closed != 1 {
			t.Errorf("%d records, closed %d times", k.size(), k.closed)
		}
	})
}

// Of each app and problem so many a second are kept; the rest is counted, in the data too.
func TestDetailIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		l := begun(Options{Open: opening(k), Now: time.Now}, Settings{Detail: 10})
		for n := range uint64(25) {
			l.fail(t, 1, idOf(n))
			l.fail(t, 2, idOf(100+n))
		}
		time.Sleep(time.Second)
		l.fail(t, 1, idOf(200))
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if first, later := k.records[idOf(9)], k.records[idOf(200)]; first.Recurs.AtLeast || !later.Recurs.AtLeast { // only behind a gap a number is not all
			t.Errorf("%+v, then %+v", first.Recurs, later.Recurs)
		}
		time.Sleep(countEvery + lookEvery)
		synctest.Wait()
		if k.size() != 21 || l.Dropped(Detail) != 30 || l.Written() != 21 {
			t.Errorf("%d records, %d dropped, %d written", k.size(), l.Dropped(Detail), l.Written())
		}
		if len(k.counts) != 1 || k.counts[0].Problem != "!dropped.detail" || k.counts[0].Calls != 30 {
			t.Errorf("counted: %+v", k.counts)
		}
		time.Sleep(sweepEvery)
		synctest.Wait()
		if k.swept != 0 {
			t.Errorf("swept %d times without a bound", k.swept)
		}
		l.fail(t, 1, idOf(201)) // a minute of rest does not make the number whole
		if err := l.Flush(t.Context()); err != nil || !k.records[idOf(201)].Recurs.AtLeast {
			t.Errorf("%+v, %v", k.records[idOf(201)].Recurs, err)
		}
		l.Set(Settings{Detail: 10, Keep: time.Hour})
		time.Sleep(sweepEvery)
		synctest.Wait()
		if k.swept != 1 {
			t.Errorf("swept %d times", k.swept)
		}
		_ = l.Close(t.Context())
	})
}

// What finds no room is counted and waits for nobody; nothing else is lost while the store is not there.
func TestLogIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		open := make(chan struct{})
		l := begun(Options{Now: time.Now, Open: func(context.Context) (Store, error) {
			<-open
			return k, nil
		}}, Settings{})
		if _, err := l.Store().Record(t.Context(), idOf(1)); !errors.Is(err, ErrOpening) {
			t.Errorf("a store that is not open: %v", err)
		}
		for n := range uint64(slots + 100) {
			l.fail(t, 1, idOf(n))
		}
		close(open)
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if k.size() != slots || l.Dropped(Full) != 100 {
			t.Errorf("%d records, %d dropped", k.size(), l.Dropped(Full))
		}
		if !l.fail(t, 1, idOf(1<<20)) {
			t.Error("there is no room once all is written")
		}
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if len(k.counts) != 1 || k.counts[0].Problem != "!dropped.full" || k.counts[0].Calls != 100 {
			t.Errorf("counted: %+v", k.counts)
		}
		if l.fail(t, 1, idOf(2)) {
			t.Error("a log that is closed lends")
		}
	})
}

// A store that fails is tried again, and told of once; what it does not take for long is dropped from its oldest end, and counted.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		var said strings.Builder
		l := begun(Options{Open: opening(k), Now: time.Now, Log: slog.New(slog.NewTextHandler(&said, nil))}, Settings{})
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.fail(errors.New("disk full"))
		for n := range uint64(5000) {
			l.fail(t, 1, idOf(n))
			if n%500 == 0 {
				time.Sleep(time.Second)
			}
		}
		if err := l.Flush(t.Context()); err == nil || err.Error() != "disk full" {
			t.Errorf("flush: %v", err)
		}
		k.fail(nil)
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		if k.size() != mostPending || l.Dropped(Unkept) != 5000-mostPending {
			t.Errorf("%d records, %d dropped", k.size(), l.Dropped(Unkept))
		}
		if _, err := k.Record(t.Context(), idOf(4999)); err != nil {
			t.Error("the latest is gone")
		}
		_ = l.Close(t.Context())
		if n := strings.Count(said.String(), "disk full"); n != 1 || !strings.Contains(said.String(), "written again") {
			t.Errorf("told %d times: %s", n, said.String())
		}
	})
}

// While another process has the store, what comes waits; at the end it is written behind it.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, opened := newKept(), 0
		l := begun(Options{Now: time.Now, Open: func(context.Context) (Store, error) {
			opened++
			return k, nil
		}}, Settings{})
		l.fail(t, 1, idOf(1))
		if err := l.Pause(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.fail(t, 1, idOf(2))
		time.Sleep(time.Minute)
		synctest.Wait()
		if k.size() != 1 || k.closed != 1 || opened != 1 {
			t.Fatalf("%d records, closed %d times, opened %d times", k.size(), k.closed, opened)
		}
		if err := l.Flush(t.Context()); !errors.Is(err, ErrOpening) {
			t.Errorf("flush: %v", err)
		}
		if err := l.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.Flush(t.Context()); err != nil || k.size() != 2 {
			t.Errorf("%d records: %v", k.size(), err)
		}
		_ = l.Pause(t.Context())
		l.fail(t, 1, idOf(3))
		if err := l.Close(t.Context()); err != nil || k.size() != 3 || opened != 3 || k.closed != 3 {
			t.Errorf("%d records, opened %d times, closed %d times: %v", k.size(), opened, k.closed, err)
		}
		if err := l.Flush(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("flush: %v", err)
		}
	})
}

// An app that only the store knows is asked for there.
func TestOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		l := begun(Options{Open: opening(k), Now: time.Now, Owner: func(_ context.Context, grant uint64) Owner {
			return map[uint64]Owner{7: {App: "shop", ClientID: "c1", Member: "ada"}}[grant]
		}}, Settings{})
		for grant, genuine := range map[uint64]bool{7: true, 8: true, 9: false} {
			at := l.o.Now().UnixNano()
			c := l.Failed(0, 7, at)
			fill(c, idOf(grant), at)
			c.Credential.Grant, c.Credential.Genuine = grant, genuine
			l.Keep(c)
		}
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for grant, want := range map[uint64]Owner{7: {"shop", "c1", "ada"}, 8: {}, 9: {}} {
			r := k.records[idOf(grant)]
			if got := (Owner{r.App, r.ClientID, r.Member}); got != want {
				t.Errorf("of grant %d: %+v, want %+v", grant, got, want)
			}
		}
	})
}

// Of calls that go well eight are looked at, and then one a second, of each app, route and whatever else tells them apart.
func TestSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Options{Open: opening(newKept()), Now: time.Now}, Settings{})
		ask := func(app, route uint32, who uint64) {
			if c := l.Good(app, route, who, time.Now().UnixNano()); c != nil {
				l.Keep(c)
			}
		}
		for range 35 {
			for range 10 {
				ask(1, 2, 0)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := l.waiting.Load(); n != paceBurst+3 {
			t.Errorf("%d samples", n)
		}
		for _, other := range []struct {
			app, route uint32
			who        uint64
		}{{0, 2, 1}, {0, 2, 2}, {0, 3, 1}, {1, 3, 0}, {2, 2, 0}, {1, 2, 9}} {
			before := l.waiting.Load()
			ask(other.app, other.route, other.who)
			if l.waiting.Load() == before {
				t.Errorf("%+v is taken for another", other)
			}
		}
		l.Begin()
		time.Sleep(2 * sweepEvery)
		synctest.Wait()
		if n := l.paces.of.Size(); n != 0 {
			t.Errorf("%d paces are known", n)
		}
		_ = l.Close(t.Context())
	})
}

// Nothing is left of a secret where it was copied to.
func TestSecretsAreOverwritten(t *testing.T) {
	c := &Call{}
	for _, size := range []int{10, 9000, 100} {
		fill(c, idOf(1), 1)
		c.Head = []byte(strings.Repeat("PLANTED-bearer ", size))
		c.own()
		text := c.text[:cap(c.text)]
		if !strings.Contains(string(text), "PLANTED") {
			t.Fatal("nothing was copied")
		}
		c.forget()
		if strings.Trim(string(text), "\x00") != "" {
			t.Error("something is left")
		}
	}
	if cap(c.text) > mostIdle {
		t.Errorf("%d bytes are kept", cap(c.text))
	}
}

// A call that is handed over allocates nothing in the long run, nor does one that is not wanted.
func TestKeepAllocatesNothing(t *testing.T) {
	l := &Log{o: Options{Now: time.Now}, wake: make(chan struct{}, 1)}
	l.free, l.queue, l.gates.of, l.paces.of = newQueue(), newQueue(), newGates(), newPaces()
	l.Set(Settings{})
	at, id := time.Now().UnixNano(), idOf(rand.Uint64())
	pin := func(name string, f func()) {
		for range 20 {
			f()
		}
		if n := testing.AllocsPerRun(1000, f); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	var one Call
	fill(&one, id, at)
	pin("failed", func() {
		c := l.Failed(1, 7, at)
		c.Entry, c.Head, c.Credential, c.Message, c.Fix = one.Entry, one.Head, one.Credential, one.Message, one.Fix
		l.Keep(c)
		l.giveBack(l.take())
	})
	pin("good", func() {
		if c := l.Good(1, 2, 0, at); c != nil {
			l.Keep(c)
			l.giveBack(l.take())
		}
	})
	l.Set(Settings{Detail: 1})
	pin("too many", func() { _ = l.Failed(1, 7, at) })
}

func BenchmarkGood(b *testing.B) {
	l := begun(Options{Open: opening(newKept()), Now: time.Now}, Settings{})
	b.RunParallel(func(pb *testing.PB) {
		at := time.Now().UnixNano()
		for pb.Next() {
			if c := l.Good(1, 2, 0, at); c != nil {
				l.Keep(c)
			}
		}
	})
	_ = l.Close(b.Context())
}

func BenchmarkRecord(b *testing.B) {
	var c Call
	fill(&c, idOf(1), 1)
	hide := newHiding()
	b.ReportAllocs()
	for b.Loop() {
		_ = newRecord(&c, FullAddresses, hide)
	}
}

// Where much is written the size is looked at before the next sweep is due.
func TestSizeIsKeptBetweenSweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKept()
		l := begun(Options{Open: opening(k), Now: time.Now}, Settings{Size: 1 << 20})
		defer l.Close(t.Context())
		for n := range uint64(2 * leastWritten / len(failedHead)) {
			l.fail(t, 1, idOf(n+1))
			synctest.Wait()
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.swept == 0 {
			t.Errorf("nothing was swept of %d records", len(k.records))
		}
	})
}
