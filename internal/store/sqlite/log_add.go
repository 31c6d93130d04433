package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

const (
	rowsAtOnce = 32  // in one statement
	pathKept   = 256 // bytes of a target by which records are found
)

// Add implements requestlog.Store.
func (l *Log) Add(ctx context.Context, batch []*requestlog.Record) error {
	rows, err := rowsOf(batch)
	if err != nil || len(rows) == 0 {
		return err
	}
	l.adding.Lock()
	defer l.adding.Unlock()
	err = l.add(ctx, rows, false)
	if code(err) == sqlite3.SQLITE_CONSTRAINT { // some are there already, or a process that has ended has added its last: both are rare, and to look each time would cost more
		err = l.add(ctx, rows, true)
	}
	for l.file == "" && isFull(err) {
		if lost := l.makeRoom(ctx); lost != nil {
			return errors.Join(err, lost)
		}
		err = l.add(ctx, rows, true)
	}
	return l.wrote(err, fmt.Sprintf("write %d records to the request log", len(rows)))
}

// row is a record as it is kept.
type row struct {
	record *requestlog.Record
	blob   []byte
}

// rowsOf encodes a batch; of records with the same id the last one counts.
func rowsOf(batch []*requestlog.Record) ([]row, error) {
	rows := make([]row, 0, len(batch))
	at := make(map[callid.ID]int, len(batch))
	for _, r := range batch {
		blob, err := encodeRecord(r)
		if err != nil {
			return nil, fmt.Errorf("encode the record of %s: %w", r.ID, err)
		}
		if i, twice := at[r.ID]; twice {
			rows[i] = row{r, blob}
			continue
		}
		at[r.ID] = len(rows)
		rows = append(rows, row{r, blob})
	}
	return rows, nil
}

func (l *Log) add(ctx context.Context, rows []row, replace bool) error {
	last := l.seq
	err := transact(ctx, l.w, func(tx *sql.Tx) error {
		if replace {
			if err := tx.QueryRowContext(ctx, lastDetail).Scan(&last); err != nil {
				return err
			}
		}
		for i := 0; replace && i < len(rows); i++ {
			if err := deleteCall(ctx, tx, rows[i].record.ID); err != nil {
				return err
			}
		}
		for len(rows) > 0 {
			n := 1
			if len(rows) >= rowsAtOnce {
				n = rowsAtOnce
			}
			if err := l.adds.insert(ctx, tx, rows[:n], last); err != nil {
				return err
			}
			last += int64(n)
			rows = rows[n:]
		}
		return nil
	})
	if err == nil {
		l.seq = last
	}
	return err
}

// lastDetail finds where records go on.
const lastDetail = `SELECT coalesce(max(seq), 0) FROM details`

func deleteCall(ctx context.Context, tx *sql.Tx, id callid.ID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM details WHERE seq IN (SELECT seq FROM calls WHERE id = ?)`, id[:])
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM calls WHERE id = ?`, id[:])
	}
	return err
}

// inserts are the statements that write records, prepared for one row and for many.
type inserts struct {
	one, many insert
	args      []any
}

type insert struct{ call, detail *sql.Stmt }

func (s *inserts) prepare(ctx context.Context, db *sql.DB) (err error) {
	if s.one, err = prepareInsert(ctx, db, 1); err == nil {
		s.many, err = prepareInsert(ctx, db, rowsAtOnce)
	}
	return err
}

func prepareInsert(ctx context.Context, db *sql.DB, rows int) (s insert, err error) {
	values := func(row string) string { return strings.Repeat(row+",", rows-1) + row }
	if s.call, err = db.PrepareContext(ctx, `INSERT INTO calls (id, seq, app, member, problem, status, route, path) VALUES `+values("(?,?,?,?,?,?,?,?)")); err == nil { //nolint:gosec // marks alone
		s.detail, err = db.PrepareContext(ctx, `INSERT INTO details (seq, record) VALUES `+values("(?,?)")) //nolint:gosec // marks alone
	}
	return s, err
}

// insert writes one row or rowsAtOnce.
func (s *inserts) insert(ctx context.Context, tx *sql.Tx, rows []row, seq int64) error {
	in := &s.one
	if len(rows) > 1 {
		in = &s.many
	}
	args := s.args[:0]
	for i, row := range rows {
		r := row.record
		args = append(args, r.ID[:], seq+1+int64(i), r.App, r.Member, r.Problem, r.Status, r.Route, pathOf(r.Target))
	}
	call, detail := tx.StmtContext(ctx, in.call), tx.StmtContext(ctx, in.detail)
	defer call.Close() // of the transaction: they themselves stay
	defer detail.Close()
	if _, err := call.ExecContext(ctx, args...); err != nil {
		return err
	}
	args = args[:0]
	for i, row := range rows {
		args = append(args, seq+1+int64(i), row.blob)
	}
	_, err := detail.ExecContext(ctx, args...)
	clear(args[:cap(args)])
	s.args = args
	return err
}

func (s *inserts) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{s.one.call, s.one.detail, s.many.call, s.many.detail} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}

func pathOf(target string) []byte { return []byte(target[:min(len(target), pathKept)]) }

// kept is a record with what its JSON does not tell.
type kept struct {
	*requestlog.Record
	Told     []string `json:"told_changed,omitempty"`
	AlsoTold []string `json:"told_also,omitempty"`
}

func encodeRecord(r *requestlog.Record) ([]byte, error) {
	return json.Marshal(kept{r, toldOf(r.Changed), toldOf(r.Also)})
}

func decodeRecord(id callid.ID, blob []byte) (*requestlog.Record, error) {
	k := kept{Record: &requestlog.Record{}}
	if err := json.Unmarshal(blob, &k); err != nil {
		return nil, fmt.Errorf("read the record of %s: %w", id, err)
	}
	k.ID = id
	giveTold(k.Changed, k.Told)
	giveTold(k.Also, k.AlsoTold)
	return k.Record, nil
}

func toldOf(all []requestlog.Difference) []string {
	var told []string
	for _, d := range all {
		told = append(told, d.Told)
	}
	return told
}

func giveTold(all []requestlog.Difference, told []string) {
	for i := range min(len(all), len(told)) {
		all[i].Told = told[i]
	}
}
