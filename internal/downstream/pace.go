package downstream

import "time"

// The least rate of a body: 240 B/s over the last ten seconds in which it was waited for. What is slower has one second to catch up, since a client that comes
// back after a gap must begin with something. Time in which nobody reads, as while an upstream takes nothing, is no time of the client's.
const (
	rateOver  = 10 * time.Second
	rateLeast = 240
	rateGrace = time.Second
)

// pace is how fast a body comes. It counts by the second, of the time in which it was waited for.
type pace struct {
	waited time.Duration
	slow   time.Duration // waited when it was found too slow; 0: it is fast enough
	taken  int64         // bytes that are counted
	second int64         // that the counting is in
	came   [rateOver/time.Second + 1]int64
}

// count notes that taken bytes have come in all.
func (p *pace) count(taken int64) {
	n := int64(len(p.came))
	now := int64(p.waited / time.Second)
	for s := max(p.second, now-n) + 1; s <= now; s++ {
		p.came[s%n] = 0
	}
	p.second = now
	p.came[now%n] += taken - p.taken
	p.taken = taken
}

// left is how long the next byte may take by the rate: 0 where none is left, and limit where the body is fast enough.
func (p *pace) left(limit time.Duration) time.Duration {
	sum := int64(0)
	for _, n := range p.came {
		sum += n
	}
	switch {
	case p.waited <= rateOver || sum >= int64(rateOver/time.Second)*rateLeast:
		p.slow = 0
		return limit
	case p.slow == 0:
		p.slow = p.waited
	}
	left := max(0, p.slow+rateGrace-p.waited)
	if limit > 0 {
		left = min(left, limit)
	}
	return left
}
