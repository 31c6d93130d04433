package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

func (p *program) changeApp(f *appFlags, name string, asked admin.AppChange, done string) error {
	var is admin.AppAnswer
	err := p.withApps(f.Config, func(ctx context.Context, apps admin.Apps) (err error) {
		is, err = apps.ChangeApp(ctx, name, asked)
		return err
	})
	return p.sayApp(f, &is, err, done)
}

// withApps asks the running instance, or else opens the store of the one that does not run.
func (p *program) withApps(file string, do func(context.Context, admin.Apps) error) error {
	return p.withInstance(file, "the apps live in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(ctx context.Context, cfg *config.Config) error {
			apps, err := server.OpenApps(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, apps), apps.Close())
		})
}

// withInstance commands the running instance, or does it with what the one keeps that does not run. alone is what there is of it where nothing is kept.
func (p *program) withInstance(file, alone string, running func(context.Context, *admin.Client) error, stopped func(context.Context, *config.Config) error) error {
	o, err := p.operatorOf(file, "")
	if err != nil {
		return err
	}
	ctx := context.Background()
	err = o.ask(func(to *admin.Client) error { return running(ctx, to) })
	var nobody *errNobody
	switch {
	case errors.Is(err, errNoWay):
		return fmt.Errorf("%w; set admin.token, or data: to a folder", errNoWay)
	case errors.As(err, &nobody) && o.Data != "":
		err = p.withStopped(ctx, file, stopped)
	case errors.As(err, &nobody):
		return fmt.Errorf("with data: none %s, and %w", alone, nobody)
	}
	var refused *admin.Fault
	if errors.As(err, &refused) && refused.Status < 500 {
		return mistake("%w", refused)
	}
	return err
}

func (p *program) withStopped(ctx context.Context, file string, do func(context.Context, *config.Config) error) error {
	cfg, err := p.load(file)
	if err != nil {
		return err
	}
	return do(ctx, cfg)
}

func (p *program) apps(file string) (all []admin.App, err error) {
	err = p.withApps(file, func(ctx context.Context, apps admin.Apps) (err error) {
		all, err = apps.Apps(ctx)
		return err
	})
	if all == nil {
		all = []admin.App{}
	}
	return all, err
}
