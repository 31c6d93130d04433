package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

var _ token.Store = (*View)(nil)

// View is the database of a data directory, to be looked at: it changes nothing of what is kept, and takes no lock.
type View struct{ s Store }

// OpenView opens the database in dir as it is. Where there is none the error is fs.ErrNotExist.
func OpenView(ctx context.Context, dir string) (*View, error) {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("look at the store: %w", err)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("look at the store %s: %w", path, err)
	}
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"}
	if wal, none := os.Stat(path + "-wal"); none != nil || wal.Size() == 0 {
		uri.RawQuery += "&immutable=1" // all is in the one file, and nothing is made beside it
	}
	if !strings.HasPrefix(uri.Path, "/") {
		uri.Path = "/" + uri.Path // file:///C:/…
	}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, fmt.Errorf("look at the store %s: %w", path, err)
	}
	v := &View{Store{r: db}}
	if err := v.isCurrent(ctx, path); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// isCurrent refuses a schema that this program would read otherwise than it was written.
func (v *View) isCurrent(ctx context.Context, path string) error {
	known, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("look at the store %s: %w", path, err)
	}
	var current int
	if err := v.s.r.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&current); err != nil {
		return fmt.Errorf("look at the store %s: %w", path, err)
	}
	if current != len(known) {
		return fmt.Errorf("the store %s has schema %d, and this candor reads %d; candor serve brings an earlier one up to date", path, current, len(known))
	}
	return nil
}

// Close lets go of the database.
func (v *View) Close() error { return v.s.r.Close() }

// Grant is Store's.
func (v *View) Grant(ctx context.Context, id access.GrantID) (*access.Grant, error) {
	return v.s.Grant(ctx, id)
}

// LoadLive is Store's.
func (v *View) LoadLive(ctx context.Context, now time.Time) (token.Live, error) {
	return v.s.LoadLive(ctx, now)
}

// Names is Store's.
func (v *View) Names(ctx context.Context, kind string) ([]string, error) { return v.s.Names(ctx, kind) }

// Apps are those of the configuration that are kept, as a policy sees them; what is not kept yet is not among them.
func (v *View) Apps(ctx context.Context, configured []*access.App) (apps access.Apps, err error) {
	var rows []appRow
	err = v.s.read(ctx, func(tx *sql.Tx) (err error) {
		rows, err = findApps(ctx, tx)
		return err
	})
	return merge(rows, configured), err
}

// CreatedApps is Store's.
func (v *View) CreatedApps(ctx context.Context) ([]access.CreatedApp, error) {
	return v.s.CreatedApps(ctx)
}
