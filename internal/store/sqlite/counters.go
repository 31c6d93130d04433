package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/quota"
)

// Counters are written down every second while calls are served, on the same cores. SQLite takes some 20 µs a row for that, and 400 µs to commit, which calls
// would wait behind. So they have a file of their own, CountersFile, to which what has changed is appended. Numbers of keys and windows in it are quota's
// constants: a new key or window goes at the end.

// SaveCounters appends the counters and returns when they are on disk. Each is written whole or not at all.
func (s *Store) SaveCounters(ctx context.Context, counters iter.Seq[quota.Counter]) error {
	s.counting.Lock()
	defer s.counting.Unlock()
	if err := s.takeOver(ctx); err != nil {
		return err
	}
	if err := s.counters.append(ctx, counters); err != nil {
		return fmt.Errorf("save the counters: %w", err)
	}
	return nil
}

// LoadCounters returns what was saved, the latest of each identity. It writes nothing to the file, so that it may be read beside a running instance.
func (s *Store) LoadCounters(ctx context.Context) ([]quota.Counter, error) {
	s.counting.Lock()
	defer s.counting.Unlock()
	if err := s.takeOver(ctx); err != nil {
		return nil, err
	}
	latest, err := s.counters.load()
	if err != nil {
		return nil, fmt.Errorf("load the counters: %w", err)
	}
	all := make([]quota.Counter, 0, len(latest))
	for _, c := range latest {
		all = append(all, c)
	}
	return all, nil
}

// sweepCounters rewrites the file without what has ended by now, if anything was appended since it was last written so.
func (s *Store) sweepCounters(ctx context.Context, now time.Time) (int, error) {
	s.counting.Lock()
	defer s.counting.Unlock()
	if s.counters.file == nil {
		return 0, nil
	}
	rest := s.Rest
	if rest == nil {
		rest = func() {}
	}
	n, err := s.counters.rewrite(ctx, now.UnixNano(), rest)
	if err != nil {
		err = fmt.Errorf("rewrite the counters: %w", err)
	}
	return n, err
}

// takeOver moves the counters of a database that still has them in a table into the file.
func (s *Store) takeOver(ctx context.Context) error {
	if s.tookOver {
		return nil
	}
	if _, err := os.Stat(s.counters.path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		s.tookOver = true
		return nil // what cannot be looked at is told when it is opened
	}
	var old []quota.Counter
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		old, err = findCounters(ctx, tx)
		return err
	})
	if err == nil && len(old) > 0 {
		err = s.moveCounters(ctx, old)
	}
	s.tookOver = err == nil
	return err
}

func (s *Store) moveCounters(ctx context.Context, old []quota.Counter) error {
	byIdentity := make(map[quota.Counter]quota.Counter, len(old))
	for _, c := range old {
		byIdentity[identity(c)] = c
	}
	if err := s.counters.replace(ctx, byIdentity, func() {}); err != nil {
		return fmt.Errorf("move the counters to a file of their own: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM counters`)
		return wrap(err, "empty the table of counters")
	})
}

func findCounters(ctx context.Context, tx *sql.Tx) ([]quota.Counter, error) {
	rows, err := tx.QueryContext(ctx, `SELECT resource, key, window, burst, app_id, member, used, ends FROM counters`)
	counters, err := collect(rows, err, func(rows *sql.Rows) (c quota.Counter, err error) {
		return c, rows.Scan(&c.Resource, &c.Key, &c.Window, &c.Burst, &c.App, &c.Member, &c.Used, &c.Ends)
	})
	return counters, wrap(err, "load the counters")
}

// identity is what two counters have in common that count the same.
func identity(c quota.Counter) quota.Counter {
	c.Used, c.Ends = 0, 0
	return c
}
