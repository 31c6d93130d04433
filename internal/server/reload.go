package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/config"
)

// ReadAgain reads the configuration of the start again and takes it, whole or not at all: the error says why not, and what is at work stays. It says in the
// log what was taken; what was not is for whoever asked to say.
func (s *Server) ReadAgain(ctx context.Context) error {
	if s.o.Load == nil {
		return errors.New("there is no file to read again")
	}
	cfg, err := s.o.Load()
	if err != nil {
		return err
	}
	if err := s.Reload(ctx, cfg); err != nil {
		return err
	}
	s.warn(cfg)
	s.log.Info("reloaded", "config", cfg.File)
	return nil
}

// Reload takes a new configuration, whole or not at all: the error says why not, and what is at work stays. Addresses of listeners and the data directory are
// those of the start. Calls under way keep the configuration with which they began.
func (s *Server) Reload(ctx context.Context, cfg *config.Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining.Load() {
		return errors.New("this instance is draining")
	}
	if err := s.mayReload(cfg); err != nil {
		return err
	}
	takeCertificates, err := s.newCertificates(cfg)
	if err != nil {
		return err
	}
	if cfg.OAuth != nil {
		if err = s.core.openSigning(cfg); err != nil {
			return err
		}
	}
	site, err := s.newSite(ctx, cfg)
	if err != nil {
		return err
	}
	ups, byName, err := s.upstreams(cfg)
	if err != nil {
		return err
	}
	policy, k, err := s.policy(ctx, cfg, ups, byName)
	if err != nil {
		return err
	}
	if err := s.reopenLog(ctx); err != nil {
		return err
	}
	takeCertificates()
	s.www.take(site)
	before := s.gateway.Policy()
	s.totals.swap(s.gateway, policy)
	s.forgetChanged(before, policy)
	s.gateway.SetBounds(connections(cfg), cfg.Limits.PerAddress)
	s.limiter.SetFailedPerMinute(failedPerMinute(cfg))
	s.requests.Set(cfg.Requests)
	s.cache.Resize(cfg.Cache.Size)
	if s.o.Own != nil {
		s.o.Own.Set(cfg.Log)
	}
	if !slices.Equal(k.undefined, s.known.undefined) {
		s.warnOfProducts(&k)
	}
	s.takeIssuers(policy)
	s.known, s.cfg = k, cfg
	s.keepRevisions()
	s.prepareSigning()
	s.warnOfCertificates(cfg)
	return nil
}

// reopenLog goes on in a new file where the old one was renamed. It is the last that can fail, and disturbs nothing where it does.
func (s *Server) reopenLog(ctx context.Context) error {
	if s.access == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reopenPatience)
	defer cancel()
	return s.access.Reopen(ctx)
}

// reopenPatience is how long a reload waits for the lines of the old file to be written: whoever renamed it will compress it next.
const reopenPatience = time.Second

// mayReload names what only a restart can change. All else a reload applies: a test goes through every key.
func (s *Server) mayReload(cfg *config.Config) error {
	var all config.Mistakes
	refuse := func(changed bool, what string, at ...any) {
		if changed {
			all = append(all, cfg.Mistake(what+" by a reload; restart the instance", at...))
		}
	}
	was := s.cfg
	refuse(cfg.Data != was.Data, "data cannot be changed", "data")
	refuse(cfg.Tokens.Keys != was.Tokens.Keys, "the place of the keys cannot be changed", "tokens", "keys")
	refuse(cfg.Data != "" && needsTokens(cfg) && !s.core.kept, "this instance began without any token, and so without keys and a store; tokens cannot be brought in", "apis")
	refuse(len(cfg.Listeners) != len(was.Listeners), "listeners cannot be added or removed", "listeners")
	for i := range min(len(cfg.Listeners), len(was.Listeners)) {
		refuse(cfg.Listeners[i].Address != was.Listeners[i].Address, "a listener's address cannot be changed", "listeners", i, "address")
		refuse((cfg.Listeners[i].TLS == nil) != (was.Listeners[i].TLS == nil), "a listener's TLS cannot be switched on or off", "listeners", i, "tls")
	}
	refuse((cfg.WWW == nil) != (was.WWW == nil), "www cannot be switched on or off", "www")
	if cfg.WWW != nil && was.WWW != nil {
		refuse(cfg.WWW.Address != was.WWW.Address, "the address of www cannot be changed", "www", "address")
		refuse((cfg.WWW.TLS == nil) != (was.WWW.TLS == nil), "TLS of www cannot be switched on or off", "www", "tls")
	}
	refuse(cfg.Log.Access != was.Log.Access, "the access log's place cannot be changed", "log", "access")
	refuse(adminChanged(was.Admin, cfg.Admin), "the operator's listener and its token cannot be changed", "admin")
	if len(all) > 0 {
		return all
	}
	return nil
}

func adminChanged(was, is *config.Admin) bool {
	if was == nil || is == nil {
		return was != is
	}
	return was.Address != is.Address || !was.Token.Equal(is.Token)
}

// newCertificates reads all of them; take replaces those at work.
func (s *Server) newCertificates(cfg *config.Config) (take func(), err error) {
	all := s.allListeners()
	takes := make([]func(), 0, len(all))
	for i, of := range listeners(cfg) {
		if of.TLS == nil {
			continue
		}
		l := all[i]
		pairs, err := loadCertificates(of.TLS)
		if err != nil {
			return nil, fmt.Errorf("listener %s: %w", l.Name, err)
		}
		takes = append(takes, func() { l.certificates.Store(&pairs) })
	}
	return func() {
		for _, take := range takes {
			take()
		}
	}, nil
}
