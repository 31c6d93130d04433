package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

const (
	logStretch   = 500 // records that are removed in one transaction
	stretchPages = 512 // pages by which the file is made shorter in one go
	spare        = 8   // one page in so many may stay free: new records take it
	hours        = 3600

	pagesOfOne int64 = 16 // as many as the largest record takes
)

// Sweep implements requestlog.Store. Counts go with the records of their time; notes stay.
func (l *Log) Sweep(ctx context.Context, before time.Time, most int64) (gone int, err error) {
	gone, err = l.removeAll(ctx, `id < ?`, firstOf(before))
	if err == nil {
		err = l.removeCounts(ctx, `hour < ?`, before.Unix()/hours)
	}
	if err != nil {
		return gone, l.wrote(err, "sweep the request log")
	}
	more, err := l.removeOldest(ctx, most)
	if err == nil {
		err = l.shrink(ctx, most)
	}
	return gone + more, l.wrote(err, "sweep the request log")
}

// removeAll removes the records for which where holds, a stretch at a time.
func (l *Log) removeAll(ctx context.Context, where string, value any) (gone int, err error) {
	for {
		n := 0
		err := transact(ctx, l.w, func(tx *sql.Tx) (err error) {
			n, err = removeStretch(ctx, tx, where, value, logStretch)
			return err
		})
		gone += n
		if err != nil || n < logStretch {
			return gone, err
		}
		l.rest()
	}
}

// removeOldest removes the oldest records until no more than most bytes are taken.
func (l *Log) removeOldest(ctx context.Context, most int64) (gone int, err error) {
	each := pagesOfOne
	for {
		n := 0
		err := transact(ctx, l.w, func(tx *sql.Tx) (err error) {
			n, each, err = removeSurplus(ctx, tx, most/logPage, each)
			return err
		})
		gone += n
		if err != nil || n == 0 {
			return gone, err
		}
		l.rest()
	}
}

// removeSurplus removes as many of the oldest records as take what is beyond so many pages, by what one has taken so far, and says what it took now.
func removeSurplus(ctx context.Context, tx *sql.Tx, most, each int64) (gone int, took int64, err error) {
	before, err := pagesOf(ctx, tx)
	surplus := before.used() - most
	if err != nil || surplus <= 0 {
		return 0, each, err
	}
	if gone, err = removeStretch(ctx, tx, `id < ?`, latest(), min(surplus/each+1, logStretch)); err != nil || gone == 0 {
		return gone, each, err
	}
	after, err := pagesOf(ctx, tx)
	return gone, max((before.used()-after.used()+int64(gone)-1)/int64(gone), 1), err
}

// removeStretch removes the oldest records for which where holds, and all of their details.
func removeStretch(ctx context.Context, tx *sql.Tx, where string, value any, most int64) (int, error) {
	if id, ok := value.(callid.ID); ok {
		value = id[:]
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, seq FROM calls WHERE `+where+` ORDER BY id LIMIT ?`, value, most) //nolint:gosec // where is one of ours
	calls, err := collect(rows, err, scanHit)
	if err != nil {
		return 0, err
	}
	return len(calls), removeCalls(ctx, tx, calls)
}

func removeCalls(ctx context.Context, tx *sql.Tx, calls []hit) error {
	for _, s := range []struct {
		statement string
		key       func(*hit) any
	}{
		{`DELETE FROM details WHERE seq = ?`, func(h *hit) any { return h.seq }},
		{`DELETE FROM calls WHERE id = ?`, func(h *hit) any { return h.id[:] }},
	} {
		if err := each(ctx, tx, s.statement, calls, s.key); err != nil {
			return err
		}
	}
	return nil
}

// each runs a statement with each of the keys.
func each(ctx context.Context, tx *sql.Tx, statement string, calls []hit, key func(*hit) any) error {
	prepared, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return err
	}
	defer prepared.Close()
	for i := range calls {
		if _, err := prepared.ExecContext(ctx, key(&calls[i])); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) removeCounts(ctx context.Context, where string, value any) error {
	return transact(ctx, l.w, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM counts WHERE `+where, value) //nolint:gosec // where is one of ours
		return err
	})
}

// Forget implements requestlog.Store. What is removed is overwritten in the file, and the -wal is emptied as far as nobody reads it.
func (l *Log) Forget(ctx context.Context, app, member string) (gone int, err error) {
	for _, c := range []struct{ column, name string }{{"app", app}, {"member", member}} {
		if c.name == "" {
			continue
		}
		n, err := l.removeAll(ctx, c.column+` <> '' AND `+c.column+` = ?`, c.name)
		gone += n
		if err == nil {
			err = l.removeCounts(ctx, c.column+` = ?`, c.name)
		}
		if err != nil {
			return gone, wrapLog(err, "forget the "+c.column+" "+c.name)
		}
	}
	if err := l.shrink(ctx, math.MaxInt64); err != nil {
		return gone, wrapLog(err, "shorten the request log")
	}
	return gone, l.emptyWAL(ctx)
}

func (l *Log) emptyWAL(ctx context.Context) error {
	var busy, pages, moved int
	err := l.w.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	return wrapLog(err, "empty "+LogFile+"-wal of what was forgotten")
}

// pages is how much a database takes.
type pages struct{ all, free int64 }

func (p pages) used() int64 { return p.all - p.free }

type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func pagesOf(ctx context.Context, db asker) (p pages, err error) {
	err = db.QueryRowContext(ctx, `SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count`).Scan(&p.all, &p.free)
	return p, err
}

// shrink gives back what is free of the file, but for a spare that new records take, as far as the whole stays below most bytes. The file itself is made shorter once the -wal is
// copied into it.
func (l *Log) shrink(ctx context.Context, most int64) error {
	for shorter := false; ; shorter = true {
		p, err := pagesOf(ctx, l.w)
		if err != nil {
			return err
		}
		surplus := max(p.free-p.all/spare, min(p.free, p.all-most/logPage))
		switch {
		case surplus <= 0 && shorter:
			return l.emptyWAL(ctx)
		case surplus <= 0:
			return nil
		}
		if err := vacuum(ctx, l.w, min(surplus, stretchPages)); err != nil {
			return err
		}
		l.rest()
	}
}

// vacuum makes the file shorter by n of its free pages. The statement makes a step for each.
func vacuum(ctx context.Context, db *sql.DB, n int64) error {
	rows, err := db.QueryContext(ctx, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, n))
	_, err = collect(rows, err, func(*sql.Rows) (none struct{}, err error) { return none, nil })
	return err
}

// Bytes is how much the log takes, without what is free in it.
func (l *Log) Bytes(ctx context.Context) (int64, error) {
	p, err := pagesOf(ctx, l.r)
	return p.used() * logPage, wrapLog(err, "measure the request log")
}

// makeRoom removes the oldest eighth of the records of a log in memory, and one at least; sql.ErrNoRows: there are none.
func (l *Log) makeRoom(ctx context.Context) error {
	return transact(ctx, l.w, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, seq FROM calls ORDER BY id LIMIT (SELECT count(*) / ? + 1 FROM calls)`, spare)
		calls, err := collect(rows, err, scanHit)
		if err == nil && len(calls) == 0 {
			err = sql.ErrNoRows
		}
		if err != nil {
			return err
		}
		return removeCalls(ctx, tx, calls)
	})
}
