package digest

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// cell is calls that ended in one way.
type cell struct{ app, resource, problem string }

// tally is how many calls there were of each kind, and of each app.
type tally struct {
	cells       map[cell]int64 // those that failed
	of          map[string]int64
	good        map[string]int64
	repeated    map[string]int64
	missing     map[string]int64 // records, by why
	all, failed int64
}

// week is the days that are told, beside those before.
type week struct {
	in          *Input
	now, before tally
	apps        map[string]*App
	order       []cell        // those of now, sorted
	taken       map[cell]bool // told by a finding
}

func newWeek(in *Input) *week {
	w := &week{in: in, now: newTally(in.Counts), before: newTally(in.Before), apps: make(map[string]*App, len(in.Apps)), taken: map[cell]bool{}}
	for i := range in.Apps {
		w.apps[in.Apps[i].Name] = &in.Apps[i]
	}
	w.now.addRecords(in.Records)
	w.order = w.now.sorted()
	return w
}

func newTally(counts []requestlog.Count) tally {
	t := tally{cells: map[cell]int64{}, of: map[string]int64{}, good: map[string]int64{}, repeated: map[string]int64{}, missing: map[string]int64{}}
	for i := range counts {
		c := &counts[i]
		if why, own := strings.CutPrefix(c.Problem, "!"); own {
			t.missing[why] += c.Calls
			continue
		}
		t.all += c.Calls
		t.of[c.App] += c.Calls
		t.repeated[c.App] += c.Repeated
		if c.Problem == "" {
			t.good[c.App] += c.Calls
			continue
		}
		t.cells[cell{c.App, c.Resource, c.Problem}] += c.Calls
		t.failed += c.Calls
	}
	return t
}

// addRecords adds what there are records of and was not counted: a process that was killed has lost the counts of its last seconds.
func (t *tally) addRecords(all []*requestlog.Record) {
	seen := map[cell]int64{}
	for _, r := range all {
		if name := problemOf(r); name != "" {
			seen[cell{r.App, r.Resource, name}]++
		}
	}
	for c, n := range seen {
		if lacks := n - t.cells[c]; lacks > 0 {
			t.addFailed(c, lacks)
		}
	}
}

// addFailed adds calls that failed. What the API answered itself is counted as calls that the gateway let pass.
func (t *tally) addFailed(c cell, n int64) {
	t.cells[c] += n
	t.failed += n
	if strings.HasPrefix(c.problem, passedOn) {
		counted := min(n, t.good[c.app])
		t.good[c.app] -= counted
		n -= counted
	}
	t.of[c.app] += n
	t.all += n
}

// passedOn begins the name of what the API answered itself.
const passedOn = "passed_on_"

// problemOf is the problem of a record; "" of one that went well.
func problemOf(r *requestlog.Record) string {
	if r.Problem == "" && r.By == requestlog.ByUpstream && r.Status >= 400 {
		return passedOn + strconv.Itoa(r.Status)
	}
	return r.Problem
}

// sorted are the cells in an order that does not change from one digest to the next.
func (t *tally) sorted() []cell {
	return slices.SortedFunc(maps.Keys(t.cells), func(a, b cell) int {
		return strings.Compare(a.problem+"\x00"+a.resource+"\x00"+a.app, b.problem+"\x00"+b.resource+"\x00"+b.app)
	})
}
