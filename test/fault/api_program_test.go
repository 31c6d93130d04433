//go:build linux

package fault_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The variables by which this test is started as an API instead.
const (
	apiAddress = "CANDOR_FAULT_API_ADDRESS"
	apiLedger  = "CANDOR_FAULT_API_LEDGER"
)

// apiProgram is an API in a process of its own. A call's path ends with its number; do= in its query says what becomes of it, at each arrival the next word of a list, and f= a field of its answer. Each
// arrival and each answer is a line of the ledger, which outlives the process. It does what its standard input tells, a word a line, says done, and ends with it.
type apiProgram struct {
	ledger   *os.File
	listener *net.TCPListener
	mu       sync.Mutex
	arrived  map[string]int
	released chan struct{} // closed by the word release, and made again
	accepts  sync.Mutex    // held: nothing is accepted
}

// apiMain is the program; it does not return.
func apiMain() {
	p := &apiProgram{arrived: map[string]int{}, released: make(chan struct{})}
	l, err := net.Listen("tcp", os.Getenv(apiAddress))
	if err == nil {
		p.listener = l.(*net.TCPListener)
		p.ledger, err = os.OpenFile(os.Getenv(apiLedger), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	p.remember()
	go p.accept()
	fmt.Println("done")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); fmt.Println("done") {
		p.obey(in.Text())
	}
	os.Exit(0)
}

// remember reads from the ledger how often each call has arrived at the processes before this one.
func (p *apiProgram) remember() {
	text, _ := os.ReadFile(p.ledger.Name())
	for line := range strings.Lines(string(text)) {
		if number, ok := strings.CutPrefix(strings.TrimSpace(line), "arrived "); ok {
			p.arrived[number]++
		}
	}
}

func (p *apiProgram) obey(word string) {
	switch word {
	case "release": // all calls that are held
		p.mu.Lock()
		close(p.released)
		p.released = make(chan struct{})
		p.mu.Unlock()
	case "ignore": // who connects: a queue of two, and nobody takes from it
		p.accepts.Lock()
		raw, _ := p.listener.SyscallConn()
		_ = raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 1) })
	case "accept":
		raw, _ := p.listener.SyscallConn()
		_ = raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 1024) })
		p.accepts.Unlock()
	}
}

func (p *apiProgram) accept() {
	for {
		c, err := p.listener.AcceptTCP()
		if err != nil {
			return
		}
		p.accepts.Lock() // the one that was accepted meanwhile waits, too
		go p.serve(c)
		p.accepts.Unlock()
	}
}

func (p *apiProgram) serve(c *net.TCPConn) {
	defer c.Close()
	for in := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		number := path.Base(r.URL.Path)
		p.write("arrived", number)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		p.write("read", number)
		asked := r.URL.Query()
		a := &apiAnswer{c: c, of: number, head: r.Method == http.MethodHead, text: fmt.Sprintf("%s %s %s", r.Method, number, body), held: p.hold}
		for _, field := range asked["f"] {
			a.fields += field + "\r\n"
		}
		if who := r.Header.Get("X-Who"); who != "" {
			a.text = "for " + who
		}
		do, known := deeds[p.next(number, asked.Get("do"))]
		if !known || !do(a) {
			return
		}
		p.write("answered", number)
	}
}

// next is what becomes of this arrival.
func (p *apiProgram) next(number, list string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	words := strings.Split(list, ",")
	n := p.arrived[number]
	p.arrived[number]++
	return words[min(n, len(words)-1)]
}

// hold waits for the word release.
func (p *apiProgram) hold(number string) {
	p.mu.Lock()
	released := p.released
	p.mu.Unlock()
	p.write("held", number)
	<-released
}

// write adds a line to the ledger, in one write, which a kill cannot part.
func (p *apiProgram) write(what, number string) {
	_, _ = p.ledger.WriteString(what + " " + number + "\n")
}

// apiAnswer is a call that is to be answered.
type apiAnswer struct {
	c    *net.TCPConn
	of   string // its number
	head bool
	text string
	// fields are more of them, as f= in the query says
	fields string
	held   func(number string)
}

func (a *apiAnswer) number() string { return a.of }

// deeds is what may become of a call; false: it was not answered whole, and its connection ends.
var deeds = map[string]func(a *apiAnswer) bool{
	"":           (*apiAnswer).whole,
	"serve":      (*apiAnswer).whole,
	"hold":       func(a *apiAnswer) bool { a.held(a.number()); return a.whole() },
	"reset":      func(a *apiAnswer) bool { return a.cut("", true) },
	"end":        func(a *apiAnswer) bool { return a.cut("", false) },
	"half-head":  func(a *apiAnswer) bool { return a.cut("HTTP/1.1 200 OK\r\nContent-Le", false) },
	"half-reset": func(a *apiAnswer) bool { return a.waits("HTTP/1.1 200 OK\r\nContent-Le").cut("", true) },
	"tls":        func(a *apiAnswer) bool { return a.cut("\x15\x03\x01\x00\x02\x02\x28", false) },
	"old":        func(a *apiAnswer) bool { return a.cut("hello\n", false) },
	"twice": func(a *apiAnswer) bool {
		return a.cut("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", false)
	},
	"nul": func(a *apiAnswer) bool {
		return a.cut("HTTP/1.1 200 OK\r\nX-\x00: 2\r\nContent-Length: 0\r\n\r\n", false)
	},
	"huge": func(a *apiAnswer) bool {
		return a.cut("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 80<<10)+"\r\n\r\n", false)
	},
	"mid-reset":   func(a *apiAnswer) bool { return a.waits(a.lengthHead()+"begun").cut("", true) },
	"mid-end":     func(a *apiAnswer) bool { return a.waits(a.lengthHead()+"begun").cut("", false) },
	"short":       func(a *apiAnswer) bool { return a.cut(a.lengthHead()+"begun", false) },
	"chunk-reset": func(a *apiAnswer) bool { return a.waits(a.chunkedHead()+"5\r\nbegun\r\n").cut("", true) },
	"chunk-end":   func(a *apiAnswer) bool { return a.waits(a.chunkedHead()+"5\r\nbegun\r\n").cut("", false) },
	"chunk-bad":   func(a *apiAnswer) bool { return a.waits(a.chunkedHead()+"5\r\nbegun\r\n").cut("zz\r\n", false) },
	"close-reset": func(a *apiAnswer) bool {
		return a.waits("HTTP/1.1 200 OK\r\nConnection: close\r\n"+a.fields+"\r\nbegun").cut("", true)
	},
	"stall": func(a *apiAnswer) bool { a.held(a.waits(a.lengthHead() + "begun").number()); return false },
	"surplus": func(a *apiAnswer) bool { // in one write: what comes later may meet the next call on its way, and nobody could tell
		return a.cut(strings.Repeat("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen", 2), false)
	},
	"503":  func(a *apiAnswer) bool { return a.status("503 Service Unavailable", "") },
	"away": func(a *apiAnswer) bool { return a.status("503 Service Unavailable", "Retry-After: 7\r\n") },
	"500":  func(a *apiAnswer) bool { return a.status("500 Internal Server Error", "") },
	"drip": (*apiAnswer).drip,
}

// lengthHead and chunkedHead are heads of answers that do not come whole.
func (a *apiAnswer) lengthHead() string {
	return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + a.fields + "\r\n"
}

func (a *apiAnswer) chunkedHead() string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + a.fields + "\r\n"
}

func (a *apiAnswer) whole() bool { return a.status("200 OK", "X-Request-Id: of-the-api\r\n"+a.fields) }

func (a *apiAnswer) status(line, fields string) bool {
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n", line, len(a.text), fields)
	if !a.head {
		out.WriteString(a.text)
	}
	_, err := a.c.Write(out.Bytes())
	return err == nil
}

// waits begins an answer, which goes on when the calls that are held are released.
func (a *apiAnswer) waits(text string) *apiAnswer {
	_, _ = io.WriteString(a.c, text)
	a.held(a.number())
	return a
}

// cut ends the connection behind a text: with a reset, or in order.
func (a *apiAnswer) cut(text string, reset bool) bool {
	_, _ = io.WriteString(a.c, text)
	if reset {
		_ = a.c.SetLinger(0)
	}
	return false
}

// drip answers byte for byte.
func (a *apiAnswer) drip() bool {
	for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(a.text)) + "\r\n\r\n" + a.text) {
		if _, err := a.c.Write([]byte{b}); err != nil {
			return false
		}
		pause(context.Background(), 5*time.Millisecond)
	}
	return true
}

// pause is a part of what is staged, never how a test waits.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
