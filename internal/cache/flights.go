package cache

import (
	"encoding/binary"
	"sync"
)

// Flights are the calls that are on their way, so that whoever asks for the same meanwhile can wait for the first one's answer. The zero value is ready.
type Flights struct{ shards [64]flightShard }

type flightShard struct {
	mu  sync.Mutex
	all map[Key]*Flight
}

// Flight is one such call.
type Flight struct {
	key   Key
	over  chan struct{} // closed by Land
	entry *Entry        // set before
}

func (f *Flights) shard(k Key) *flightShard {
	return &f.shards[(binary.LittleEndian.Uint64(k.Target[:])^binary.LittleEndian.Uint64(k.Who[:]))%uint64(len(f.shards))]
}

// Join finds the call that is on its way for k, or makes the caller the one that leads. Who leads must Land, whatever happens.
func (f *Flights) Join(k Key) (flight *Flight, leads bool) {
	s := f.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if flight = s.all[k]; flight != nil {
		return flight, false
	}
	if s.all == nil {
		s.all = map[Key]*Flight{}
	}
	flight = &Flight{key: k, over: make(chan struct{})}
	s.all[k] = flight
	return flight, true
}

// Land lets all go on who wait: with e, or by themselves where it is nil. Whoever joins from now on begins anew. A second one does nothing.
func (f *Flights) Land(flight *Flight, e *Entry) {
	s := f.shard(flight.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[flight.key] != flight {
		return
	}
	delete(s.all, flight.key)
	flight.entry = e
	close(flight.over)
}

// Over is closed once the flight has landed.
func (f *Flight) Over() <-chan struct{} { return f.over }

// Entry is what it has brought, once it has landed; nil: nothing that others may have.
func (f *Flight) Entry() *Entry { return f.entry }
