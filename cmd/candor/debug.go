package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

type debugCmd struct {
	For time.Duration `default:"15m" placeholder:"TIME" help:"How long the token is good: up to 24h, 15m unless said."`
	instanceFlags
}

// Help is shown below the flags.
func (debugCmd) Help() string {
	return `A call that brings the token in the field Candor-Debug is in the request log whatever became of it, with what every check says, how it was rewritten and each attempt. The field never reaches the API, and a wrong or old token changes nothing. The running instance makes the token and knows it by a key in its memory: when it ends, all of them end.

Examples:

    candor debug
    candor debug --for 1h --json | jq -r .token`
}

// Run has a token made.
func (c *debugCmd) Run(p *program) error {
	o, err := p.operatorOf(c.Config, "")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), routeWithin)
	defer cancel()
	var made admin.DebugAnswer
	err = o.ask(func(to *admin.Client) (err error) {
		made, err = to.Debug(ctx, admin.DebugRequest{For: c.For.String()})
		return err
	})
	refused, is := errors.AsType[*admin.Fault](err)
	switch {
	case is && refused.Status < 500:
		return mistake("%w", refused)
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, made)
	}
	_, err = fmt.Fprintf(p.out, `%s

It is good until %s, or until the instance ends. Send it with a call:
  curl -H '%s: %s' URL
and see what became of that with candor requests show ID, or live:
  candor requests tail --debug
`, made.Token, made.EndsAt.UTC().Format("2006-01-02 15:04:05 UTC"), made.Field, made.Token)
	return err
}
