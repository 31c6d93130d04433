package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

type developerKeyCmds struct {
	Create developerKeyCreateCmd `cmd:"" help:"Make a key with which a developer's programs look up calls; it is shown this once."`
	List   developerKeyListCmd   `cmd:"" help:"List a developer's keys."`
	Revoke developerKeyRevokeCmd `cmd:"" help:"End a key, at once."`
}

const howKeys = `A key is for looking up alone: what became of the calls of the apps that the developer owns, and how many there were (docs/requests.md). It is sent to www as Authorization: Bearer KEY. Candor keeps its SHA-256 alone, so it cannot be shown again; one that is lost is revoked, and another made.`

type developerKeyCreateCmd struct {
	Email string `arg:"" help:"The address of the developer's account."`
	Name  string `default:"default" placeholder:"NAME" help:"What the key is called, as ci or laptop: letters, digits, '.', '_' and '-'; default unless said."`
	instanceFlags
}

// Help is shown below the flags.
func (developerKeyCreateCmd) Help() string {
	return howKeys + `

` + howApps + `

Example:

    candor developer key create eve@example.com --name ci`
}

// Run makes the key.
func (c *developerKeyCreateCmd) Run(p *program) error {
	var made admin.DeveloperKeyAnswer
	err := p.withDeveloperKeys(c.Config, func(ctx context.Context, keys admin.DeveloperKeys) (err error) {
		made, err = keys.CreateDeveloperKey(ctx, c.Email, admin.DeveloperKeyRequest{Name: c.Name})
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, made)
	}
	fmt.Fprintf(p.out, "The developer key %s of %s was made.\n", made.Name, made.Email)
	if made.Note != "" {
		fmt.Fprintf(p.out, "Note: %s.\n", made.Note)
	}
	fmt.Fprintf(p.out, "  key  %s\n", made.Key)
	_, err = fmt.Fprintln(p.out, "The key is shown this once: Candor keeps its SHA-256 alone.")
	return err
}

type developerKeyListCmd struct {
	Email string `arg:"" help:"The address of the developer's account."`
	instanceFlags
}

// Help is shown below the flags.
func (developerKeyListCmd) Help() string {
	return `Of the keys that were revoked the last 20 are listed too.

` + howApps
}

// Run lists the keys.
func (c *developerKeyListCmd) Run(p *program) error {
	all := []admin.DeveloperKey{}
	err := p.withDeveloperKeys(c.Config, func(ctx context.Context, keys admin.DeveloperKeys) (err error) {
		all, err = keys.DeveloperKeys(ctx, c.Email)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON && len(all) == 0:
		return writeJSON(p.out, []admin.DeveloperKey{})
	case c.JSON:
		return writeJSON(p.out, all)
	case len(all) == 0:
		_, err = fmt.Fprintf(p.out, "%s has no key yet; candor developer key create %s makes one.\n", c.Email, c.Email)
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSTATE\tCREATED\tLAST USED")
	for i := range all {
		k := &all[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.Name, stateOfKey(k), moment(k.CreatedAt), momentOr(k.LastUsedAt, "never"))
	}
	return w.Flush()
}

func stateOfKey(k *admin.DeveloperKey) string {
	if k.RevokedAt != nil {
		return "revoked " + moment(*k.RevokedAt)
	}
	return "good"
}

// momentOr is a time, or what is said where there is none.
func momentOr(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return moment(*t)
}

type developerKeyRevokeCmd struct {
	Email string `arg:"" help:"The address of the developer's account."`
	Name  string `arg:"" help:"What the key is called; candor developer key list EMAIL has the names."`
	instanceFlags
}

// Help is shown below the flags.
func (developerKeyRevokeCmd) Help() string {
	return `It ends at once. Whoever sends it still is told that it was revoked.

` + howApps + `

Example:

    candor developer key revoke eve@example.com ci`
}

// Run revokes the key.
func (c *developerKeyRevokeCmd) Run(p *program) error {
	var was admin.DeveloperKey
	err := p.withDeveloperKeys(c.Config, func(ctx context.Context, keys admin.DeveloperKeys) (err error) {
		was, err = keys.RevokeDeveloperKey(ctx, c.Email, c.Name)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, was)
	}
	_, err = fmt.Fprintf(p.out, "The developer key %s of %s is revoked.\n", was.Name, c.Email)
	return err
}

// withDeveloperKeys asks the running instance, or else opens the store of the one that does not run.
func (p *program) withDeveloperKeys(file string, do func(context.Context, admin.DeveloperKeys) error) error {
	return p.withInstance(file, "keys live in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(ctx context.Context, cfg *config.Config) error {
			accounts, err := server.OpenAccounts(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, accounts), accounts.Close())
		})
}
