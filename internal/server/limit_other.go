//go:build !unix

package server

import "github.com/candor-gateway/candor/internal/config"

// connections is how many client connections the process takes.
func connections(cfg *config.Config) int {
	if cfg.Limits.Connections > 0 {
		return cfg.Limits.Connections
	}
	return 10_000
}
