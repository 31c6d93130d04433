package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

type reloadCmd struct {
	Config string `arg:"" optional:"" default:"candor.yaml" help:"The configuration of the running instance; candor.yaml unless said."`
	Data   string `type:"path" placeholder:"DIR" help:"The instance's data folder, instead of the one that the configuration names."`
}

// Help is shown below the flags.
func (reloadCmd) Help() string {
	return `The running instance is found by its data folder. It reads its configuration again and takes it whole, or, if there is a mistake in it, not at all: then the mistakes are shown here and the old one stays. Calls in flight notice nothing. SIGHUP does the same.

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
	data := c.Data
	if data == "" {
		var err error
		if data, err = config.DataOf(c.Config, p.env); err != nil {
			return whole(err)
		}
	}
	if data == "" {
		return errors.New("this configuration has data: none, so a running instance cannot be found by it; send it SIGHUP instead (kill -HUP PID)")
	}
	ctx, cancel := context.WithTimeout(context.Background(), reloadWithin)
	defer cancel()
	if err := admin.Dial(socketOf(data)).Reload(ctx); err != nil {
		return reloadFailed(err, data)
	}
	fmt.Fprintln(p.out, "The running instance has taken the new configuration.")
	return nil
}

// socketOf is where the instance with a data folder takes commands.
func socketOf(data string) string { return filepath.Join(data, "admin.sock") }

// nobodyThere tells that no instance listens, from one that answers no.
func nobodyThere(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

func reloadFailed(err error, data string) error {
	var refused *admin.Fault
	switch {
	case nobodyThere(err):
		return fmt.Errorf("no instance runs with the data folder %s; start one with candor serve", data)
	case errors.As(err, &refused):
		return &exitError{exitMistake, fmt.Errorf("The running instance keeps its configuration:\n%w", refused)} //nolint:staticcheck // a sentence for people
	}
	return err
}
