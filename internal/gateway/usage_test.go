package gateway

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"testing"
	"time"

	godiff "github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/problem"
)

// countsOf waits until so many calls were counted, and returns the rows; the hour is left out.
func countsOf(t *testing.T, c *usage.Counts, calls int64) (rows []requestlog.Count) {
	t.Helper()
	store, err := sqlite.OpenLogMemory(t.Context(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	testkit.Until(t, "counted", func() bool {
		if err = c.Save(t.Context(), store, noon); err != nil {
			t.Fatal(err)
		}
		if rows, err = store.Counts(t.Context(), nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for i := range rows {
			rows[i].Hour = time.Time{}
			sum += rows[i].Calls
		}
		return sum >= calls
	})
	slices.SortFunc(rows, func(a, b requestlog.Count) int {
		return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Problem, b.Problem))
	})
	return rows
}

// Mixed traffic is counted to the call, and the limit's refusal says how much of it was asked before.
func TestUsage(t *testing.T) {
	for _, profile := range []problem.Profile{problem.Standard, problem.LinkedIn} {
		engines(t, func(t *testing.T, portable bool) {
			p := newPlan()
			p.API.Profile, p.Options.Portable, p.Limits[0].N = profile, portable, 10
			p.Stands = true
			c := usage.New()
			p.Options.Usage = c
			h := p.open(t, answering(kilobyte))
			one := h.dial(t)
			ask := func(target string, fields ...string) answer {
				one.send(h.get(target, fields...))
				return one.read()
			}
			for range 8 { // seven of them repeat the first
				ask("/limited", "X-Request-Id: any")
			}
			ask("/limited", "Accept: text/plain")
			ask("/limited?page=2")
			if d := godiff.Diff([]requestlog.Count{{App: "demo", Resource: "test/limited", Calls: 10, Repeated: 7}}, countsOf(t, c, 10)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			refused := ask("/limited?page=3")
			if !strings.HasPrefix(refused.head, "HTTP/1.1 429 ") || !strings.Contains(refused.body, "7 of today's 10 calls repeated an earlier one: keep answers and ask less") {
				t.Errorf("%s\n%s", refused.head, refused.body)
			}
			if !strings.Contains(refused.body, `"calls":10,"repeated":7}`) {
				t.Errorf("%s", refused.body)
			}
			ask("/me")
			ask("/nowhere")
			one.send("GET /me HTTP/1.1\r\nHost: a.example\r\n\r\n")
			one.read()
			want := []requestlog.Count{
				{Resource: "test/me", Problem: problem.EmptyAccessToken.Name(), Calls: 1},
				{App: "demo", Problem: problem.ResourceNotFound.Name(), Calls: 1, Member: "ada"},
				{App: "demo", Resource: "test/limited", Problem: problem.Throttled.Name(), Calls: 1, Member: "ada"},
				{App: "demo", Resource: "test/me", Calls: 1},
			}
			if d := godiff.Diff(want, countsOf(t, c, 4)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// What repeats an earlier call, and what does not.
func TestRepeats(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsame!"
	for _, c := range []struct {
		name    string
		answers []string
		first   string // fields; "" none
		second  string
		target  string // of the second
		want    int64
	}{
		{"the same", []string{ok}, "", "", "/me", 1},
		{"the same in chunks", []string{ok, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nsa\r\n3\r\nme!\r\n0\r\n\r\n"}, "", "", "/me", 1},
		{"another answer", []string{ok, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"}, "", "", "/me", 0},
		{"another target", []string{ok}, "", "", "/me?x=1", 0},
		{"another Accept", []string{ok}, "Accept: a/b", "Accept: a/c", "/me", 0},
		{"another language", []string{ok}, "", "Accept-Language: de", "/me", 0},
		{"another Range", []string{ok}, "Range: bytes=0-1", "Range: bytes=0-2", "/me", 0},
		{"a value in another field", []string{ok}, "Accept: gzip", "Accept-Encoding: gzip", "/me", 0},
		{"a field that says nothing of it", []string{ok}, "X-A: 1", "X-A: 2", "/me", 1},
		{"not modified", []string{ok, "HTTP/1.1 304 Not Modified\r\n\r\n"}, "", "If-None-Match: \"x\"", "/me", 0},
		{"an error", []string{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}, "", "", "/me", 0},
		{"created", []string{"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"}, "", "", "/me", 0},
		{"too large", []string{"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n" + strings.Repeat("x", 1<<20+1)}, "", "", "/me", 0},
		{"just not too large", []string{"HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("x", 1<<20)}, "", "", "/me", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, u := newPlan(), usage.New()
			p.Options.Usage, p.Stands = u, true
			h := p.open(t, answering(c.answers...))
			one := h.dial(t)
			for i, target := range []string{"/me", c.target} {
				if field := []string{c.first, c.second}[i]; field != "" {
					one.send(h.get(target, field))
				} else {
					one.send(h.get(target))
				}
				one.read()
			}
			got := int64(0)
			for _, row := range countsOf(t, u, 2) {
				got += row.Repeated
			}
			if got != c.want {
				t.Errorf("%d repeated, want %d", got, c.want)
			}
		})
	}
}

// BenchmarkAnswerHash is what a kilobyte of an answer costs.
func BenchmarkAnswerHash(b *testing.B) {
	var h maphash.Hash
	data := []byte(strings.Repeat("x", 1024))
	b.SetBytes(1024)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = h.Write(data)
	}
}
