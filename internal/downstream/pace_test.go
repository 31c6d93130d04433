package downstream

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
)

// piece is what comes of a body, and how long it was waited for.
type piece struct {
	after time.Duration
	n     int
}

// paced is a connection on which pieces come, and a clock that goes on while they are waited for.
type paced struct {
	net.Conn
	now      time.Time
	deadline time.Time
	pieces   []piece
}

func (p *paced) SetReadDeadline(t time.Time) error {
	p.deadline = t
	return nil
}

func (p *paced) Read(b []byte) (int, error) {
	if len(p.pieces) == 0 {
		p.pieces = []piece{{after: 24 * time.Hour}}
	}
	next := &p.pieces[0]
	if at := p.now.Add(next.after); !p.deadline.IsZero() && at.After(p.deadline) {
		next.after = at.Sub(p.deadline)
		p.now = p.deadline
		return 0, os.ErrDeadlineExceeded
	}
	p.now = p.now.Add(next.after)
	n := min(next.n, len(b))
	clear(b[:n])
	if next.n, next.after = next.n-n, 0; next.n == 0 {
		p.pieces = p.pieces[1:]
	}
	return n, nil
}

func times(n int, p ...piece) (all []piece) {
	for range n {
		all = append(all, p...)
	}
	return all
}

func TestPace(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		pieces   []piece
		away     time.Duration // between two reads, as by an upstream that takes nothing
		cause    Cause         // OK: all came
		min, max time.Duration // when it was cut off
	}{
		"fast enough":                            {pieces: times(100, piece{s, 240})},
		"in packets, fast enough":                {pieces: times(20, piece{5 * s, 1448})},
		"too slow from the start":                {pieces: times(100, piece{s, 200}), cause: BodyRate, min: 11 * s, max: 13 * s},
		"too slow after a fast beginning":        {pieces: append([]piece{{s, 900_000}}, times(100, piece{s, 100})...), cause: BodyRate, min: 11 * s, max: 14 * s},
		"a byte now and then, behind a megabyte": {pieces: append([]piece{{s, 900_000}}, times(9, piece{25 * s, 1})...), cause: BodyRate, min: 26 * s, max: 29 * s},
		"a byte now and then":                    {pieces: times(9, piece{5 * s, 1}), cause: BodyRate, min: 10 * s, max: 17 * s},
		"nothing more":                           {pieces: []piece{{s, 900_000}}, cause: BodyGap, min: 31 * s, max: 33 * s},
		"a gap, and on it goes":                  {pieces: append([]piece{{s, 1000}, {20 * s, 1}}, times(100, piece{s / 10, 1448})...)},
		"an upstream that takes nothing":         {pieces: times(50, piece{s, 240}), away: 9 * s},
	} {
		t.Run(name, func(t *testing.T) {
			p := &paced{now: time.Unix(1000, 0), pieces: c.pieces}
			total := 0
			for _, piece := range c.pieces {
				total += piece.n
			}
			u := newUser()
			u.side.Clock, u.times.BodyGap = clock.New(func() time.Time { return p.now }), 30*s
			k := u.parsed(t, "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
			k.conn.nc = p
			start, got := p.now, 0
			var f Fault
			for f.Cause == OK && (got < total || c.cause != OK) {
				var data []byte
				data, f = k.body.Piece()
				got += len(data)
				p.now = p.now.Add(c.away)
			}
			if took := p.now.Sub(start); f.Cause != c.cause || c.max > 0 && (took < c.min || took > c.max) {
				t.Errorf("got %d after %v and %d bytes", f.Cause, took, got)
			}
		})
	}
}

// Every connection that a body has dripped on serves the next one as if it were new.
func TestPaceBeginsAgain(t *testing.T) {
	u := newUser()
	k := u.parsed(t, "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
	k.body.pace = pace{waited: time.Hour, slow: time.Minute, taken: 5, second: 7}
	k.body.begin(&k.head)
	if k.body.pace != (pace{}) {
		t.Errorf("got %+v", k.body.pace)
	}
}
