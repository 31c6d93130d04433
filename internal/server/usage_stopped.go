package server

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/store/memory"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/usage"
)

// UsageStopped is the usage of an app of an instance that does not run: what its request log and its store have. One that runs holds the lock: *sqlite.HeldError.
func UsageStopped(ctx context.Context, cfg *config.Config, app string, now time.Time) (told *usage.Report, err error) {
	if cfg.Data == "" || !exists(filepath.Join(cfg.Data, sqlite.LogFile)) {
		return nil, noRequestLog(cfg)
	}
	c, k, err := openStopped(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	d := &desk{store: c.store, cfg: cfg, known: k, now: now}
	all, err := d.listUsed(ctx)
	if err != nil {
		return nil, err
	}
	store, err := sqlite.OpenLog(ctx, cfg.Data)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if told, err = usageOf(ctx, stoppedLog{store}, app, all, now); err != nil {
		return nil, err
	}
	return told, addStoppedLimits(ctx, told, cfg, c, k, now)
}

// addStoppedLimits adds what was left of the limits when the instance ended.
func addStoppedLimits(ctx context.Context, to *usage.Report, cfg *config.Config, c *core, k known, now time.Time) error {
	s := &Server{o: Options{Now: func() time.Time { return now }}, clock: clock.New(time.Now).Since(time.Since), numbers: &route.Numbers{}, cfg: cfg, core: c}
	if err := s.count(ctx, cfg); err != nil {
		return err
	}
	s.core = &core{store: memory.New()} // nothing is moved in the other
	ups, byName, err := s.upstreams(cfg)
	if err != nil {
		return err
	}
	defer func() {
		for _, u := range ups {
			u.Close()
		}
	}()
	table, err := s.routes(ctx, cfg, k, byName)
	if err != nil {
		return err
	}
	addLimits(to, s.limiter, table, k.apps.Named(to.App), now)
	return nil
}
