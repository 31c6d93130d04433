package handover

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/candor-gateway/candor/internal/socket"
)

// Protocol is the one that is spoken here. An instance that speaks another says so, and serves on.
const Protocol = 1

// Step is how far a hand-over has come. The next process asks and says Go and Serving; the one that runs says the others.
type Step string

// The steps, in their order.
const (
	Asks    Step = "asks"    // it follows this configuration, and wants the sockets
	Offer   Step = "offer"   // here they are; calls are served here on
	Go      Step = "go"      // all that can be made beside an instance that runs is made
	Yours   Step = "yours"   // nothing is accepted here any more, the counters are written, store and lock are free
	Serving Step = "serving" // calls are served there: what runs here ends once its calls have
	Returns Step = "returns" // what was counted here, and given back since: calls that never reached their upstream
	Refused Step = "refused" // it is not handed over; Why says why
)

// Message is one of a hand-over.
type Message struct {
	Step     Step      `json:"step"`
	Protocol int       `json:"protocol,omitempty"`
	PID      int       `json:"pid,omitempty"`
	Why      string    `json:"why,omitempty"`
	Sockets  []Offered `json:"sockets,omitempty"` // in the order of those that come beside the message
	// Counts are those of Returns, as the server writes them.
	Counts json.RawMessage `json:"counts,omitempty"`
}

// Offered says of a socket what it is for in the configuration of the instance that runs.
type Offered struct {
	Address string `json:"address"`
	For     string `json:"for"`
}

// RefusedError is why the instance that runs is not taken over from: it serves on.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }

// messageMost bounds one message.
const messageMost = 1 << 20

// Conn is what two processes hand over by. Only one message is under way at a time, but for Returns.
type Conn struct {
	unix *net.UnixConn
	rest []byte // of what was read: a message that is not whole, or the next one
}

// Over makes one of a connection between them.
func Over(c *net.UnixConn) *Conn { return &Conn{unix: c} }

// Close ends it. The other process takes that for the end of this one, wherever the hand-over stands.
func (c *Conn) Close() error { return c.unix.Close() }

// Leave tells the other process that this one goes, and waits until that has let go of it, or Close is called: what it takes back because of that, it then has.
func (c *Conn) Leave() {
	_ = c.unix.CloseWrite() // where it is closed already, the read fails at once
	_ = c.unix.SetReadDeadline(time.Time{})
	_, _ = io.Copy(io.Discard, c.unix)
}

// Send says m, with the sockets beside it.
func (c *Conn) Send(m Message, sockets []Socket, until time.Time) error {
	var files []*net.TCPListener
	for _, s := range sockets {
		m.Sockets = append(m.Sockets, Offered{s.Address, s.For})
		files = append(files, s.TCPListener)
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("say %s: %w", m.Step, err)
	}
	_ = c.unix.SetWriteDeadline(until)
	text = append(text, '\n')
	if len(files) == 0 {
		_, err = c.unix.Write(text)
	} else {
		err = socket.Pass(c.unix, text, files)
	}
	if err != nil {
		return fmt.Errorf("say %s: %w", m.Step, err)
	}
	return nil
}

// Await waits for the message of a step. Another one is an error: Refused says why.
func (c *Conn) Await(step Step, until time.Time) (m Message, sockets Pool, err error) {
	_ = c.unix.SetReadDeadline(until)
	line, sockets, err := c.line()
	if err == nil {
		err = json.Unmarshal(line, &m)
	}
	switch {
	case err != nil:
		err = fmt.Errorf("wait for %q: %w", step, err)
	case m.Step == Refused:
		err = &RefusedError{m.Why}
	case m.Step != step:
		err = fmt.Errorf("wait for %q: the other process says %q", step, m.Step)
	case len(m.Sockets) != len(sockets):
		err = fmt.Errorf("%d sockets were offered, and %d came", len(m.Sockets), len(sockets))
	}
	if err != nil {
		sockets.Close()
		return m, nil, err
	}
	for i, o := range m.Sockets {
		sockets[i].Address, sockets[i].For = o.Address, o.For
	}
	return m, sockets, nil
}

// line reads one, and what came beside it.
func (c *Conn) line() (line []byte, sockets Pool, err error) {
	for {
		if before, after, whole := bytes.Cut(c.rest, []byte{'\n'}); whole {
			c.rest = after
			return before, sockets, nil
		}
		if len(c.rest) > messageMost {
			return nil, sockets, errors.New("its message does not end")
		}
		more := make([]byte, 16<<10)
		n, files, err := socket.Passed(c.unix, more)
		for _, f := range files {
			l, wrong := socket.Adopt(f)
			if wrong != nil {
				return nil, sockets, fmt.Errorf("a socket that was handed over cannot be used: %w", wrong)
			}
			sockets = append(sockets, Socket{TCPListener: l})
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, sockets, err
		}
		if n == 0 {
			return nil, sockets, errors.New("the other process has gone")
		}
		c.rest = append(c.rest, more[:n]...)
	}
}
