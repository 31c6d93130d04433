package admin

import (
	"context"
	"net/http"
)

// Cache is what an operator may know of the cache of answers, and do with it. What the caller can mend is returned as *Fault.
type Cache interface {
	CacheFigures(ctx context.Context) (CacheFigures, error)
	ClearCache(ctx context.Context, of CacheClear) (CacheCleared, error)
}

var _ Cache = (*Client)(nil)

// CacheFigures are what is kept, and what came of it since the instance began.
type CacheFigures struct {
	Size    int64         `json:"size"`  // bytes that it may take: cache.size
	Bytes   int64         `json:"bytes"` // that it takes
	Answers int64         `json:"answers"`
	Routes  []CachedRoute `json:"routes"` // those that have a cache, and those that had one
}

// CachedRoute is what is kept of a route's answers, and what came of it.
type CachedRoute struct {
	Route       string `json:"route"`
	Mode        string `json:"mode"` // as the configuration has it now
	Answers     int64  `json:"answers"`
	Bytes       int64  `json:"bytes"`
	Hits        uint64 `json:"hits"`        // calls that were answered from the cache
	Revalidated uint64 `json:"revalidated"` // the same, once the API had said that the answer still holds
	Stale       uint64 `json:"stale"`       // answered by what was past its time, as the API allowed
	Coalesced   uint64 `json:"coalesced"`   // answered by what another call brought at that moment
	Misses      uint64 `json:"misses"`      // that the API answered
	Stored      uint64 `json:"stored"`      // answers that were kept
	Evicted     uint64 `json:"evicted"`     // that made room for others
}

// CacheClear says what is forgotten: the answers of an API, of a route as it is shown (api/route), or all of them.
type CacheClear struct {
	API   string `json:"api,omitempty"`
	Route string `json:"route,omitempty"`
}

// CacheCleared is what was done.
type CacheCleared struct {
	Cleared int64 `json:"cleared"` // answers
}

const (
	cachePath      = "/v1/cache"
	cacheClearPath = cachePath + "/clear"
)

// CacheFigures has the instance tell what its cache keeps.
func (c *Client) CacheFigures(ctx context.Context) (told CacheFigures, err error) {
	err = c.do(ctx, "GET", cachePath, nil, &told)
	return told, err
}

// ClearCache has the instance forget answers. What the instance refuses comes back as *Fault.
func (c *Client) ClearCache(ctx context.Context, of CacheClear) (done CacheCleared, err error) {
	err = c.post(ctx, cacheClearPath, of, &done)
	return done, err
}

// cacheEndpoints are what is here of the cache.
func (p *panel) cacheEndpoints() []endpoint {
	if p.Cache == nil {
		return nil
	}
	figures := func(r *http.Request) (any, error) { return p.Cache.CacheFigures(r.Context()) }
	return []endpoint{
		{Path: cachePath, Methods: []string{"GET", "HEAD"}, What: "tells what the cache of answers keeps, and how many calls it answered; with the token, or over the socket", access: trusted, serve: p.told(figures)},
		{Path: cacheClearPath, Methods: []string{"POST"}, What: "forgets the answers of an api, of a route, or all; with the token, or over the socket", access: trusted, serve: command(p, p.Cache.ClearCache)},
	}
}
