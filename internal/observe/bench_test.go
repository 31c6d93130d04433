package observe

import (
	"io"
	"testing"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// BenchmarkCall is what a call costs that somebody looks at: one that is good, and one that failed and is told.
func BenchmarkCall(b *testing.B) {
	for _, c := range []struct {
		name string
		call *accesslog.Entry
	}{
		{"good", call("GET", "/v2/people/17?x=y", 200, body("application/json", `{"id":17,"name":"Ada"}`))},
		{"failed", call("GET", "/v2/poeple/17", 404, body("application/json", `{"message":"Not found"}`))},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := New(Options{Out: io.Discard})
			s.Call(call("GET", "/v2/people/1", 200))
			b.ReportAllocs()
			for b.Loop() {
				s.Call(c.call)
			}
		})
	}
}
