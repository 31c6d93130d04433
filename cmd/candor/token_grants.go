package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

// instanceFlags are those of all commands for what an instance keeps.
type instanceFlags struct {
	Config string `default:"candor.yaml" placeholder:"FILE" help:"The configuration; candor.yaml unless said."`
	JSON   bool   `name:"json" help:"Write what is told as JSON."`
}

// withTokens asks the running instance, or else opens store and keys of the one that does not run.
func (p *program) withTokens(file string, do func(context.Context, admin.Tokens) error) error {
	return p.withInstance(file, "tokens live in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(ctx context.Context, cfg *config.Config) error {
			tokens, err := server.OpenTokens(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, tokens), tokens.Close())
		})
}

type tokenListCmd struct {
	App    string `placeholder:"NAME" help:"Of this app alone."`
	Member string `placeholder:"ID" help:"Of this member alone, by your own id for them."`
	instanceFlags
}

// Help is shown below the flags.
func (tokenListCmd) Help() string {
	return `Tokens themselves cannot be listed: they are kept nowhere, and each is known by its signature. What is listed is what they stand for, a grant: an app, a member, and a set of scopes. Whatever tokens there are of a grant, candor token revoke ends them all at once.

` + howApps + `

Examples:

    candor token list --member ada
    candor token list --app shop --json`
}

// Run lists grants.
func (c *tokenListCmd) Run(p *program) error {
	var all admin.Grants
	err := p.withTokens(c.Config, func(ctx context.Context, tokens admin.Tokens) (err error) {
		all, err = tokens.Grants(ctx, admin.GrantFilter{App: c.App, Member: c.Member})
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, all)
	}
	return writeGrants(p.out, &all)
}

// writeGrants lists grants, one a line.
func writeGrants(to io.Writer, all *admin.Grants) error {
	if len(all.Grants) == 0 {
		_, err := fmt.Fprintln(to, "Nothing was granted that lives.")
		return err
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "APP\tMEMBER\tSCOPES\tSINCE\tLAST USED\tLAST TOKEN ENDS\tREFRESH ENDS")
	for i := range all.Grants {
		g := &all.Grants[i]
		member := cmp.Or(g.Member, "(the app itself)")
		if g.Restricted {
			member += " (restricted)"
		}
		used, refresh := "never", "none"
		if g.LastUsedAt != nil {
			used = moment(*g.LastUsedAt)
		}
		if g.RefreshEndsAt != nil {
			refresh = moment(*g.RefreshEndsAt)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", g.App, member, cmp.Or(strings.Join(g.Scopes, " "), "none"), moment(g.CreatedAt), used, moment(g.EndsAt), refresh)
	}
	if all.More {
		fmt.Fprintln(w, "There are more; name an app or a member.")
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	Token  string `arg:"" optional:"" help:"The token; left out, or -, it is read from standard input, where no list of processes and no shell history shows it."`
	App    string `placeholder:"NAME" help:"What was granted to this app, instead of a token; with --member."`
	Member string `placeholder:"ID" help:"The member that granted it, by your own id for them."`
	instanceFlags
}

// Help is shown below the flags.
func (tokenRevokeCmd) Help() string {
	return `With --app and --member it ends what the member has granted to the app: all its access tokens, refresh tokens and codes, at once. Of a token on standard input it ends an access token alone, and of a refresh token what it stands for as a whole.

` + howApps + `

Examples:

    candor token revoke --app shop --member ada
    candor token revoke < token.txt`
}

// Run takes back.
func (c *tokenRevokeCmd) Run(p *program) error {
	byName := c.App != "" || c.Member != ""
	switch {
	case byName && c.Token != "":
		return mistake("a token, or --app and --member: one of them; see candor token revoke --help")
	case byName && (c.App == "" || c.Member == ""):
		return mistake("--app and --member belong together; see candor token revoke --help")
	}
	text := ""
	if !byName {
		var err error
		if text, err = p.readToken(c.Token); err != nil {
			return err
		}
	}
	var done admin.Revoked
	err := p.withTokens(c.Config, func(ctx context.Context, tokens admin.Tokens) (err error) {
		if byName {
			done, err = tokens.RevokeGrant(ctx, admin.GrantFilter{App: c.App, Member: c.Member})
			return err
		}
		done, err = tokens.RevokeToken(ctx, text)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, done)
	}
	_, err = fmt.Fprintln(p.out, revoked(&done))
	return err
}

// revoked says what was taken back.
func revoked(done *admin.Revoked) string {
	of := "app " + done.App
	if done.Member != "" {
		of += ", member " + done.Member
	}
	switch done.What {
	case "grant":
		return "All tokens of " + of + " are revoked."
	case "token":
		return "A token of " + of + " is revoked; others of the two are as they were."
	}
	return "Nothing was revoked: " + done.Why + "."
}
