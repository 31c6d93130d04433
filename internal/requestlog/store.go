package requestlog

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// ErrNotFound is returned for a record that is not there, was forgotten, or belongs to others.
var ErrNotFound = errors.New("no record of that id")

// Store keeps records. All methods are safe for concurrent use; Add, SaveCounts, SaveNotes, Sweep and Forget come from one goroutine at a time. What Add has
// returned from is on disk as far as a process that is killed is concerned.
type Store interface {
	// Add writes a batch, all of it or nothing. A record whose id is there already is replaced.
	Add(ctx context.Context, batch []*Record) error
	// Record is the one of an id. ErrNotFound: there is none.
	Record(ctx context.Context, id callid.ID) (*Record, error)
	// Records are those that fit, the latest first, at most f.Most; next is the cursor of the page behind them, the zero ID where they are all. A search that has looked at very
	// many ends there: a page can be short, or have nothing, and still a next one.
	Records(ctx context.Context, f *Filter) (page []*Record, next callid.ID, err error)
	// Sweep removes what is older than before, counts too, and then the oldest records until no more than most bytes are taken. Notes stay.
	Sweep(ctx context.Context, before time.Time, most int64) (gone int, err error)
	// Forget removes all records and counts of a member and of an app, whichever is named. Nothing of them, nor of what was removed before, can be
	// read in its files behind that. Notes are others': see the function Forget.
	Forget(ctx context.Context, app, member string) (gone int, err error)

	// SaveCounts adds to what is counted.
	SaveCounts(ctx context.Context, counts []Count) error
	// Counts are those of the hour of a time and of later ones, of these apps, or of all where apps is nil; by app and then by hour.
	Counts(ctx context.Context, apps []string, since time.Time) ([]Count, error)

	// SaveNotes keeps what other rooms want kept, by kind and key; a nil value removes. Notes gives them back. The key of what is an app's begins with its name and a zero byte.
	SaveNotes(ctx context.Context, kind string, notes iter.Seq2[string, []byte]) error
	Notes(ctx context.Context, kind string) (map[string][]byte, error)

	Close() error
}

// Filter says which records are meant. The zero value of a field means all.
type Filter struct {
	Apps    []string // of these alone; nil: of all, and empty: of none
	App     string
	Member  string
	Problem string
	Status  int
	Route   string
	Path    string    // the target begins so
	Since   time.Time // of its id, which is when the call began
	Until   time.Time // and before it
	Before  callid.ID // the cursor
	Most    int       // 0: 50; at most 500
}

// Count is how many calls of one hour ended in one way.
type Count struct {
	App      string // "": not known
	Member   string // only where a limit or a failure concerns it, and bounded: then "other"
	Resource string // "": none was found
	Hour     time.Time
	Problem  string // its name; "": they went well. Names that begin with ! are of the log itself, as !dropped.full
	Calls    int64
	Repeated int64 // of those: repeated an identical earlier one within a minute, whose answer had not changed
}
