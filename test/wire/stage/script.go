package stage

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Script is what the upstream does with one call. Without a step that reads, the call is read whole first.
type Script []Step

// Step is one thing that the upstream does.
type Step struct {
	Do   string // one of the words of steps
	Data string // what is written
}

// steps are the words of a script.
var steps = map[string]func(*peer, Step) bool{
	"head":  (*peer).readHead,  // reads the call's head
	"whole": (*peer).readWhole, // reads the call to its end
	"write": (*peer).write,     // writes all at once
	"drip":  (*peer).drip,      // writes byte by byte
	"close": (*peer).close,     // half-closes, and reads until the gateway has closed too
	"reset": (*peer).reset,     // resets
	"hold":  (*peer).hold,      // does nothing until the gateway closes
	"sync":  (*peer).sync,      // waits for Upstream.Go
}

// Ok is what the upstream answers where no script says otherwise.
const Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// ParseStep reads "write TEXT" and the like; w are the words that TEXT may use.
func ParseStep(line string, w Words) (Step, error) {
	do, text, _ := strings.Cut(line, " ")
	if steps[do] == nil {
		return Step{}, fmt.Errorf("%q: no step of a script", line)
	}
	data, err := w.Unescape(text)
	return Step{do, data}, err
}

// run plays the script and reports whether the connection goes on.
func (p *peer) run(s Script) bool {
	if s == nil {
		s = Script{{"write", Ok}}
	}
	if first := s[0].Do; first == "write" || first == "drip" || first == "close" || first == "reset" {
		if !p.readWhole(Step{}) {
			return false
		}
	}
	for _, step := range s {
		if !steps[step.Do](p, step) {
			return false
		}
	}
	return true
}

func (p *peer) readHead(Step) bool {
	return p.readUntil(func(raw []byte) bool { return wholeHead(raw) > 0 })
}

func (p *peer) readWhole(Step) bool {
	return p.readUntil(func(raw []byte) bool { return wholeRequest(raw) > 0 })
}

func (p *peer) write(s Step) bool {
	_, err := io.WriteString(p.c, s.Data)
	return err == nil
}

func (p *peer) drip(s Step) bool {
	for i := range len(s.Data) {
		if !p.write(Step{Data: s.Data[i : i+1]}) {
			return false
		}
	}
	return true
}

func (p *peer) close(Step) bool {
	if p.c.(interface{ CloseWrite() error }).CloseWrite() == nil {
		p.hold(Step{})
	}
	return false
}

func (p *peer) reset(Step) bool {
	_ = p.tcp.SetLinger(0)
	_ = p.tcp.Close()
	return false
}

func (p *peer) hold(Step) bool {
	_ = p.readUntil(func([]byte) bool { return false })
	return false
}

func (p *peer) sync(Step) bool {
	select {
	case <-p.u.goes:
		return true
	case <-time.After(testkit.Patience):
		return false
	}
}
