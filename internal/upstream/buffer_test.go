package upstream

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// arriving is a connection on which bytes come in reads of the given sizes at most.
type arriving struct {
	net.Conn
	sizes []int
	left  io.Reader
}

func (a *arriving) SetReadDeadline(time.Time) error { return nil }

func (a *arriving) Read(b []byte) (int, error) {
	if len(a.sizes) == 0 {
		return 0, io.EOF
	}
	n := min(a.sizes[0], len(b))
	a.sizes = a.sizes[1:]
	return a.left.Read(b[:n])
}

// An answer that drips holds little memory, one that comes fast gets a large buffer.
func TestBufferOfAnAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		sizes []int
		want  int
	}{
		"it drips":            {[]int{100, 1, 1, 100, 1}, buffer.Small},
		"it comes in packets": {[]int{1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448}, buffer.Small},
		"it comes fast":       {[]int{buffer.Large, buffer.Large, buffer.Large}, buffer.Large},
	} {
		for framing, head := range map[string]string{
			"length": "Content-Length: 10000000\r\n\r\n", "chunked": "Transfer-Encoding: chunked\r\n\r\n989680\r\n", "to the end": "\r\n",
		} {
			t.Run(name+", "+framing, func(t *testing.T) {
				u, err := New(Spec{Name: "u", Targets: []string{"http://127.0.0.1:9"}}, http1.ResponseDefaults(), clock.New(time.Now), &buffer.Lender{})
				if err != nil {
					t.Fatal(err)
				}
				conn := &Conn{up: u, nc: &arriving{sizes: c.sizes, left: strings.NewReader("HTTP/1.1 200 OK\r\n" + head + strings.Repeat("0123456789", 1<<20))}}
				if f := conn.Await(0, false); f.Cause != OK {
					t.Fatal(f)
				}
				got := 0
				for len(conn.nc.(*arriving).sizes) > 0 {
					data, f := conn.Piece(0)
					if f.Cause != OK {
						t.Fatal(f)
					}
					for i := range data {
						if data[i] != '0'+byte((got+i)%10) {
							t.Fatalf("byte %d is %q", got+i, data[i])
						}
					}
					got += len(data)
				}
				if n := len(conn.buf.B); n != c.want {
					t.Errorf("a buffer of %d bytes, want %d", n, c.want)
				}
			})
		}
	}
}
