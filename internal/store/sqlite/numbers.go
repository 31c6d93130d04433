package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// Numbers gives the names that have none yet the next numbers of their kind, from 0 in the order given, and returns the
// numbers of all names of the kind. A number means the same forever.
func (s *Store) Numbers(ctx context.Context, kind string, names []string) (map[string]uint32, error) {
	var numbers map[string]uint32
	err := s.write(ctx, func(tx *sql.Tx) error {
		known, err := findNames(ctx, tx, kind)
		if err != nil {
			return err
		}
		numbers = make(map[string]uint32, len(known)+len(names))
		for i, name := range known {
			numbers[name] = uint32(i)
		}
		for _, name := range names {
			if _, ok := numbers[name]; ok {
				continue
			}
			n := uint32(len(numbers))
			if err := insertNumber(ctx, tx, kind, name, n); err != nil {
				return err
			}
			numbers[name] = n
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return numbers, nil
}

// Rename gives the numbers of names of a kind to other names, all of them or none. A name that has no number is left out; a
// new one must have none yet.
func (s *Store) Rename(ctx context.Context, kind string, names map[string]string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		for from, to := range names {
			if err := updateName(ctx, tx, kind, from, to); err != nil {
				return err
			}
		}
		return nil
	})
}

// Names returns the names of a kind in the order of their numbers.
func (s *Store) Names(ctx context.Context, kind string) (names []string, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		names, err = findNames(ctx, tx, kind)
		return err
	})
	return names, err
}

// findNames relies on that numbers count up without a gap.
func findNames(ctx context.Context, tx *sql.Tx, kind string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM numbers WHERE kind = ? ORDER BY number`, kind)
	names, err := collect(rows, err, func(rows *sql.Rows) (name string, err error) { return name, rows.Scan(&name) })
	return names, wrap(err, "find the numbers of "+kind)
}

func updateName(ctx context.Context, tx *sql.Tx, kind, from, to string) error {
	_, err := tx.ExecContext(ctx, `UPDATE numbers SET name = ? WHERE kind = ? AND name = ?`, to, kind, from)
	return wrap(err, fmt.Sprintf("rename the %s %q to %q", kind, from, to))
}

func insertNumber(ctx context.Context, tx *sql.Tx, kind, name string, n uint32) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO numbers (kind, name, number) VALUES (?, ?, ?)`, kind, name, n)
	return wrap(err, fmt.Sprintf("number the %s %q", kind, name))
}
