package downstream

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
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

// A body that drips holds little memory, one that comes fast gets a large buffer.
func TestBufferOfABody(t *testing.T) {
	u := newUser()
	for name, c := range map[string]struct {
		sizes []int
		want  int
	}{
		"it drips":                 {[]int{1, 1, 100, 1}, buffer.Small},
		"it comes in packets":      {[]int{1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448}, buffer.Small},
		"it comes fast":            {[]int{buffer.Large, buffer.Large}, buffer.Large},
		"it comes fast, and drips": {[]int{buffer.Large, 1, 1}, buffer.Large},
	} {
		for framing, head := range map[string]string{"length": "Content-Length: 10000000\r\n\r\n", "chunked": "Transfer-Encoding: chunked\r\n\r\n989680\r\n"} {
			t.Run(name+", "+framing, func(t *testing.T) {
				k := u.parsed(t, "PUT /public/ HTTP/1.1\r\nHost: a\r\n"+head)
				k.conn.nc = &arriving{sizes: c.sizes, left: strings.NewReader(strings.Repeat("0123456789", 1<<20))}
				got := int64(0)
				for range c.sizes {
					data, f := k.body.Piece()
					if f.Cause != OK {
						t.Fatalf("no piece: %+v", f)
					}
					for i := range data {
						if data[i] != '0'+byte((got+int64(i))%10) {
							t.Fatalf("byte %d is %q", got+int64(i), data[i])
						}
					}
					got += int64(len(data))
				}
				if n := len(k.more.B); n != c.want {
					t.Errorf("a buffer of %d bytes, want %d", n, c.want)
				}
			})
		}
	}
}
