package usage

import (
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/problem"
)

// minutes count failures by problem and minute, for an hour: the minute stands above the count.
type minutes [256][60]atomic.Uint64

func (m *minutes) count(of problem.Type, at int64) {
	minute := uint64(at / int64(time.Minute))
	slot := &m[uint8(of)][minute%60]
	for {
		was := slot.Load()
		next := minute<<32 | 1
		if was>>32 == minute {
			next = was + 1
		}
		if slot.CompareAndSwap(was, next) {
			return
		}
	}
}

// LastHour is how many calls failed of a problem in the hour before unix ns, the present minute included.
func (c *Counts) LastHour(of problem.Type, at int64) (n uint64) {
	minute := uint64(at / int64(time.Minute))
	for i := range c.minutes[uint8(of)] {
		if was := c.minutes[uint8(of)][i].Load(); was>>32 <= minute && was>>32+60 > minute {
			n += was & callsOf
		}
	}
	return n
}
