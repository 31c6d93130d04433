package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

const (
	pageRows = 50  // where a filter does not say
	mostRows = 500 // of a page

	// lookedAt is how many calls are looked at for one page at most. Where so many have been and the page is not full, the next one goes on from there.
	lookedAt = 20_000
	// lookedUp is the same where an index leads to them: each is then looked up in the table, which takes ten times as long.
	lookedUp = 4_000
	// few is how many calls an index may have for a filter to be taken without looking at the others.
	few = 1_000
)

// Record implements requestlog.Store.
func (l *Log) Record(ctx context.Context, id callid.ID) (*requestlog.Record, error) {
	var blob []byte
	err := l.r.QueryRowContext(ctx, `SELECT record FROM calls JOIN details USING (seq) WHERE id = ?`, id[:]).Scan(&blob)
	if err != nil {
		return nil, wrapLog(err, "look for the record of "+id.String())
	}
	return decodeRecord(id, blob)
}

// Records implements requestlog.Store. It looks at no more than some twenty thousand calls, fewer where that takes longer: where few of many fit, a page can have less than f.Most, or nothing, and still a next one.
func (l *Log) Records(ctx context.Context, f *requestlog.Filter) (page []*requestlog.Record, next callid.ID, err error) {
	if f.Apps != nil && (len(f.Apps) == 0 || f.App != "" && !slices.Contains(f.Apps, f.App)) {
		return nil, callid.ID{}, nil
	}
	var found hits
	err = transact(ctx, l.r, func(tx *sql.Tx) (err error) {
		if found, err = find(ctx, tx, f); err != nil {
			return err
		}
		page, err = readRecords(ctx, tx, found.calls)
		return err
	})
	return page, found.next, wrapLog(err, "look for records")
}

// hit is a call that fits.
type hit struct {
	id  callid.ID
	seq int64
}

func scanHit(rows *sql.Rows) (h hit, err error) {
	var id []byte
	if err = rows.Scan(&id, &h.seq); err == nil {
		copy(h.id[:], id)
	}
	return h, err
}

// hits are some of them, the latest first; next is where the search goes on, the zero ID where it is at its end.
type hits struct {
	calls []hit
	next  callid.ID
}

func find(ctx context.Context, tx *sql.Tx, f *requestlog.Filter) (hits, error) {
	most := f.Most
	if most <= 0 {
		most = pageRows
	}
	most = min(most, mostRows)
	if f.App != "" || f.Apps == nil {
		return findOf(ctx, tx, f, f.App, most, lookedAt)
	}
	apps := slices.Compact(slices.Sorted(slices.Values(f.Apps)))
	apps = slices.DeleteFunc(apps, func(app string) bool { return app == "" }) // a call of nobody's is nobody's
	var all hits
	for _, app := range apps {
		of, err := findOf(ctx, tx, f, app, most, max(lookedUp/len(apps), most))
		if err != nil {
			return hits{}, err
		}
		all.calls = append(all.calls, of.calls...)
		if bytes.Compare(of.next[:], all.next[:]) > 0 { // before it, there may be more of this app
			all.next = of.next
		}
	}
	slices.SortFunc(all.calls, func(a, b hit) int { return bytes.Compare(b.id[:], a.id[:]) })
	if all.next != (callid.ID{}) {
		all.calls = slices.DeleteFunc(all.calls, func(h hit) bool { return bytes.Compare(h.id[:], all.next[:]) < 0 })
	}
	if len(all.calls) > most {
		all.calls = all.calls[:most]
		all.next = all.calls[most-1].id
	}
	return all, nil
}

// findOf looks for the calls of one app, or of all where it is "".
func findOf(ctx context.Context, tx *sql.Tx, f *requestlog.Filter, app string, most, looked int) (hits, error) {
	s := searchFor(f, app)
	if err := s.choose(ctx, tx); err != nil {
		return hits{}, err
	}
	if s.by >= 0 && len(s.must) > 1 { // else what the index has is what fits
		looked = max(min(looked, lookedUp), most)
	}
	query, args := s.query(looked, most+1)
	rows, err := tx.QueryContext(ctx, query, args...)
	calls, err := collect(rows, err, scanHit)
	if err != nil {
		return hits{}, err
	}
	if len(calls) > most {
		return hits{calls[:most], calls[most-1].id}, nil
	}
	next, err := s.last(ctx, tx, looked)
	return hits{calls, next}, err
}

// search is a filter as SQL: what each call must have, and by which index they are gone through.
type search struct {
	from, to callid.ID // from <= id < to
	must     []condition
	by       int // of must; -1: all calls by their time
}

type condition struct {
	where, index string // the index that has it; "": none
	value        any
}

func searchFor(f *requestlog.Filter, app string) *search {
	s := &search{by: -1, to: latest()}
	if !f.Since.IsZero() {
		s.from = firstOf(f.Since)
	}
	if !f.Until.IsZero() {
		s.to = firstOf(f.Until)
	}
	if f.Before != (callid.ID{}) && bytes.Compare(f.Before[:], s.to[:]) < 0 {
		s.to = f.Before
	}
	for _, c := range []struct {
		value string
		condition
	}{
		{f.Member, condition{where: `member <> '' AND member = ?`, index: "calls_member"}},
		{app, condition{where: `app <> '' AND app = ?`, index: "calls_app"}},
		{f.Problem, condition{where: `problem = ?`, index: "calls_problem"}},
		{f.Route, condition{where: `route <> '' AND route = ?`, index: "calls_route"}},
	} {
		if c.value != "" {
			c.condition.value = c.value
			s.must = append(s.must, c.condition)
		}
	}
	if f.Status != 0 {
		s.must = append(s.must, condition{`status = ?`, "calls_status", f.Status})
	}
	if f.Path != "" {
		s.must = append(s.must, condition{where: `substr(path, 1, ?) = ?`, value: pathOf(f.Path)})
	}
	return s
}

// latest is no call's id: later than all.
func latest() (id callid.ID) {
	for i := range id {
		id[i] = 0xff
	}
	return id
}

// firstOf is not later than any id of that millisecond.
func firstOf(t time.Time) callid.ID { return callid.New(max(t.UnixMilli(), 0), 0, 0) }

// choose takes the index with the fewest calls, as far as a look at each of them tells.
func (s *search) choose(ctx context.Context, tx *sql.Tx) error {
	best := few + 1
	for i, c := range s.must {
		if c.index == "" {
			continue
		}
		if s.by < 0 {
			s.by = i
		}
		if len(s.must) == 1 {
			return nil
		}
		var n int
		query := `SELECT count(*) FROM (SELECT 1 FROM calls INDEXED BY ` + c.index + ` WHERE id >= ? AND id < ? AND ` + c.where + ` LIMIT ?)`
		if err := tx.QueryRowContext(ctx, query, s.from[:], s.to[:], c.value, few).Scan(&n); err != nil {
			return err
		}
		if n < best {
			s.by, best = i, n
		}
	}
	return nil
}

// gone is the part of the statement that goes through the calls, and its arguments.
func (s *search) gone(columns string) (query string, args []any) {
	query, args = `SELECT `+columns+` FROM calls`, []any{s.from[:], s.to[:]}
	if s.by < 0 {
		return query + ` WHERE id >= ? AND id < ? ORDER BY id DESC`, args
	}
	by := s.must[s.by]
	return query + ` INDEXED BY ` + by.index + ` WHERE id >= ? AND id < ? AND ` + by.where + ` ORDER BY id DESC`, append(args, by.value)
}

// query finds the calls that fit among so many of those that are gone through. Its arguments are in the order of its marks: the last is how many may be found.
func (s *search) query(looked, most int) (query string, args []any) {
	query, args = s.gone(`id, seq, app, member, problem, status, route, path`)
	query, args = `SELECT id, seq FROM (`+query+` LIMIT ?) WHERE true`, append(args, looked)
	for i, c := range s.must {
		if i == s.by {
			continue
		}
		query += ` AND ` + c.where
		if path, ok := c.value.([]byte); ok {
			args = append(args, len(path))
		}
		args = append(args, c.value)
	}
	return query + ` ORDER BY id DESC LIMIT ?`, append(args, most)
}

// last is the last of so many calls that are gone through; the zero ID where there are no more behind it.
func (s *search) last(ctx context.Context, tx *sql.Tx, looked int) (callid.ID, error) {
	query, args := s.gone(`id`)
	rows, err := tx.QueryContext(ctx, query+` LIMIT 2 OFFSET ?`, append(args, looked-1)...)
	ids, err := collect(rows, err, func(rows *sql.Rows) (id []byte, err error) { return id, rows.Scan(&id) })
	if err != nil || len(ids) < 2 {
		return callid.ID{}, err
	}
	return callid.ID(ids[0]), nil
}

func readRecords(ctx context.Context, tx *sql.Tx, calls []hit) ([]*requestlog.Record, error) {
	read, err := tx.PrepareContext(ctx, `SELECT record FROM details WHERE seq = ?`)
	if err != nil {
		return nil, err
	}
	defer read.Close()
	var page []*requestlog.Record
	for _, h := range calls {
		var blob []byte
		if err := read.QueryRowContext(ctx, h.seq).Scan(&blob); err != nil {
			return nil, err
		}
		r, err := decodeRecord(h.id, blob)
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, nil
}
