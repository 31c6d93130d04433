package cache

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/candor-gateway/candor/httpcache"
)

// TestWeightIsWhatIsTaken: a bound on weights is one on memory only if they are true.
func TestWeightIsWhatIsTaken(t *testing.T) {
	for _, test := range []struct {
		name          string
		body, callers int
	}{
		{name: "small answers", body: 10, callers: 1},
		{name: "small answers for many callers", body: 10, callers: 100},
		{name: "middling answers", body: 1000, callers: 1},
		{name: "large answers", body: 20_000, callers: 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			const n = 4000
			s := New(1<<30, [32]byte{})
			before := inUse()
			for i := range n {
				k := s.to(fmt.Sprint("/a", i/test.callers), fmt.Sprint("caller", i))
				s.put(t, k, large(t, test.body))
			}
			taken, said := float64(inUse()-before), float64(s.Bytes())
			if taken > 1.1*said || taken < 0.75*said {
				t.Errorf("an answer takes %.0f bytes, and is said to take %.0f", taken/n, said/n)
			}
			runtime.KeepAlive(s)
		})
	}
}

// inUse is how many bytes are in use.
func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// large is an answer as APIs give it, with a body of n bytes.
func large(t *testing.T, n int) *Entry {
	t.Helper()
	h := head(t, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Fri, 27 Nov 2026 06:00:00 GMT\r\nETag: \"abcdef\"\r\n"+
		"Cache-Control: max-age=60\r\nVary: Accept\r\nContent-Length: %d\r\n\r\n", n))
	return &Entry{
		Head: h, Body: make([]byte, n), Vary: []byte("accept: application/json"), Names: []string{"accept"},
		Says: httpcache.ReadAnswer(h, 200, 1, 1), Route: 1,
	}
}
