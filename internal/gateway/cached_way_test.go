package gateway

import (
	"testing"

	"github.com/candor-gateway/candor/internal/route"
)

// An API may write into its answer how it was called, as a caller says: who says something else gets an answer of its own, which nobody else does.
func TestCacheIsNotPoisoned(t *testing.T) {
	for _, field := range []string{
		"X-Forwarded-Host: evil.example", "X_Forwarded_Host: evil.example", "X-Forwarded-Scheme: http", "X-Forwarded-Ssl: off", "X-Forwarded-Server: evil.example",
		"X-Forwarded-Prefix: //evil.example", "X-Host: evil.example", "x-http-host-override: evil.example", "X-Original-Host: evil.example", "Front-End-Https: off",
		"X-URL-Scheme: http", "Origin: https://evil.example", "Forwarded: host=evil.example",
	} {
		t.Run(field, func(t *testing.T) {
			p, later := caching(route.CacheShared)
			h := p.open(t, answering(ok("evil", "Cache-Control: public, max-age=60"), ok("good", "Cache-Control: public, max-age=60")))
			h.play(t, later, []step{
				{0, "GET /public/x|" + field, "200 evil", "fwd=uri-miss; stored", "", true},
				{0, "GET /public/x", "200 good", "fwd=uri-miss; stored", "", true},
				{0, "GET /public/x|X-Forwarded-For: 192.0.2.1", "200 good", "hit; ttl=60", "0", false},
				{0, "GET /public/x|" + field, "200 evil", "hit; ttl=60", "0", false},
			})
		})
	}
}
