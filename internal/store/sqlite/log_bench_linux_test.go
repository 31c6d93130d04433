package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// usual is a record as most are: a dozen fields each way, a body of ours, and the differences that were found. Apps, problems, routes and members are spread as in a busy month.
func usual(n int, perSecond int64) *requestlog.Record {
	rnd := rand.New(rand.NewPCG(uint64(n), 1))
	at := storetest.Noon.Add(time.Duration(int64(n) * int64(time.Second) / perSecond))
	id := callid.New(at.UnixMilli(), rnd.Uint64(), rnd.Uint64())
	few := func(most int) int { return int(float64(most) * rnd.Float64() * rnd.Float64()) } // some are met more often than others
	r := whole()
	r.ID, r.RequestID, r.Time, r.Status = id, id.String(), at, 400+few(100)
	r.App, r.Member, r.Problem, r.Route = fmt.Sprint("app-", few(200)), fmt.Sprint("urn:li:member:", few(100_000)), fmt.Sprint("problem_name_", few(60)), fmt.Sprint("people.route.", few(150))
	r.Target = fmt.Sprintf("/v2/people/(id:%d)?projection=(id,localizedFirstName,profilePicture(displayImage~:playableStreams))", rnd.IntN(1000))
	r.Headers = nil
	for i := range 12 {
		r.Headers = append(r.Headers, requestlog.Field{Name: fmt.Sprint("X-Header-Name-", i), Value: "some value of usual length " + fmt.Sprint(rnd.Uint32())})
	}
	r.Answer.Headers = r.Headers[:6]
	r.Answer.Body = &requestlog.Body{Text: `{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: GET /people","requestId":"` + r.RequestID + `"}`, Bytes: 200}
	return r
}

// BenchmarkLogAdd is what a record costs that is written in batches of 256.
func BenchmarkLogAdd(b *testing.B) {
	for _, where := range []string{"disk", "memory"} {
		b.Run(where, func(b *testing.B) {
			l, err := OpenLogMemory(b.Context(), 64<<20)
			if where == "disk" {
				l, err = OpenLog(b.Context(), b.TempDir())
			}
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			pool := make([]*requestlog.Record, 20_000)
			for n := range pool {
				pool[n] = usual(n, 20_000)
			}
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			batch := make([]*requestlog.Record, 0, 256)
			before := threadTime()
			b.ResetTimer()
			for n := range b.N {
				r := pool[n%len(pool)]
				if n >= len(pool) {
					binary.BigEndian.PutUint64(r.ID[:], binary.BigEndian.Uint64(r.ID[:])+1000<<16) // a second later
				}
				if batch = append(batch, r); len(batch) == cap(batch) {
					add(b, l, batch...)
					batch = batch[:0]
				}
			}
			b.ReportMetric(float64((threadTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkLogMillion is what a look-up and a page take of a log of a million records: the aim is 50 ms, for the slowest of them too.
func BenchmarkLogMillion(b *testing.B) {
	const all, perSecond = 1_000_000, 2
	l, err := OpenLog(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	ids := make([]callid.ID, 0, all)
	for batch := make([]*requestlog.Record, 0, 1024); len(ids) < all; batch = batch[:0] {
		for len(batch) < cap(batch) && len(ids) < all {
			r := usual(len(ids), perSecond)
			ids, batch = append(ids, r.ID), append(batch, r)
		}
		add(b, l, batch...)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	some := func() callid.ID { return ids[rnd.IntN(len(ids))] }
	page := func(f requestlog.Filter) func() error {
		return func() error {
			_, _, err := l.Records(b.Context(), &f)
			return err
		}
	}
	middle := storetest.Noon.Add(all / perSecond / 2 * time.Second)
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"by id", func() error { _, err := l.Record(b.Context(), some()); return err }},
		{"an id that is not there", func() error {
			if _, err := l.Record(b.Context(), callid.New(1, rnd.Uint64(), 1)); !errors.Is(err, requestlog.ErrNotFound) {
				return fmt.Errorf("it is there: %w", err)
			}
			return nil
		}},
		{"the latest", page(requestlog.Filter{})},
		{"a page of 500", page(requestlog.Filter{Most: 500})},
		{"behind a cursor", func() error { return page(requestlog.Filter{Before: some()})() }},
		{"of an app", page(requestlog.Filter{App: "app-0"})},
		{"of an app that has few", page(requestlog.Filter{App: "app-199"})},
		{"of a member", page(requestlog.Filter{Member: "urn:li:member:77"})},
		{"of a problem, an app and a status", page(requestlog.Filter{App: "app-3", Problem: "problem_name_7", Status: 404})},
		{"since the middle", page(requestlog.Filter{Since: middle, Problem: "problem_name_1"})},
		{"of apps", page(requestlog.Filter{Apps: []string{"app-1", "app-50", "app-198", "app-none"}})},
		{"of a path that nobody called", page(requestlog.Filter{Path: "/nobody"})},
		{"of a path that nobody called, of an app", page(requestlog.Filter{Path: "/nobody", App: "app-0"})},
	} {
		b.Run(c.name, func(b *testing.B) {
			var slowest time.Duration
			for b.Loop() {
				begun := time.Now()
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
				slowest = max(slowest, time.Since(begun))
			}
			b.ReportMetric(float64(slowest.Microseconds())/1e3, "slowest-ms")
		})
	}
}
