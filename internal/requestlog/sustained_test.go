package requestlog_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// BenchmarkSustained is how many records a second come through: from a call that is handed over to its row on disk, compared with good calls, its secrets hidden. The aim is 20 000.
func BenchmarkSustained(b *testing.B) {
	dir := b.TempDir()
	l := requestlog.New(requestlog.Options{
		Open: func(ctx context.Context) (requestlog.Store, error) { return sqlite.OpenLog(ctx, dir) }, Now: time.Now, Salt: []byte("salt"),
	}, requestlog.Settings{})
	l.Begin()
	if err := l.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	target := []byte("/rest/adAccounts/507404993/adCampaigns?q=search&access_token=cdr_at_secret")
	head := []byte("GET " + string(target) + " HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: python-requests/2.31.0\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n" +
		"LinkedIn-Version: 202506\r\nX-Restli-Protocol-Version: 2.0.0\r\nAuthorization: Bearer cdr_at_" + strings.Repeat("A", 64) + "\r\n\r\n")
	answer := []byte("HTTP/1.1 403 Forbidden\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nContent-Type: application/json\r\nX-Request-Id: 019ca945-0a00-7def-8123-456789abcdef\r\nContent-Length: 300\r\n")
	body := []byte(`{"status":403,"code":"MISSING_SCOPE","message":"` + strings.Repeat("x", 250) + `"}`)
	begun := time.Now()
	for b.Loop() {
		at := time.Now().UnixNano()
		c := l.Failed(1, 7, at)
		for ; c == nil; c = l.Failed(1, 7, at) { // it is full: the benchmark waits where a call would not
			time.Sleep(100 * time.Microsecond)
		}
		e := &c.Entry
		e.Time, e.ID, e.Status, e.Problem, e.Version = at, callid.New(at/1e6, rand.Uint64(), rand.Uint64()), 403, "missing_scope", "HTTP/1.1"
		e.Route, e.API, e.Listener, e.Method, e.Target = "ads/campaigns", "ads", "0.0.0.0:443", head[:3], target
		c.App, c.Member, c.Head, c.Whole, c.AnswerHead, c.AnswerBody, c.Ours = "shop", "ada", head, true, answer, body, true
		c.Message, c.Fix, c.Code = body[40:140], body[60:200], "MISSING_SCOPE"
		c.Credential = requestlog.Credential{Kind: "access token", Place: "header", Value: head[len(head)-70 : len(head)-4], Genuine: true, Issued: at/1e9 - 60, Ends: at/1e9 + 3600, Scopes: "r_ads r_me"}
		l.Keep(c)
	}
	if err := l.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(l.Written())/time.Since(begun).Seconds(), "records/s")
}
