//go:build unix

package server

import (
	"golang.org/x/sys/unix"

	"github.com/candor-gateway/candor/internal/config"
)

// connections is how many client connections the process takes: two fifths of the files that it may open, since each may need one to an upstream.
func connections(cfg *config.Config) int {
	if cfg.Limits.Connections > 0 {
		return cfg.Limits.Connections
	}
	var lim unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &lim) != nil || lim.Cur > 1<<30 {
		return 400_000
	}
	return max(16, int(lim.Cur/5*2))
}
