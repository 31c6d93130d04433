// Package observe is what candor observe shows: a line for each call that failed, whoever made it fail, and a summary at the end. It says what it has seen: the
// answer's own words, and facts of the traffic. It is told of each call when that is over, waits for nobody, and its memory is bounded whatever comes.
package observe

import (
	"hash/maphash"
	"io"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// Options shape a Screen.
type Options struct {
	Out      io.Writer // takes whole lines, and never waits
	JSON     bool      // an object a line
	Colours  bool
	Location *time.Location // of the times in text; nil: UTC
	Upstream string         // its URL, as people know it
	Learns   bool           // a draft will be asked for
	Limits   Limits         // that are off, and would hold in candor serve
}

// Limits are those of a configuration that says nothing. What goes past them is told as would-be.
type Limits struct {
	Connect, FirstByte, Gap                                 time.Duration
	Body                                                    int64
	RequestLine, Head, Fields, UpstreamHead, UpstreamFields int
}

// Screen is told of calls and writes of those that failed. Its methods are safe for concurrent use.
type Screen struct {
	o Options

	upstream origins

	mu     sync.Mutex // held for a look at memory and a line into it
	routes routes
	totals totals
	learnt learnt
	line   []byte
	ended  bool
}

// New makes a screen on which nothing stands.
func New(o Options) *Screen {
	if o.Location == nil {
		o.Location = time.UTC
	}
	return &Screen{o: o, upstream: originsOf(o.Upstream), totals: newTotals(), learnt: newLearnt(), routes: routes{seed: maphash.MakeSeed()}}
}

// Call is told of a call that is over, and once more of one that has switched its connection, at the end of that.
func (s *Screen) Call(e *accesslog.Entry) {
	w := wordsOf(e) // what takes longest is done beside the others
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Ended != "" {
		s.parted(e)
		return
	}
	r := s.routes.find(e)
	f, failed := s.judge(e, &w, &r)
	s.totals.call(e, &f, failed, &r)
	if e.Problem == "" {
		s.routes.good(e)
		if s.o.Learns && e.Status > 0 && e.Status < 400 {
			s.learnt.good(e)
		}
	}
	if failed && !s.ended {
		s.write(&f)
	}
	s.follow(e)
}

// write writes the line of a failure.
func (s *Screen) write(f *Failure) {
	if s.o.JSON {
		s.line = appendObject(s.line[:0], f)
	} else {
		s.line = f.appendLine(s.line[:0], s.o.Colours, s.o.Location)
	}
	_, _ = s.o.Out.Write(s.line) // an outlet: it never fails
}

// End writes the summary. Calls that end later are not shown.
func (s *Screen) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended = true
	sum := s.totals.summary(&s.routes)
	if s.o.JSON {
		s.line = appendObject(s.line[:0], struct {
			Summary *Summary `json:"summary"`
		}{sum})
	} else {
		s.line = sum.appendText(s.line[:0])
	}
	_, _ = s.o.Out.Write(s.line)
}
