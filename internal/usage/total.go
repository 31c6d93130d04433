package usage

import (
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/problem"
)

// Total is what an app asked of a resource in one UTC day, without what a limit has refused.
type Total struct{ calls, repeated atomic.Int64 }

type totalKey struct {
	app, resource string
	day           int32
}

// add counts one call of a word; nil: nowhere.
func (t *Total) add(of problem.Type, one uint64) {
	if t == nil || of == problem.Throttled {
		return
	}
	t.calls.Add(1)
	if one >= oneRepeated {
		t.repeated.Add(1)
	}
}

// mostTotals bounds how many days of apps are known in memory.
const mostTotals = 2 * mostCells

// total finds or makes a total; nil where there are too many, and where nobody asks for it.
func (c *Counts) total(k totalKey) *Total {
	if k.app == "" || k.app == OtherApps {
		return nil
	}
	found, ok := c.totals.Load(k)
	if !ok && c.totals.Size() < mostTotals {
		found, _ = c.totals.LoadOrStore(k, new(Total))
	}
	return found
}

// Today is how many calls of an app to a resource were let through in the UTC day of unix ns, and how many of them are known to have repeated an earlier one. What an
// earlier process has counted is in it once it was read.
func (c *Counts) Today(app, resource string, at int64) (calls, repeated int64) {
	t, ok := c.totals.Load(totalKey{app, resource, dayOf(at)})
	if !ok {
		return 0, 0
	}
	return t.calls.Load(), t.repeated.Load()
}

func dayOf(at int64) int32 { return int32(at / int64(24*time.Hour)) }

// sweepTotals forgets the days that are over.
func (c *Counts) sweepTotals(at int64) {
	today := dayOf(at)
	c.totals.Range(func(k totalKey, _ *Total) bool {
		if k.day < today-1 { // a call that is just over may have begun the day before
			c.totals.Delete(k)
		}
		return true
	})
}
