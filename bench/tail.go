//go:build linux

package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	tailConns = 64
	lead      = 300 * time.Millisecond // of a round, left out: connections are opened, logs and timers of a proxy that was stopped catch up
	tries     = 3                      // of a round, until its generator was in time
	keepsUp   = 0.01                   // share of the calls that may find no free connection
)

// slowEnd is the slow end of all proxies at one rate.
type slowEnd struct {
	rate     float64
	realTime bool              // the proxy at real-time priority
	kept     map[string][]tail // by proxy
	thrown   map[string]int    // rounds with a late generator
	behind   map[string]int    // rounds kept in which the proxy could not keep the rate
}

func newSlowEnd(rate float64, realTime bool) *slowEnd {
	return &slowEnd{rate: rate, realTime: realTime, kept: map[string][]tail{}, thrown: map[string]int{}, behind: map[string]int{}}
}

// round makes one round of a proxy, and makes it again while the generator was
// late, as often as is worth it. It returns those that were thrown away.
func (s *slowEnd) round(name string, late float64, once func() (tail, error)) (thrown []tail, err error) {
	for range tries {
		t, err := once()
		if err != nil {
			return thrown, err
		}
		if t.Late <= late {
			s.kept[name] = append(s.kept[name], t)
			if t.Unsent > keepsUp {
				s.behind[name]++
			}
			return thrown, nil
		}
		s.thrown[name]++
		thrown = append(thrown, t)
	}
	return thrown, nil
}

// overloaded reports whether a proxy cannot keep the rate: it could not in most
// of its rounds. One stall at the end of a round looks the same and says nothing.
func (s *slowEnd) overloaded(name string) bool { return 2*s.behind[name] > len(s.kept[name]) }

// hopeless reports whether more rounds would tell nothing new.
func (s *slowEnd) hopeless(name string) bool {
	return s.behind[name] >= 2 && s.behind[name] == len(s.kept[name])
}

// of is one figure of a proxy: the median and the lower quartile of its rounds.
func (s *slowEnd) of(name string, figure func(tail) float64) (middle, low float64, ok bool) {
	if len(s.kept[name]) == 0 || s.overloaded(name) {
		return 0, 0, false
	}
	all := make([]float64, 0, len(s.kept[name]))
	for _, t := range s.kept[name] {
		all = append(all, figure(t))
	}
	slices.Sort(all)
	return median(all), lowerQuartile(all), true
}

// ratios are the same two figures of one proxy by those of another.
func (s *slowEnd) ratios(name, other string, figure func(tail) float64) (middle, low float64, ok bool) {
	mine, mineLow, ok1 := s.of(name, figure)
	its, itsLow, ok2 := s.of(other, figure)
	return ratio(mine, its), ratio(mineLow, itsLow), ok1 && ok2
}

// measureTail asks all proxies at the same rates, at even distances whatever
// the answers take: first as they are, then at real-time priority, which takes
// other tasks of the machine out of the figure. Only those that are judged by it
// go through the second: one that is overloaded there would take its whole core.
func (b *bench) measureTail(ctx context.Context) error {
	if b.machine.loads == everyCPU {
		b.note("The slow end was not measured: a generator that never sleeps needs a core beside the proxy's, and there is one in all.")
		return nil
	}
	if err := b.tailsOf(ctx, false, b.running(candor, twin, nginx, nginxTwin, haproxy, reverse)); err != nil {
		return err
	}
	p := b.proxies[candor]
	if err := p.realTime(); err != nil {
		b.note("The slow end at real-time priority was not measured: %v (it takes root, or CAP_SYS_NICE).", err)
		return p.ordinary()
	}
	if err := p.ordinary(); err != nil {
		return err
	}
	return b.tailsOf(ctx, true, b.running(candor, twin, nginx, nginxTwin))
}

func (b *bench) tailsOf(ctx context.Context, realTime bool, names []string) error {
	for _, rate := range b.opt.rates {
		b.say("measuring the slow end at %.0f calls a second%s", rate, map[bool]string{true: ", at real-time priority"}[realTime])
		s := newSlowEnd(rate, realTime)
		b.tails = append(b.tails, s)
		err := b.rounds(names, func(p *proxy, name string) error {
			if s.hopeless(name) {
				return nil
			}
			thrown, err := s.round(name, b.opt.late, func() (tail, error) { return b.tailRound(ctx, p, name, s) })
			for _, t := range thrown {
				b.say("  thrown away, %s: the generator held up %.3g %% of the calls, the longest time for %.0f µs", name, 100*t.Late, t.Stall)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tailRound is one round of one proxy.
func (b *bench) tailRound(ctx context.Context, p *proxy, name string, s *slowEnd) (t tail, err error) {
	defer b.alone(name)()
	if err = p.log.settle(ctx); err != nil {
		return t, err
	}
	if s.realTime {
		if err = p.realTime(); err != nil {
			return t, err
		}
		defer func() { err = cmp.Or(err, p.ordinary()) }()
	}
	out, err := b.paced(ctx, p, order{
		Address: p.plain, Request: b.works[1].request, Status: b.works[1].status,
		Conns: tailConns, Rate: s.rate, Lead: lead, Length: b.opt.tail,
	})
	return out.Tail, err
}

// paced has a round made, and counts its calls against the log.
func (b *bench) paced(ctx context.Context, p *proxy, o order) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Lead+o.Length+patient+10*time.Second)
	defer cancel()
	out, err := b.ends.carryOut(ctx, o)
	if p.log != nil {
		p.log.calls += out.Answered
	}
	if err != nil {
		err = fmt.Errorf("%.0f calls a second: %w", o.Rate, err)
	}
	return out, err
}

// tailFigures are the columns of the table.
var tailFigures = []struct {
	title string
	of    func(tail) float64
	as    string
}{
	{"p50 µs", func(t tail) float64 { return t.P50 }, "%.0f"},
	{"p99 µs", func(t tail) float64 { return t.P99 }, "%.0f"},
	{"p99.9 µs", func(t tail) float64 { return t.P999 }, "%.0f"},
	{"over 300 µs, %", func(t tail) float64 { return 100 * t.Over }, "%.3f"},
}

// printTails prints the slow end: a table as the proxies are, and one at real-time priority.
func (b *bench) printTails() {
	header := []string{"calls/s", "proxy"}
	for _, f := range tailFigures {
		header = append(header, f.title, "× nginx")
	}
	header = append(header, "rounds", "thrown away")
	for _, realTime := range []bool{false, true} {
		var rows [][]string
		kept := false
		for _, s := range b.tails {
			if s.realTime == realTime {
				rows, kept = append(rows, s.rows()...), kept || len(s.kept) > 0
			}
		}
		if !kept {
			continue // a note says why
		}
		title := "The slow end at one rate, %d connections, a full call of 1 KB: median / lower quartile of the rounds"
		if realTime {
			title += "; the proxy at real-time priority"
		}
		printTable(b.out, fmt.Sprintf(title, tailConns), header, rows)
	}
}

// rows are the lines of one rate, of the proxies that made a round.
func (s *slowEnd) rows() (rows [][]string) {
	for _, name := range []string{candor, twin, nginx, nginxTwin, haproxy, reverse} {
		if len(s.kept[name])+s.thrown[name] == 0 {
			continue
		}
		row := []string{fmt.Sprintf("%.0f", s.rate), name}
		for _, f := range tailFigures {
			row = append(row, s.cells(name, f.as, f.of)...)
		}
		rows = append(rows, append(row, fmt.Sprint(len(s.kept[name])), fmt.Sprint(s.thrown[name])))
	}
	return rows
}

// cells are a figure and its ratio to nginx.
func (s *slowEnd) cells(name, as string, figure func(tail) float64) []string {
	if s.overloaded(name) {
		return []string{"cannot keep up", ""}
	}
	middle, low, ok := s.of(name, figure)
	if !ok {
		return []string{"–", ""}
	}
	value := fmt.Sprintf(as+" / "+as, middle, low)
	byNginx, byNginxLow, ok := s.ratios(name, nginx, figure)
	if !ok || name == nginx {
		return []string{value, ""}
	}
	return []string{value, times(byNginx) + " / " + times(byNginxLow)}
}
