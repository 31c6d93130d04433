package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

type reloadCmd struct {
	Config string `arg:"" optional:"" default:"candor.yaml" help:"The configuration of the running instance; candor.yaml unless said."`
	Data   string `type:"path" placeholder:"DIR" help:"The instance's data folder, instead of the one that the configuration names."`
}

// Help is shown below the flags.
func (reloadCmd) Help() string {
	return `The running instance is asked over the socket in its data folder, or, where it has none, over the admin address with admin.token. It reads its configuration again and takes it whole, or, if there is a mistake in it, not at all: then the mistakes are shown here and the old one stays. Calls in flight notice nothing. SIGHUP does the same.

Exit code: 0 if the new configuration holds, 1 if no instance could be reached, 2 if it was refused.

Examples:

    candor reload
    candor reload /etc/candor/candor.yaml
    candor reload --data /var/lib/candor`
}

// reloadWithin bounds how long an instance may take to read a configuration.
const reloadWithin = 30 * time.Second

// Run asks the running instance.
func (c *reloadCmd) Run(p *program) error {
	o, err := p.operatorOf(c.Config, c.Data)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), reloadWithin)
	defer cancel()
	err = o.ask(func(to *admin.Client) error { return to.Reload(ctx) })
	var refused *admin.Fault
	switch {
	case err == nil:
		fmt.Fprintln(p.out, "The running instance has taken the new configuration.")
		return nil
	case errors.Is(err, errNoWay):
		return fmt.Errorf("%w; send it SIGHUP instead (kill -HUP PID)", errNoWay)
	case errors.As(err, &refused):
		return &exitError{exitMistake, fmt.Errorf("The running instance keeps its configuration:\n%w", refused)} //nolint:staticcheck // a sentence for people
	}
	return err
}
