package gateway

import "sync"

// resting tells calls that wait before another attempt that they are to wait no longer. The zero value is ready.
type resting struct {
	mu    sync.Mutex
	ended chan struct{}
	over  bool
}

// ends is closed once nothing is to be waited for.
func (r *resting) ends() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made()
}

func (r *resting) made() chan struct{} {
	if r.ended == nil {
		r.ended = make(chan struct{})
	}
	return r.ended
}

// set says whether nothing is to be waited for.
func (r *resting) set(over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case over == r.over:
		return
	case over:
		close(r.made())
	default:
		r.ended = nil
	}
	r.over = over
}
