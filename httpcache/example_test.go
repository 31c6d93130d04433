package httpcache_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/candor-gateway/candor/httpcache"
)

// fields are those of net/http.
type fields http.Header

// Line is httpcache.Header's.
func (f fields) Line(name string, n int) []byte {
	all := http.Header(f).Values(name)
	if n >= len(all) {
		return nil
	}
	return []byte(all[n])
}

// A cache asks twice: of an answer that has come whether it may keep it, and of one that it has kept what it may do with it for another request.
func Example() {
	came := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shared := httpcache.Rules{}
	request := httpcache.ReadQuestion(fields{"Accept": {"application/json"}})
	answer := httpcache.ReadAnswer(fields{
		"Date": {"Sun, 01 Mar 2026 12:00:00 GMT"}, "Cache-Control": {"max-age=60, stale-if-error=600"}, "Etag": {`"v1"`},
	}, 200, came.UnixNano(), came.UnixNano())
	fmt.Println(httpcache.Storable("GET", &request, &answer, shared))

	for _, later := range []time.Duration{42 * time.Second, 90 * time.Second} {
		use := httpcache.Look(&request, &answer, came.Add(later).UnixNano(), shared)
		if use.Verdict == httpcache.Fresh {
			fmt.Printf("Age: %d, and fresh for %d s more\n", use.Age, use.Left)
			continue
		}
		fmt.Printf("the origin is asked, with %q; if it fails the answer stands in: %v\n", answer.AppendConditions(nil), use.OnError)
	}
	// Output:
	// stored
	// Age: 42, and fresh for 18 s more
	// the origin is asked, with "If-None-Match: \"v1\"\r\n"; if it fails the answer stands in: true
}
