package requestlog

import "time"

// Reason is why a call that failed is not among the records.
type Reason uint8

// The reasons.
const (
	Full   Reason = iota // more waited to be written than there is room for
	Unkept               // the store did not take it, for so long that there was no more room
	Detail               // there were enough of its app and problem in that second

	reasonCount
)

var reasons = [reasonCount]string{Full: "full", Unkept: "store", Detail: "detail"}

// String is the reason as metrics and counts call it.
func (r Reason) String() string { return reasons[r] }

// Reasons are all of them.
func Reasons() [reasonCount]Reason { return [...]Reason{Full, Unkept, Detail} }

// DroppedProblem begins the problem under which drops are counted in the data itself: "!dropped.full".
const DroppedProblem = "!dropped."

// Dropped is how many calls that failed are not among the records for this reason, since the start.
func (l *Log) Dropped(r Reason) uint64 { return l.dropped[r].Load() }

// Written is how many records the store has taken.
func (l *Log) Written() uint64 { return l.written.Load() }

// drops are those that were counted in the data already.
type drops [reasonCount]uint64

// since are the rows of what was dropped since the last ones that were saved, and what is counted once they are.
func (d drops) since(l *Log, now time.Time) (rows []Count, next drops) {
	for r := range d {
		next[r] = l.dropped[r].Load()
		if n := next[r] - d[r]; n > 0 {
			rows = append(rows, Count{Hour: now.UTC().Truncate(time.Hour), Problem: DroppedProblem + Reason(r).String(), Calls: int64(n)})
		}
	}
	return rows, next
}
