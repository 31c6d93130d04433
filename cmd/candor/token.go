package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/token"
)

type tokenCmds struct {
	Mint    mintCmd         `cmd:"" help:"Make an access token for an app, and a member if one is named."`
	List    tokenListCmd    `cmd:"" help:"List what was granted and lives: which app may do what, for whom."`
	Inspect tokenInspectCmd `cmd:"" help:"Say what a token is, and why it is refused."`
	Revoke  tokenRevokeCmd  `cmd:"" help:"Take a token back, or what a member has granted to an app."`
}

type mintCmd struct {
	App    string   `required:"" placeholder:"NAME" help:"The app that the token is for, by its name in the configuration."`
	Member string   `placeholder:"ID" help:"The member whose data it opens, by your own id for them. Left out: a token of the app itself."`
	Scope  []string `placeholder:"SCOPE" help:"A scope that it holds; several by commas, or by saying --scope again."`
	Life   string   `placeholder:"TIME" help:"How long it lives, as in 30m or 60d; what the configuration says unless said."`
	Config string   `default:"candor.yaml" placeholder:"FILE" help:"The configuration; candor.yaml unless said."`
}

// Help is shown below the flags.
func (mintCmd) Help() string {
	return `The token alone goes to standard output; what it is worth to standard error. Member and grant are made if they are missing. It does not matter whether the instance runs: a running one is asked, over the socket in its data folder or else over the admin address with admin.token, and of a stopped one the store is opened.

A member holds one set of scopes per app: a token with another set ends the earlier ones.

Examples:

    candor token mint --app demo --member ada --scope r_profile
    candor token mint --app demo --scope r_profile,w_posts --life 30m
    curl -H "Authorization: Bearer $(candor token mint --app demo --member ada --scope r_profile)" http://127.0.0.1:8080/v2/me`
}

// Run makes the token.
func (c *mintCmd) Run(p *program) error {
	asked := admin.MintRequest{App: c.App, Member: c.Member, Scopes: splitScopes(c.Scope)}
	if c.Life != "" {
		life, ok := config.ParseDuration(c.Life)
		if !ok || life < time.Second {
			return mistake("--life %s is not a valid time; expected one like 30m, 12h or 60d", c.Life)
		}
		asked.Life = int64(life / time.Second)
	}
	made, err := c.mint(p, asked)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, made.Token)
	fmt.Fprintf(p.err, "%s; until %s\n", worth(made), made.ExpiresAt.UTC().Format("2006-01-02 15:04:05 MST"))
	return nil
}

// mint asks the running instance, or else does what it would do.
func (c *mintCmd) mint(p *program, asked admin.MintRequest) (admin.MintAnswer, error) {
	o, err := p.operatorOf(c.Config, "")
	if err != nil {
		return admin.MintAnswer{}, err
	}
	ctx := context.Background()
	var made admin.MintAnswer
	err = o.ask(func(to *admin.Client) (err error) {
		made, err = to.Mint(ctx, asked)
		return err
	})
	var refused *admin.Fault
	var nobody *errNobody
	switch {
	case errors.Is(err, errNoWay):
		return made, fmt.Errorf("%w; set admin.token, or data: to a folder", errNoWay)
	case errors.As(err, &refused) && refused.Status < 500:
		return made, mistake("%w", refused)
	case errors.As(err, &nobody) && o.Data != "":
		return c.mintStopped(ctx, p, asked)
	case errors.As(err, &nobody):
		return made, fmt.Errorf("with data: none a token lives in the process alone, and %w", nobody)
	}
	return made, err
}

// mintStopped opens the store of an instance that does not run.
func (c *mintCmd) mintStopped(ctx context.Context, p *program, asked admin.MintRequest) (admin.MintAnswer, error) {
	cfg, err := p.load(c.Config)
	if err != nil {
		return admin.MintAnswer{}, err
	}
	if len(cfg.Apps) == 0 && !server.Keeps(cfg) {
		return admin.MintAnswer{}, mistake("there is no app %q; this configuration has no apps", asked.App)
	}
	minter, closeStore, err := server.OpenMinter(ctx, cfg, p.now())
	if err != nil {
		return admin.MintAnswer{}, err
	}
	order := token.Order{App: asked.App, Member: asked.Member, Scopes: asked.Scopes, Life: cfg.Tokens.Life}
	if asked.Life > 0 {
		order.Life = time.Duration(asked.Life) * time.Second
	}
	made, err := minter.Mint(ctx, order, p.now())
	if closed := closeStore(); closed != nil {
		return admin.MintAnswer{}, errors.Join(err, closed)
	}
	if err != nil {
		return admin.MintAnswer{}, mistake("%w", err)
	}
	return admin.MintAnswer{Token: made.Token, App: made.App.Name, Member: asked.Member, Scopes: asked.Scopes, ExpiresAt: made.Ends}, nil
}

// splitScopes takes scopes joined by commas or blanks, as tokens' answers spell them.
func splitScopes(said []string) []string {
	scopes := []string{}
	for _, s := range said {
		scopes = append(scopes, strings.FieldsFunc(s, func(c rune) bool { return c == ',' || c == ' ' })...)
	}
	return scopes
}

func worth(made admin.MintAnswer) string {
	of := "app " + made.App
	if made.Member != "" {
		of += ", member " + made.Member
	}
	if len(made.Scopes) == 0 {
		return of + ", no scopes"
	}
	return of + ", scopes " + strings.Join(made.Scopes, " ")
}
