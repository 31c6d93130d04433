package sandbox

import (
	"sync"
	"time"
)

// published is sandbox.json while the sandbox runs: it is written again where the clock was set forward.
type published struct {
	mu    sync.Mutex
	file  File
	there bool // programs may read it
}

// publish writes sandbox.json for the first time.
func (s *sandbox) publish(f *File) ([]byte, error) {
	s.published.mu.Lock()
	defer s.published.mu.Unlock()
	s.published.file = *f
	s.published.there = true
	return s.writeFile()
}

// writeFile writes it as it is now.
func (s *sandbox) writeFile() ([]byte, error) {
	s.published.file.Clock = stepText(s.wall.offset())
	encoded, err := s.published.file.encode()
	if err != nil {
		return nil, err
	}
	return encoded, publish(s.dir, encoded)
}

// unpublish takes it back, if it was written.
func (s *sandbox) unpublish() (was bool, err error) {
	s.published.mu.Lock()
	defer s.published.mu.Unlock()
	if was = s.published.there; was {
		s.published.there = false
		err = withdraw(s.dir)
	}
	return was, err
}

// advance sets the clock forward. What is kept of it is written first: a sandbox that could not keep it does not move.
func (s *sandbox) advance(step time.Duration) error {
	s.published.mu.Lock()
	defer s.published.mu.Unlock()
	ahead := s.wall.offset() + step
	switch {
	case ahead > mostAhead:
		return refused(400, "The clock was not moved", tooFar(stepText(ahead)), "Advance it less.")
	case !s.published.there:
		return notReady()
	case !s.temporary:
		if err := keepClock(s.dir, ahead); err != nil {
			return err
		}
	}
	s.wall.ahead.Store(int64(ahead))
	_, err := s.writeFile()
	return err
}
