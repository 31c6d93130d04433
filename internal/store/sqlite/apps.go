package sqlite

import (
	"context"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// appRow is what is kept of an app; its products and scopes are the configuration's.
type appRow struct {
	id       access.AppID
	name     string
	clientID string
}

// SyncApps brings in the apps of the configuration and returns them as a policy sees them: new ones with a number and,
// unless they name one, a client id; known ones, by name, with those they had. Those that are kept but no longer
// configured are disabled, and their numbers given to no other. Apps that commands created are not touched, and not among
// them; the name of one is refused.
func (s *Store) SyncApps(ctx context.Context, configured []*access.App, now time.Time) (access.Apps, error) {
	var apps access.Apps
	err := s.write(ctx, func(tx *sql.Tx) error {
		if err := disableApps(ctx, tx); err != nil {
			return err
		}
		for _, app := range configured {
			if err := s.syncApp(ctx, tx, app, now); err != nil {
				return err
			}
		}
		rows, err := findApps(ctx, tx)
		apps = merge(rows, configured)
		return err
	})
	if err != nil {
		return nil, err
	}
	return apps, nil
}

func merge(rows []appRow, configured []*access.App) access.Apps {
	byName := make(map[string]*access.App, len(configured))
	for _, app := range configured {
		byName[app.Name] = app
	}
	var apps access.Apps
	for _, row := range rows {
		app := &access.App{Name: row.name, Disabled: true}
		if known := byName[row.name]; known != nil {
			*app = *known
		}
		app.ID, app.ClientID = row.id, row.clientID
		apps = append(apps, make(access.Apps, int(row.id)+1-len(apps))...)
		apps[row.id] = app
	}
	return apps
}

func (s *Store) syncApp(ctx context.Context, tx *sql.Tx, app *access.App, now time.Time) error {
	id, err := s.newClientID()
	if err != nil {
		return err
	}
	if err := checkOrigin(ctx, tx, app.Name); err != nil {
		return err
	}
	if app.ClientID != "" {
		id = app.ClientID
		if err := checkClientID(ctx, tx, app); err != nil {
			return err
		}
	}
	return upsertApp(ctx, tx, app, id, now)
}

// checkOrigin refuses the name of an app that a command created.
func checkOrigin(ctx context.Context, tx *sql.Tx, name string) error {
	var created bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM apps WHERE name = ? AND origin = 'created')`, name).Scan(&created)
	if err == nil && created {
		return fmt.Errorf("app %s was created by a command; give the one of the configuration another name", name)
	}
	return wrap(err, "look for app "+name)
}

// checkClientID refuses a client id that another app has or had: tokens and grants of that one live on under its name.
func checkClientID(ctx context.Context, tx *sql.Tx, app *access.App) error {
	var other string
	err := tx.QueryRowContext(ctx, `SELECT name FROM apps WHERE client_id = ? AND name <> ?`, app.ClientID, app.Name).Scan(&other)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return wrap(err, "look for the client id of app "+app.Name)
	}
	return fmt.Errorf("app %s: the client id %s is that of app %s, which keeps it also when it is no longer configured; give the new app another, or name it %s again", app.Name, app.ClientID, other, other)
}

func (s *Store) newClientID() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", fmt.Errorf("make a client id: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

func disableApps(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE apps SET disabled = 1 WHERE disabled = 0 AND origin = 'configuration'`)
	return wrap(err, "disable the apps that are not configured")
}

// upsertApp changes the app of that name, or adds it. It is no INSERT … ON CONFLICT: that takes a number each time, also where it adds nothing.
func upsertApp(ctx context.Context, tx *sql.Tx, app *access.App, clientID string, now time.Time) error {
	changed, err := tx.ExecContext(ctx, `UPDATE apps SET disabled = ?2, client_id = CASE WHEN ?3 <> '' THEN ?3 ELSE client_id END WHERE name = ?1`,
		app.Name, app.Disabled, app.ClientID)
	if err != nil {
		return wrap(err, "bring in app "+app.Name)
	}
	n, err := changed.RowsAffected()
	if err != nil || n > 0 {
		return wrap(err, "bring in app "+app.Name)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO apps (name, client_id, disabled, created_at) VALUES (?, ?, ?, ?)`, app.Name, clientID, app.Disabled, now.Unix())
	return wrap(err, "bring in app "+app.Name)
}

// findApps finds those of the configuration, and those that were.
func findApps(ctx context.Context, tx *sql.Tx) ([]appRow, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, name, client_id FROM apps WHERE origin = 'configuration' ORDER BY id`)
	apps, err := collect(rows, err, func(rows *sql.Rows) (a appRow, err error) {
		return a, rows.Scan(&a.id, &a.name, &a.clientID)
	})
	return apps, wrap(err, "find the apps")
}
