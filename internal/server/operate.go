package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// listenAdmin opens the operator's listener, and the socket over which the CLI speaks to this instance.
func (s *Server) listenAdmin(ctx context.Context, cfg *config.Config) (err error) {
	o := s.adminOptions(cfg)
	if cfg.Admin != nil {
		if s.admin, err = admin.Listen(ctx, cfg.Admin.Address, o); err != nil {
			return err
		}
	}
	if cfg.Data != "" {
		s.socket, err = admin.ListenUnix(ctx, socketPath(cfg.Data), o)
	}
	return err
}

func (s *Server) adminOptions(cfg *config.Config) admin.Options {
	o := admin.Options{
		Version: s.o.Version, Commit: s.o.Commit, Log: s.log, Calls: s.calls, Ready: s.notReady,
		RouteName:   s.numbers.Name,
		ProblemName: func(n uint8) string { return problem.Type(n).Name() },
		Numbers:     s.gauges(), Mint: s.mintForOperator,
	}
	if cfg.Admin != nil {
		o.Token = cfg.Admin.Token.Value()
	}
	if s.o.Load != nil {
		o.Reload = func(ctx context.Context) error {
			next, err := s.o.Load()
			if err == nil {
				err = s.Reload(ctx, next)
			}
			if err != nil {
				s.log.Error("reload failed; the old configuration stays", "mistakes", err.Error())
				return err
			}
			s.log.Info("reloaded", "config", next.File)
			return nil
		}
	}
	return o
}

func (s *Server) notReady() string {
	if s.isDraining() {
		return "draining"
	}
	return ""
}

func (s *Server) gauges() []admin.Number {
	return []admin.Number{
		{Name: "candor_connections", Help: "Client connections that are open.", Value: func() float64 { return float64(s.gateway.Connections()) }},
		{Name: "candor_calls_in_flight", Help: "Calls that were admitted and are not over.", Value: func() float64 { return float64(s.limiter.InFlight()) }},
		{Name: "candor_body_bytes_held", Help: "Bytes of request bodies held to be checked.", Value: func() float64 { return float64(s.gateway.Held()) }},
		{Name: "candor_upstream_connections_made_total", Help: "Connections made to upstreams.", Total: true, Value: func() float64 { return s.upstreamSum(0) }},
		{Name: "candor_upstream_connections_failed_total", Help: "Connections to upstreams that could not be made.", Total: true, Value: func() float64 { return s.upstreamSum(1) }},
		{Name: "candor_upstream_connections_reused_total", Help: "Calls sent over a kept connection.", Total: true, Value: func() float64 { return s.upstreamSum(2) }},
		{Name: "candor_access_log_lines_dropped_total", Help: "Access log lines lost because the log could not be written fast enough.", Total: true, Value: s.dropped},
	}
}

func (s *Server) upstreamSum(which int) float64 {
	var sum int64
	for _, u := range s.gateway.Policy().Upstreams {
		stats := u.Stats()
		sum += [...]int64{stats.Dialled.Load(), stats.Failed.Load(), stats.Reused.Load()}[which]
	}
	return float64(sum)
}

func (s *Server) dropped() float64 {
	if s.access == nil {
		return 0
	}
	return float64(s.access.Stats().Dropped)
}

// mintForOperator mints as the CLI asks.
func (s *Server) mintForOperator(ctx context.Context, r admin.MintRequest) (admin.MintAnswer, error) {
	life := time.Duration(r.Life) * time.Second
	if r.Life == 0 {
		life = s.config().Tokens.Life
	}
	made, err := s.Mint(ctx, token.Order{App: r.App, Member: r.Member, Scopes: r.Scopes, Life: life}, s.o.Now())
	if err != nil {
		return admin.MintAnswer{}, mintFault(err)
	}
	return admin.MintAnswer{Token: made.Token, App: made.App.Name, Member: r.Member, Scopes: r.Scopes, ExpiresAt: made.Ends}, nil
}

// mintFault tells an order that the operator can mend from a fault of the store.
func mintFault(err error) error {
	if _, wrong := errors.AsType[*token.OrderError](err); wrong {
		return &admin.Fault{Status: 400, Message: err.Error()}
	}
	return err
}

// Mint makes an access token, and member and grant where they are missing; it works at once, here.
func (s *Server) Mint(ctx context.Context, o token.Order, now time.Time) (token.Minted, error) {
	s.mu.Lock()
	m := s.core.minter()
	s.mu.Unlock()
	return m.Mint(ctx, o, now)
}

// RevokeGrant kills a grant with all its tokens, durably, and at once.
func (s *Server) RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error {
	if err := s.core.store.RevokeGrant(ctx, id, why); err != nil {
		return fmt.Errorf("revoke a grant: %w", err)
	}
	s.core.verifier.Revoke(id, why)
	return nil
}

// RestrictMember restricts a member, or lifts that, durably, and at once.
func (s *Server) RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error {
	if err := s.core.store.RestrictMember(ctx, id, restricted); err != nil {
		return fmt.Errorf("restrict a member: %w", err)
	}
	s.core.verifier.Restrict(id, restricted)
	return nil
}

// Reload takes a new configuration, whole or not at all: the error says why not, and what is at work stays. Addresses of listeners and the data directory are
// those of the start.
func (s *Server) Reload(ctx context.Context, cfg *config.Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return errors.New("this instance is draining")
	}
	if err := s.mayReload(cfg); err != nil {
		return err
	}
	old := *s.core
	if err := s.core.bring(ctx, cfg, s.o.Now()); err != nil {
		*s.core = old
		return err
	}
	p, err := s.policy(ctx, cfg)
	if err == nil {
		err = s.reloadCertificates(cfg)
	}
	if err != nil {
		*s.core = old
		return err
	}
	before := s.gateway.Policy().Upstreams
	s.gateway.SetPolicy(p)
	s.cfg = cfg
	closeUnused(before, p.Upstreams)
	if s.access != nil {
		return s.access.Reopen()
	}
	return nil
}

// mayReload names what only a restart can change.
func (s *Server) mayReload(cfg *config.Config) error {
	var all config.Mistakes
	if cfg.Data != s.cfg.Data {
		all = append(all, cfg.Mistake("data cannot be changed by a reload; restart the instance", "data"))
	}
	if len(cfg.Listeners) != len(s.cfg.Listeners) {
		all = append(all, cfg.Mistake("listeners cannot be added or removed by a reload; restart the instance", "listeners"))
	}
	for i := range min(len(cfg.Listeners), len(s.cfg.Listeners)) {
		was, is := &s.cfg.Listeners[i], &cfg.Listeners[i]
		if was.Address != is.Address || (was.TLS == nil) != (is.TLS == nil) {
			all = append(all, cfg.Mistake("a listener's address cannot be changed by a reload; restart the instance", "listeners", i, "address"))
		}
	}
	if cfg.Log.Access != s.cfg.Log.Access {
		all = append(all, cfg.Mistake("the access log's place cannot be changed by a reload; restart the instance", "log", "access"))
	}
	if s.adminChanged(cfg) {
		all = append(all, cfg.Mistake("the operator's listener cannot be changed by a reload; restart the instance", "admin"))
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func (s *Server) adminChanged(cfg *config.Config) bool {
	was, is := s.cfg.Admin, cfg.Admin
	if was == nil || is == nil {
		return was != is
	}
	return was.Address != is.Address || !was.Token.Equal(is.Token)
}

// reloadCertificates reads all of them before it takes any.
func (s *Server) reloadCertificates(cfg *config.Config) error {
	take := make([]func(), 0, len(s.listeners))
	for i, l := range s.listeners {
		if cfg.Listeners[i].TLS == nil {
			continue
		}
		pairs, err := loadCertificates(cfg.Listeners[i].TLS)
		if err != nil {
			return fmt.Errorf("listener %s: %w", l.Name, err)
		}
		take = append(take, func() { l.certificates.Store(&pairs) })
	}
	for _, t := range take {
		t()
	}
	return nil
}
