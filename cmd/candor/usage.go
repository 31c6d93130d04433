package main

import (
	"context"
	"io"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/usage"
)

type appUsageCmd struct {
	App string `arg:"" help:"The app, by its name; candor app list names all."`
	instanceFlags
}

// Help is shown below the flags.
func (appUsageCmd) Help() string {
	return `Tells what an app did today: calls of each resource, how they ended, what is left of the limits, and how many calls only repeated an earlier one; then the last 24 hours, and what the app may do. docs/usage.md says how it is counted.

` + howRequests + `

Examples:

    candor usage shop
    candor usage shop --json | jq '.resources[].limits'`
}

// Run tells it.
func (c *appUsageCmd) Run(p *program) error {
	told := &usage.Report{}
	err := p.withInstance(c.Config, "what apps did is in the process alone",
		func(ctx context.Context, to *admin.Client) error { return to.Usage(ctx, c.App, told) },
		func(ctx context.Context, cfg *config.Config) (err error) {
			told, err = server.UsageStopped(ctx, cfg, c.App, p.now())
			return err
		})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, told)
	}
	_, err = io.WriteString(p.out, usageText(told))
	return err
}
