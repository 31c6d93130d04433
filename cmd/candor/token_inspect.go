package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

type tokenInspectCmd struct {
	Token string `arg:"" optional:"" help:"The token; left out, or -, it is read from standard input, where no list of processes and no shell history shows it."`
	instanceFlags
}

// Help is shown below the flags.
func (tokenInspectCmd) Help() string {
	return `It tells access tokens, refresh tokens and authorization codes of Candor's own: whether it was made here, for which app and member, what it may do, when it was made and ends, and what has become of it. The token is not repeated. What a call with it would come to, with tokens of other issuers as well, candor route tells.

` + howApps + `

Exit code: 0 if the token is good, 3 if it is not.

Examples:

    candor token inspect < token.txt
    pbpaste | candor token inspect --json`
}

// Run tells what a token is.
func (c *tokenInspectCmd) Run(p *program) error {
	text, err := p.readToken(c.Token)
	if err != nil {
		return err
	}
	var is admin.Token
	err = p.withTokens(c.Config, func(ctx context.Context, tokens admin.Tokens) (err error) {
		is, err = tokens.InspectToken(ctx, text)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		err = writeJSON(p.out, is)
	default:
		err = writeToken(p.out, &is, p.now())
	}
	if err == nil && is.State != "good" {
		return &exitError{exitRefused, nil}
	}
	return err
}

// readToken reads a token that was not said.
func (p *program) readToken(said string) (string, error) {
	if said != "" && said != "-" {
		return said, nil
	}
	read, err := io.ReadAll(io.LimitReader(p.in, inputMax))
	if err != nil {
		return "", fmt.Errorf("read the token from standard input: %w", err)
	}
	text := strings.TrimSpace(string(read))
	if text == "" {
		return "", mistake("there is no token on standard input; see candor token --help")
	}
	return text, nil
}

var kindsOfTokens = map[string]string{"access_token": "access token", "refresh_token": "refresh token", "code": "authorization code", "unknown": "no token of Candor's"}

// writeToken is all that is told of a token.
func writeToken(to io.Writer, is *admin.Token, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	head := cmp.Or(kindsOfTokens[is.Kind], is.Kind) + ", " + is.State
	if is.Why != "" {
		head += ": " + is.Why
	}
	fmt.Fprintln(w, head)
	if is.App != "" {
		fmt.Fprintf(w, "  app\t%s\n  member\t%s\n  scopes\t%s\n", is.App, cmp.Or(is.Member, "none: it is the app's own"), cmp.Or(strings.Join(is.Scopes, " "), "none"))
	}
	for _, line := range []struct {
		what string
		at   *time.Time
	}{{"granted", is.GrantedAt}, {"issued", is.IssuedAt}, {"ends", is.EndsAt}} {
		if line.at != nil {
			fmt.Fprintf(w, "  %s\t%s, %s\n", line.what, moment(*line.at), distance(*line.at, now))
		}
	}
	return w.Flush()
}

// distance is how far a time is away.
func distance(at, now time.Time) string {
	if at.After(now) {
		return "in " + age(at.Sub(now))
	}
	return age(now.Sub(at)) + " ago"
}
