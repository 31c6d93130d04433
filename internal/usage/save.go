package usage

import (
	"context"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

// countKey is what is counted apart in the store.
type countKey struct {
	hour                           uint32
	app, member, resource, problem string
}

type tallied struct{ calls, repeated int64 }

var _ requestlog.Counts = (*Counts)(nil)

// mostUnsaved bounds what waits for a store that takes nothing; beyond it only what is counted already goes on.
const mostUnsaved = 4 * mostCells

// Save hands what was counted since to the store of the request log at unix ns. What it does not take is tried again the next time. Before the first time it reads what
// earlier processes have counted of the day: nobody else may write meanwhile.
func (c *Counts) Save(ctx context.Context, to requestlog.Store, now time.Time) error {
	c.saving.Lock()
	defer c.saving.Unlock()
	at := now.UnixNano()
	c.collect(uint32(at / int64(time.Hour)))
	c.sweepTotals(at)
	if !c.restored {
		if err := c.restore(ctx, to, now); err != nil {
			return err
		}
		c.restored = true
	}
	if len(c.unsaved) == 0 {
		return nil
	}
	if err := to.SaveCounts(ctx, c.rows()); err != nil {
		return err
	}
	clear(c.unsaved)
	return nil
}

// Waits reports whether there is something to save.
func (c *Counts) Waits() (some bool) {
	c.saving.Lock()
	defer c.saving.Unlock()
	some = len(c.unsaved) > 0
	c.cells.Range(func(_ key, of *cell) bool {
		some = some || of.word.Load()&callsOf > 0
		return !some
	})
	return some
}

// Lost is how many calls were counted and could not be kept, since the store took nothing for too long.
func (c *Counts) Lost() uint64 { return c.lost.Load() }

// collect takes what is in the cells, and takes those out that have nothing and whose hour is over.
func (c *Counts) collect(hour uint32) {
	c.cells.Range(func(k key, of *cell) bool {
		word := of.word.Swap(0)
		if word&callsOf > 0 {
			c.keep(&k, of.app, word)
		} else if k.hour != hour && of.word.CompareAndSwap(0, dead) {
			c.drop(k, of)
			c.all.Add(-1)
			c.members.Add(-k.named())
		}
		return true
	})
}

func (c *Counts) keep(k *key, app string, word uint64) {
	to := countKey{hour: k.hour, app: app, member: k.member, resource: k.resource, problem: k.problem.Name()}
	of := c.unsaved[to]
	if of == nil && len(c.unsaved) >= mostUnsaved {
		c.lost.Add(word & callsOf)
		return
	}
	if of == nil {
		of = &tallied{}
		c.unsaved[to] = of
	}
	of.calls, of.repeated = of.calls+int64(word&callsOf), of.repeated+int64(word>>32)
}

func (c *Counts) rows() []requestlog.Count {
	all := make([]requestlog.Count, 0, len(c.unsaved))
	for k, n := range c.unsaved {
		all = append(all, requestlog.Count{
			App: k.app, Member: k.member, Resource: k.resource, Hour: time.Unix(int64(k.hour)*3600, 0).UTC(), Problem: k.problem, Calls: n.calls, Repeated: n.repeated,
		})
	}
	return all
}

// restore adds to the totals what was counted of the day before.
func (c *Counts) restore(ctx context.Context, from requestlog.Store, now time.Time) error {
	rows, err := from.Counts(ctx, nil, now.UTC().Truncate(24*time.Hour))
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if r.Problem == problem.Throttled.Name() || r.App == "" {
			continue
		}
		if t := c.total(totalKey{r.App, r.Resource, dayOf(r.Hour.UnixNano())}); t != nil {
			t.calls.Add(r.Calls)
			t.repeated.Add(r.Repeated)
		}
	}
	return nil
}
