package server

import (
	"context"
	"errors"

	"github.com/candor-gateway/candor/internal/config"
)

// readKept reads what a configuration that is only observed keeps: its keys and its store, which nobody writes. Where they are not there no credential can be
// verified, and no check that asks who calls is observed.
func (s *Server) readKept(ctx context.Context, of *config.Config) error {
	reader := &Server{cfg: of, core: &core{}}
	k, release, err := reader.look(ctx, s.o.Now())
	if err != nil {
		return errors.Join(err, release())
	}
	unlock := s.core.unlock
	s.core.unlock = func() error { return errors.Join(release(), unlock()) }
	s.known = k
	if reader.core.verifier != nil {
		s.core.verifier = reader.core.verifier
		return nil
	}
	s.cfg.WithoutCallers()
	if needsTokens(of) {
		s.log.Warn("no keys and no store are there to read, so no credential can be verified: nothing is said of credentials, permissions and quotas", "data", of.Data)
	}
	return nil
}
