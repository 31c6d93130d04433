package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// mostKept bounds how long a secret stays good beside the one that replaces it.
const mostKept = 90 * 24 * time.Hour

// change does what was asked with an app that was created.
func (d *desk) change(ctx context.Context, name string, asked *admin.AppChange) (admin.AppAnswer, error) {
	if err := d.mayChange(name, asked); err != nil {
		return admin.AppAnswer{}, err
	}
	secret := ""
	is, err := d.store.ChangeApp(ctx, name, func(app *access.CreatedApp) (err error) {
		secret, err = d.apply(app, asked)
		return err
	})
	if errors.Is(err, token.ErrNotFound) {
		err = d.nobody(name)
	}
	if err != nil {
		return admin.AppAnswer{}, err
	}
	created := slices.Clone(d.known.created)
	for i := range created {
		if created[i].Name == name {
			created[i] = is
		}
	}
	d.known.take(created)
	return d.answer(name, secret), nil
}

// mayChange refuses to change what is not ours: an app that is configured, or none at all.
func (d *desk) mayChange(name string, asked *admin.AppChange) error {
	app, at := d.known.apps.Named(name), d.configuredAt(name)
	switch {
	case app == nil:
		return d.nobody(name)
	case app.Origin == access.Created:
		return nil
	case at < 0:
		return refusal(409, "app %q was configured and no longer is, so it is disabled; put it back under apps: in %s", name, d.cfg.File)
	}
	key, say := keyOf(asked)
	return refusal(409, "app %q is configured: write %s in its entry under apps:, at %s, and reload (candor reload)", name, say, d.at(at, key))
}

func (d *desk) nobody(name string) error {
	var names []string
	for _, app := range d.known.apps {
		if app != nil {
			names = append(names, app.Name)
		}
	}
	if len(names) == 0 {
		return refusal(404, "there is no app yet; create one with candor app create %s --owner EMAIL, or add one under apps: in %s", name, d.cfg.File)
	}
	slices.Sort(names)
	return refusal(404, "there is no app %q; the apps are: %s", name, strings.Join(names, ", "))
}

// apply does what was asked with an app, and returns its new secret if it has one.
func (d *desk) apply(app *access.CreatedApp, asked *admin.AppChange) (secret string, err error) {
	if asked.Disabled != nil {
		app.Disabled = *asked.Disabled
	}
	if err = changeOwners(app, asked); err != nil {
		return "", err
	}
	if asked.Products != nil {
		if app.Products, err = d.products(*asked.Products); err != nil {
			return "", err
		}
	}
	if asked.RedirectURIs != nil {
		if app.RedirectURIs, err = redirectURIs(*asked.RedirectURIs); err != nil {
			return "", err
		}
	}
	if err = d.entitle(app, &asked.AppRights, asked.Introspect); err != nil {
		return "", err
	}
	if !asked.RotateSecret {
		return "", nil
	}
	if app.Public {
		return "", refusal(409, "app %q is public and keeps no secret", app.Name)
	}
	if asked.Keep < 0 || asked.Keep > int64(mostKept/time.Second) {
		return "", refusal(400, "the secret before can stay good for 0s to %dd", mostKept/(24*time.Hour))
	}
	return d.giveSecret(app, asked.Keep)
}

// checkProfile takes those that there are, and none.
func checkProfile(name string) error {
	switch name {
	case "", problem.LinkedIn.String(), problem.Standard.String():
		return nil
	}
	return refusal(400, "there is no profile %q; choose linkedin or standard, or nothing for that of the authorization server", name)
}

// entitle says what an app may ask for of tokens, its own and others'.
func (d *desk) entitle(app *access.CreatedApp, asked *admin.AppRights, introspect *[]string) error {
	if asked.ApplicationTokens != nil {
		app.TwoLegged = *asked.ApplicationTokens
	}
	if app.Public && app.TwoLegged {
		return refusal(409, "app %q is public and cannot prove that it is itself, so it has no tokens of its own", app.Name)
	}
	if asked.RefreshTokens != nil {
		app.Refreshes = *asked.RefreshTokens
	}
	if asked.Profile != nil {
		if err := checkProfile(*asked.Profile); err != nil {
			return err
		}
		app.Profile = *asked.Profile
	}
	if introspect == nil {
		return nil
	}
	var err error
	app.Introspects, err = d.apis(*introspect)
	return err
}

// apis refuses what is the name of no API.
func (d *desk) apis(said []string) (all []string, err error) {
	var names []string
	for i := range d.cfg.APIs {
		names = append(names, d.cfg.APIs[i].Name)
	}
	for _, one := range said {
		if !slices.Contains(names, one) {
			return nil, refusal(400, "there is no API %q; the APIs are: %s", one, strings.Join(names, ", "))
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all, nil
}

func changeOwners(app *access.CreatedApp, asked *admin.AppChange) error {
	all, err := owners(slices.Concat(app.Owners, asked.AddOwners))
	if err != nil {
		return err
	}
	for _, s := range asked.RemoveOwners {
		one, err := access.Email(s)
		if err != nil {
			return refusal(400, "%w", err)
		}
		i := slices.Index(all, one)
		if i < 0 {
			return refusal(404, "%s is no owner of app %q; its owners are: %s", one, app.Name, strings.Join(all, ", "))
		}
		all = slices.Delete(all, i, i+1)
	}
	if len(all) == 0 {
		return refusal(409, "app %q would have no owner; add another one first, with candor app owner add", app.Name)
	}
	app.Owners = all
	return nil
}

// keyOf is the key of a configured app's entry that says what was asked to be changed, and how it is spoken of.
func keyOf(asked *admin.AppChange) (key, say string) {
	switch {
	case asked.Disabled != nil && *asked.Disabled:
		return "disabled", "disabled: true"
	case asked.Disabled != nil:
		return "disabled", "disabled: false"
	case asked.RotateSecret:
		return "client_secret", "client_secret:"
	case asked.Products != nil:
		return "products", "products:"
	case asked.RedirectURIs != nil:
		return "redirect_uris", "redirect_uris:"
	case asked.ApplicationTokens != nil:
		return "application_tokens", fmt.Sprintf("application_tokens: %t", *asked.ApplicationTokens)
	case asked.RefreshTokens != nil:
		return "refresh_tokens", fmt.Sprintf("refresh_tokens: %t", *asked.RefreshTokens)
	case asked.Introspect != nil:
		return "introspect", "introspect:"
	}
	return "owners", "owners:"
}
