package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// takeOverPath is where the next process asks this one for its sockets, and
// takeOverProtocol what is spoken on the connection from then on.
const (
	takeOverPath     = "/take-over"
	takeOverProtocol = "candor-handover"
)

// takeOver leaves the connection to the hook: sockets are handed over beside
// bytes, which HTTP has no words for.
func (p *panel) takeOver(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != takeOverProtocol {
		w.Header().Set("Upgrade", takeOverProtocol) // RFC 9110 §15.5.22
		refuse(w, &Fault{426, "Sockets are handed over by another protocol than HTTP", "Start the next process with candor serve --take-over: it asks for them."})
		return
	}
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		p.fail(w, err)
		return
	}
	over, ok := c.(*net.UnixConn)
	if !ok || rw.Reader.Buffered() > 0 { // whoever asks waits for the answer
		_ = c.Close()
		return
	}
	if _, err = io.WriteString(over, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+takeOverProtocol+"\r\n\r\n"); err != nil {
		_ = over.Close()
		return
	}
	p.TakeOver(over)
}

// ErrTooOld says that the running instance knows nothing of handing over.
var ErrTooOld = errors.New("the running instance is of an earlier version, which cannot hand over its sockets; stop it, and start this one")

// TakeOver asks the instance behind the Unix socket at path for its sockets:
// what follows is said over the connection that it returns.
func TakeOver(ctx context.Context, path string) (*net.UnixConn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("reach the running instance: %w", err)
	}
	over, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%s is no Unix socket", path), c.Close())
	}
	if t, limited := ctx.Deadline(); limited {
		_ = over.SetDeadline(t)
	}
	if err = upgrade(over); err != nil {
		return nil, errors.Join(err, over.Close())
	}
	return over, nil
}

func upgrade(c *net.UnixConn) error {
	_, err := io.WriteString(c, "POST "+takeOverPath+" HTTP/1.1\r\nHost: candor\r\nConnection: Upgrade\r\nUpgrade: "+takeOverProtocol+"\r\nContent-Length: 0\r\n\r\n")
	if err != nil {
		return fmt.Errorf("ask the running instance: %w", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return fmt.Errorf("read the instance's answer: %w", err)
	}
	switch resp.StatusCode {
	case 101: // and nothing behind it: the next word is ours
		return nil
	case 404:
		_ = resp.Body.Close()
		return ErrTooOld
	}
	defer resp.Body.Close()
	return decode(resp, nil)
}
