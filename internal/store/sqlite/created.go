package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/candor-gateway/candor/internal/access"
)

// CreatedApps are the apps that commands created, in the order of their numbers. Those of the configuration are SyncApps'.
func (s *Store) CreatedApps(ctx context.Context) (apps []access.CreatedApp, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		apps, err = findCreated(ctx, tx, "")
		return err
	})
	return apps, err
}

// CreateApp adds an app, and gives it a number and, unless it brings one, a client id. A name or client id that another app has or had, whatever its
// origin, is refused.
func (s *Store) CreateApp(ctx context.Context, app access.CreatedApp) (access.CreatedApp, error) {
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		if app.ClientID == "" {
			if app.ClientID, err = s.newClientID(); err != nil {
				return err
			}
		}
		if app.ID, err = insertCreated(ctx, tx, &app); err != nil {
			return err
		}
		return insertParts(ctx, tx, &app)
	})
	if err != nil {
		return access.CreatedApp{}, err
	}
	return app, nil
}

// ChangeApp lets change alter the created app of that name, all of it or nothing: an error of change is returned as it is. Number, name, client id and
// time of creation stay. token.ErrNotFound says that no app of the name was created.
func (s *Store) ChangeApp(ctx context.Context, name string, change func(*access.CreatedApp) error) (access.CreatedApp, error) {
	var app access.CreatedApp
	err := s.write(ctx, func(tx *sql.Tx) error {
		was, err := createdApp(ctx, tx, name)
		if err != nil {
			return err
		}
		app = *was
		if err = change(&app); err != nil {
			return err
		}
		app.ID, app.Name, app.ClientID, app.Created = was.ID, was.Name, was.ClientID, was.Created
		return replaceCreated(ctx, tx, &app)
	})
	if err != nil {
		return access.CreatedApp{}, err
	}
	return app, nil
}

func createdApp(ctx context.Context, tx *sql.Tx, name string) (*access.CreatedApp, error) {
	found, err := findCreated(ctx, tx, name)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, wrap(sql.ErrNoRows, "change app "+name)
	}
	return &found[0], nil
}

func replaceCreated(ctx context.Context, tx *sql.Tx, app *access.CreatedApp) error {
	_, err := tx.ExecContext(ctx, `UPDATE apps SET disabled = ?, public = ?, two_legged = ?, refreshes = ?, profile = ? WHERE id = ?`,
		app.Disabled, app.Public, app.TwoLegged, app.Refreshes, app.Profile, app.ID)
	if err != nil {
		return wrap(err, "change app "+app.Name)
	}
	for _, l := range lists(app) {
		if _, err := tx.ExecContext(ctx, l.clear, app.ID); err != nil {
			return wrap(err, "change app "+app.Name)
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM app_secrets WHERE app_id = ?`, app.ID); err != nil {
		return wrap(err, "change app "+app.Name)
	}
	return insertParts(ctx, tx, app)
}

// list is one of those of an app, and how it is kept in a table of its own.
type list struct {
	values              *[]string
	clear, insert, find string
}

func lists(app *access.CreatedApp) []list {
	return []list{
		{
			&app.Products,
			`DELETE FROM app_products WHERE app_id = ?`,
			`INSERT INTO app_products (app_id, value) VALUES (?, ?)`,
			`SELECT app_id, value FROM app_products ORDER BY rowid`,
		},
		{
			&app.Owners,
			`DELETE FROM app_owners WHERE app_id = ?`,
			`INSERT INTO app_owners (app_id, value) VALUES (?, ?)`,
			`SELECT app_id, value FROM app_owners ORDER BY rowid`,
		},
		{
			&app.RedirectURIs,
			`DELETE FROM app_redirect_uris WHERE app_id = ?`,
			`INSERT INTO app_redirect_uris (app_id, value) VALUES (?, ?)`,
			`SELECT app_id, value FROM app_redirect_uris ORDER BY rowid`,
		},
		{
			&app.Introspects,
			`DELETE FROM app_introspects WHERE app_id = ?`,
			`INSERT INTO app_introspects (app_id, value) VALUES (?, ?)`,
			`SELECT app_id, value FROM app_introspects ORDER BY rowid`,
		},
	}
}

func insertCreated(ctx context.Context, tx *sql.Tx, app *access.CreatedApp) (id access.AppID, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO apps (name, client_id, disabled, created_at, origin, public, two_legged, refreshes, profile)
		VALUES (?, ?, ?, ?, 'created', ?, ?, ?, ?) RETURNING id`,
		app.Name, app.ClientID, app.Disabled, app.Created, app.Public, app.TwoLegged, app.Refreshes, app.Profile).Scan(&id)
	return id, wrap(err, "create app "+app.Name)
}

// insertParts adds lists and secrets; they are found again in this order.
func insertParts(ctx context.Context, tx *sql.Tx, app *access.CreatedApp) error {
	for _, l := range lists(app) {
		for _, value := range *l.values {
			if _, err := tx.ExecContext(ctx, l.insert, app.ID, value); err != nil {
				return wrap(err, fmt.Sprintf("keep %q of app %s", value, app.Name))
			}
		}
	}
	for _, secret := range app.Secrets {
		_, err := tx.ExecContext(ctx, `INSERT INTO app_secrets (app_id, hash, created_at, ends_at) VALUES (?, ?, ?, ?)`,
			app.ID, secret.Hash[:], secret.Created, secret.Ends)
		if err != nil {
			return wrap(err, "keep a secret of app "+app.Name)
		}
	}
	return nil
}

// findCreated finds all, or the one of a name.
func findCreated(ctx context.Context, tx *sql.Tx, name string) ([]access.CreatedApp, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, name, client_id, created_at, disabled, public, two_legged, refreshes, profile FROM apps
		WHERE origin = 'created' AND (?1 = '' OR name = ?1) ORDER BY id`, name)
	apps, err := collect(rows, err, func(rows *sql.Rows) (a access.CreatedApp, err error) {
		return a, rows.Scan(&a.ID, &a.Name, &a.ClientID, &a.Created, &a.Disabled, &a.Public, &a.TwoLegged, &a.Refreshes, &a.Profile)
	})
	if err != nil {
		return nil, wrap(err, "find the apps that were created")
	}
	byID := make(map[access.AppID]*access.CreatedApp, len(apps))
	for i := range apps {
		byID[apps[i].ID] = &apps[i]
	}
	return apps, findParts(ctx, tx, byID)
}

// part is one row of a list, or a secret.
type part struct {
	app    access.AppID
	value  string
	hash   []byte
	secret access.Secret
}

// findParts reads each table once, whatever the number of apps.
func findParts(ctx context.Context, tx *sql.Tx, byID map[access.AppID]*access.CreatedApp) error {
	for i, l := range lists(&access.CreatedApp{}) {
		rows, err := tx.QueryContext(ctx, l.find)
		all, err := collect(rows, err, func(rows *sql.Rows) (p part, err error) { return p, rows.Scan(&p.app, &p.value) })
		if err != nil {
			return wrap(err, "find what apps have")
		}
		for _, p := range all {
			if app := byID[p.app]; app != nil {
				values := lists(app)[i].values
				*values = append(*values, p.value)
			}
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT app_id, hash, created_at, ends_at FROM app_secrets ORDER BY rowid`)
	all, err := collect(rows, err, func(rows *sql.Rows) (p part, err error) {
		return p, rows.Scan(&p.app, &p.hash, &p.secret.Created, &p.secret.Ends)
	})
	if err != nil {
		return wrap(err, "find the secrets of apps")
	}
	for _, p := range all {
		if app := byID[p.app]; app != nil {
			copy(p.secret.Hash[:], p.hash)
			app.Secrets = append(app.Secrets, p.secret)
		}
	}
	return nil
}
