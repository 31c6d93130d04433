//go:build linux

package main

import (
	"io"
	"net"
	"testing"
	"time"
)

// Every call that is due is made and told apart by its answer, and the API counts it.
func TestCrowd(t *testing.T) {
	const rate = 1000
	length := 100 * time.Millisecond
	for name, c := range map[string]struct {
		does                  func(net.Conn) bool
		good, refused, failed int
	}{
		"answered":           {nil, rate / 10, 0, 0},
		"refused by Candor":  {answers503("Candor-Problem: x\r\n"), 0, rate / 10, 0},
		"refused by the API": {answers503(""), 0, 0, rate / 10},
	} {
		t.Run(name, func(t *testing.T) {
			api, err := newPool(t.Context(), 4, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer api.close()
			api.does = c.does
			m, err := (&crowd{address: api.address(), request: poolCall, conns: 8, rate: rate, length: length}).run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if n := api.calls.Load(); n != rate/8 { // with the lead-in
				t.Errorf("the API has seen %d calls, want %d", n, rate/8)
			}
			if len(m.took) != c.good || m.refused != c.refused || m.failed != c.failed {
				t.Errorf("%d answered, %d refused, %d failed", len(m.took), m.refused, m.failed)
			}
		})
	}
}

func answers503(field string) func(net.Conn) bool {
	return func(c net.Conn) bool {
		_, err := io.WriteString(c, "HTTP/1.1 503 \r\n"+field+"Content-Length: 3\r\n\r\nno\n")
		return err == nil
	}
}
