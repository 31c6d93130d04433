package server

import (
	"crypto/rand"

	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/config"
)

// newCache makes the store of answers. It takes next to no memory as long as no route has a cache.
func newCache(cfg *config.Config) *cache.Store {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	return cache.New(cfg.Cache.Size, secret)
}
