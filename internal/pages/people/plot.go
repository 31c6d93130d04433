package people

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Plot is how calls ended hour by hour. What is drawn is numbers alone, and each can be read in the table beside it.
type Plot struct {
	Hours []UsedHour // one after the other, the present one last
}

// UsedHour is what became of the calls of one.
type UsedHour struct {
	Time time.Time
	Used
}

// The picture: bars stand on a ground line, with numbers at their left and hours below.
const (
	plotWidth  = 400
	plotHeight = 180
	plotLeft   = 46
	plotGround = 156
	plotTop    = 8
	// leastSeen is the height of what would be too low to be seen.
	leastSeen = 2
	// mostKinds is how many problems have a pattern of their own; then there are others.
	mostKinds = 4
)

// Kind is one kind of end. Its number chooses colour and pattern: 0 went well, and the last is all that has none of its own.
type Kind struct {
	N     int
	Name  string
	Calls int64
}

// Bar is one hour.
type Bar struct {
	X, Width int
	Title    string
	Parts    []Part
}

// Part is one kind of end within a bar.
type Part struct{ Kind, Y, Height int }

// Tick is a number at the left, or an hour below.
type Tick struct {
	X, Y int
	Text string
}

// Kinds are the ends that there were: those that went well, and the most frequent problems.
func (p Plot) Kinds() []Kind {
	good, all := int64(0), map[string]int64{}
	for _, h := range p.Hours {
		good += h.Calls - h.Failed
		for _, e := range h.Errors {
			all[e.Problem] += e.Calls
		}
	}
	kinds := []Kind{{0, "went well", good}}
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int { return cmp.Or(cmp.Compare(all[b], all[a]), strings.Compare(a, b)) })
	others := Kind{N: mostKinds + 1, Name: "other problems"}
	for i, name := range names {
		if i < mostKinds {
			kinds = append(kinds, Kind{i + 1, name, all[name]})
			continue
		}
		others.Calls += all[name]
	}
	if others.Calls > 0 {
		kinds = append(kinds, others)
	}
	return kinds
}

// Most is the number at the top: that of the busiest hour, rounded up.
func (p Plot) Most() int64 {
	most := int64(1)
	for _, h := range p.Hours {
		most = max(most, h.Calls)
	}
	step := int64(1)
	for step*10 < most {
		step *= 10
	}
	for _, of := range []int64{1, 2, 4, 5, 6, 8, 10} {
		if of*step >= most {
			return of * step
		}
	}
	return most
}

// Empty reports whether there was no call.
func (p Plot) Empty() bool {
	return !slices.ContainsFunc(p.Hours, func(h UsedHour) bool { return h.Calls > 0 })
}

// Bars are the hours as they are drawn.
func (p Plot) Bars() (all []Bar) {
	kinds, most := p.Kinds(), p.Most()
	width := (plotWidth - plotLeft) / max(1, len(p.Hours))
	for i, h := range p.Hours {
		b := Bar{X: plotLeft + i*width + 1, Width: max(1, width-2), Title: h.says()}
		y := plotGround
		for _, n := range h.byKind(kinds) {
			if n.Calls <= 0 {
				continue
			}
			height := max(leastSeen, int(n.Calls*(plotGround-plotTop)/most))
			height = min(height, y)
			y -= height
			b.Parts = append(b.Parts, Part{n.N, y, height})
		}
		all = append(all, b)
	}
	return all
}

// byKind is how many calls of the hour ended in each kind.
func (h *UsedHour) byKind(kinds []Kind) []Kind {
	of := slices.Clone(kinds)
	for i := range of {
		of[i].Calls = 0
	}
	of[0].Calls = h.Calls - h.Failed
	for _, e := range h.Errors {
		at := slices.IndexFunc(of, func(k Kind) bool { return k.N > 0 && k.N <= mostKinds && k.Name == e.Problem })
		if at < 0 {
			at = len(of) - 1
		}
		of[at].Calls += e.Calls
	}
	return of
}

func (h *UsedHour) says() string {
	return fmt.Sprintf("%s: %s, %s failed", h.Clock(), inCalls(h.Calls), grouped(h.Failed))
}

// Clock is when the hour begins.
func (h UsedHour) Clock() string { return h.Time.UTC().Format("15:04 UTC") }

// Levels are the numbers at the left.
func (p Plot) Levels() (all []Tick) {
	most := p.Most()
	for _, n := range []int64{0, most / 2, most} {
		if y := plotGround - int(n*(plotGround-plotTop)/most); len(all) == 0 || y != all[len(all)-1].Y {
			all = append(all, Tick{plotLeft - 4, y, short(n)})
		}
	}
	return all
}

// short is a number for little room.
func short(n int64) string {
	switch {
	case n >= 10_000_000:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 10_000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}

// Times are hours below the bars.
func (p Plot) Times() (all []Tick) {
	width := (plotWidth - plotLeft) / max(1, len(p.Hours))
	for i, h := range p.Hours {
		if h.Time.UTC().Hour()%6 == 0 {
			all = append(all, Tick{plotLeft + i*width + width/2, plotHeight - 6, h.Time.UTC().Format("15:04")})
		}
	}
	return all
}

// Description says what the picture shows, for who does not see it.
func (p Plot) Description() string {
	var calls, failed int64
	var busiest UsedHour
	for _, h := range p.Hours {
		calls, failed = calls+h.Calls, failed+h.Failed
		if h.Calls > busiest.Calls {
			busiest = h
		}
	}
	return fmt.Sprintf("%s in 24 hours, of which %s failed. The busiest hour began at %s with %s. The table has all numbers.", inCalls(calls), grouped(failed), busiest.Clock(), inCalls(busiest.Calls))
}

// Rows are the hours with calls, for the table, the latest first.
func (p Plot) Rows() (all []UsedHour) {
	for _, h := range slices.Backward(p.Hours) {
		if h.Calls > 0 {
			all = append(all, h)
		}
	}
	return all
}
