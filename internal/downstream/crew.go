package downstream

import "sync"

// crew is goroutines whose stacks have grown to what a call needs. A connection that has something to do gets one of them; one that only waits does so on a
// stack of its own that has never served, which is a quarter of the size.
type crew struct {
	mu     sync.Mutex
	idle   []*hand // the last one comes first: its stack is warm
	closed bool
}

// hand is one of the crew.
type hand struct{ next chan *Conn } // of one: it is empty while the hand is idle

// maxIdleHands is how many wait for work; what is needed beyond them comes and goes.
const maxIdleHands = 64

// serve makes a hand run the connection. It does not block.
func (w *crew) serve(c *Conn) {
	w.mu.Lock()
	n := len(w.idle)
	if n == 0 {
		w.mu.Unlock()
		go w.work(c)
		return
	}
	h := w.idle[n-1]
	w.idle = w.idle[:n-1]
	w.mu.Unlock()
	h.next <- c
}

// work is a hand's life.
func (w *crew) work(c *Conn) {
	h := &hand{make(chan *Conn, 1)}
	for c != nil {
		c.run()
		if !w.rest(h) {
			return
		}
		c = <-h.next
	}
}

// rest reports whether the hand is to wait for work.
func (w *crew) rest(h *hand) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(w.idle) >= maxIdleHands {
		return false
	}
	w.idle = append(w.idle, h)
	return true
}

// close ends the idle hands; the others end after their work.
func (w *crew) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for _, h := range w.idle {
		close(h.next)
	}
	w.idle = nil
}
