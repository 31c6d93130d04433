package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// serveAdmin begins to serve the operator, and opens the socket over which the CLI speaks to this instance.
func (s *Server) serveAdmin(ctx context.Context, cfg *config.Config) (err error) {
	o := s.adminOptions(cfg)
	if s.adminListener != nil {
		s.admin = admin.Serve(s.adminListener, o)
	}
	if s.core.folder != "" {
		s.socket, err = admin.ListenUnix(ctx, socketPath(s.core.folder), o)
	}
	return err
}

func (s *Server) adminOptions(cfg *config.Config) admin.Options {
	o := admin.Options{
		Version: s.o.Version, Commit: s.o.Commit, Log: s.log, Calls: s.calls, Ready: s.notReady,
		RouteName:   s.numbers.Name,
		ProblemName: func(n uint8) string { return problem.Type(n).Name() },
		CheckName:   func(n uint8) string { return route.Check(n).String() },
		Numbers:     s.gauges(), Families: s.families(), Mint: s.mintForOperator, Route: s.Try, Apps: s, Tokens: tokens{s}, Accounts: s.Accounts(), DeveloperKeys: s.Accounts(), Requests: s.lookup(), Usage: s.askedUsage, Digest: s.Digest, Pages: s.operatorPages(), Debug: s.mintDebug, Extras: s.o.Sandbox.Extras, Cache: s,
	}
	if cfg.Admin != nil {
		o.Token = cfg.Admin.Token.Value()
	}
	if s.core.folder != "" {
		o.Socket = socketPath(s.core.folder)
	}
	if s.o.Sandbox.Stage == nil { // a sandbox is followed by nothing
		o.TakeOver = s.handOver
	}
	if s.o.Load != nil {
		o.Reload = s.ReadAgain
	}
	return o
}

func (s *Server) notReady() string {
	if s.draining.Load() && !s.handing.isOn() {
		return "draining"
	}
	return ""
}

func (s *Server) gauges() []admin.Number {
	all := []admin.Number{
		{Name: "candor_connections", Help: "Client connections that are open.", Value: func() float64 { return float64(s.gateway.Connections()) }},
		{Name: "candor_connections_closed_for_room_total", Help: "Client connections that were closed, idle or silent, because all places were taken.", Total: true, Value: func() float64 { return float64(s.gateway.MadeRoom()) }},
		{Name: "candor_connections_refused_total", Help: "Client connections for which there was no place.", Total: true, Value: func() float64 { return float64(s.gateway.Refused()) }},
		{Name: "candor_connections_ungreeted_total", Help: "Client connections that were closed for want of a PROXY header, where one is required.", Total: true, Value: func() float64 { return float64(s.gateway.Ungreeted()) }},
		{Name: "candor_calls_in_flight", Help: "Calls that were admitted and are not over.", Value: func() float64 { return float64(s.limiter.InFlight()) }},
		{Name: "candor_upgrades", Help: "Connections that are open and were switched to WebSocket.", Value: func() float64 { return float64(s.gateway.Upgrades()) }},
		{Name: "candor_body_bytes_held", Help: "Bytes that calls hold: request bodies that are checked, and heads beyond 16 KiB.", Value: func() float64 { return float64(s.gateway.Held()) }},
		{Name: "candor_upstream_connections_made_total", Help: "Connections made to upstreams.", Total: true, Value: func() float64 { return s.upstreamSum(dialled) }},
		{Name: "candor_upstream_connections_failed_total", Help: "Connections to upstreams that could not be made.", Total: true, Value: func() float64 { return s.upstreamSum(failed) }},
		{Name: "candor_upstream_connections_reused_total", Help: "Calls sent over a kept connection.", Total: true, Value: func() float64 { return s.upstreamSum(reused) }},
		{Name: "candor_access_log_lines_dropped_total", Help: "Access log lines that are missing: the log was not written fast enough, or not at all.", Total: true, Value: s.dropped},
		{Name: "candor_log_lines_dropped_total", Help: "Lines of Candor's own log that are missing.", Total: true, Value: s.droppedOwn},
	}
	all = append(all, s.requestNumbers()...)
	all = append(all, s.usageNumbers()...)
	all = append(all, s.cacheNumbers()...)
	if w := s.www; w != nil {
		all = append(all,
			admin.Number{Name: "candor_www_connections", Help: "Connections of www that are open.", Value: func() float64 { return float64(w.seats.count()) }},
			admin.Number{Name: "candor_www_answers_total", Help: "Answers of www.", Total: true, Value: func() float64 { return float64(w.answers.Load()) }})
		all = append(all, s.oauthNumbers()...)
	}
	return all
}

func (s *Server) families() []admin.Family {
	all := []admin.Family{s.certificateEnds(), s.tolerated(), s.lenient(), s.retries(), s.requestsDropped(), s.breakers(), s.upstreamsInFlight()}
	all = append(all, s.cacheFamilies()...)
	if s.www != nil {
		all = append(all, s.oauthFamilies()...)
	}
	return all
}

func (s *Server) dropped() float64 {
	if s.access == nil {
		return 0
	}
	return float64(s.access.Stats().Missing())
}

func (s *Server) droppedOwn() float64 {
	if s.o.Own == nil {
		return 0
	}
	return float64(s.o.Own.to.Missing())
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
	m := s.core.minter(s.known)
	s.mu.Unlock()
	return m.Mint(ctx, o, now)
}

// RevokeGrant kills a grant with all its tokens, durably, and at once.
func (s *Server) RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error {
	_, err := s.core.verifier.Write(func() (token.Exchanged, error) {
		return token.Exchanged{Revoked: id, Reason: why}, s.core.store.RevokeGrant(ctx, id, why)
	})
	if err != nil {
		return fmt.Errorf("revoke a grant: %w", err)
	}
	return nil
}

// RevokeToken takes one token back, durably, and at once. ends is its end in unix seconds.
func (s *Server) RevokeToken(ctx context.Context, id token.ID, ends int64) error {
	t := token.RevokedToken{ID: id, Ends: ends}
	_, err := s.core.verifier.Write(func() (token.Exchanged, error) {
		return token.Exchanged{Recalled: []token.RevokedToken{t}}, s.core.store.RevokeToken(ctx, t)
	})
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	return nil
}

// RestrictMember restricts a member, or lifts that, durably, and at once.
func (s *Server) RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error {
	return s.core.restrict(ctx, id, restricted)
}
