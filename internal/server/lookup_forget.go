package server

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// forgetMember removes what the request log has of the calls of a member that is erased.
func (s *Server) forgetMember(ctx context.Context, member string) error {
	_, err := s.lookup().ForgetRequests(ctx, admin.ForgetRequests{Member: member})
	return err
}

// forgetStopped does so in the log of an instance that does not run, of which the caller has the folder; where there is none, nothing is to be done.
func forgetStopped(cfg *config.Config) func(ctx context.Context, member string) error {
	return func(ctx context.Context, member string) error {
		if cfg.Data == "" || !exists(filepath.Join(cfg.Data, sqlite.LogFile)) {
			return nil
		}
		log, err := sqlite.OpenLog(ctx, cfg.Data)
		if err != nil {
			return err
		}
		_, err = log.Forget(ctx, "", member)
		return errors.Join(err, log.Close())
	}
}
