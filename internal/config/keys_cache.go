package config

import (
	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
)

// cacheFields are the keys of what all routes' caches have in common.
var cacheFields = []field[Config]{
	key("size", func(c *Config) *int64 { return &c.Cache.Size }, sizeBetween[int64](mib, 1024*gib)),
}

var cacheMode = oneOf(cacheWord(route.CacheOff), cacheWord(route.CacheShared), cacheWord(route.CachePerPrincipal))

func cacheWord(m route.CacheMode) word[route.CacheMode] { return word[route.CacheMode]{m.String(), m} }

// routeCacheKeys are what a route keeps of its answers. A word alone is the mode.
var routeCacheKeys = object[route.Cache]{
	what:  "cache",
	short: "mode",
	like:  "{mode: shared}",
	start: func() route.Cache { return route.Cache{MaxEntry: route.DefaultCacheEntry} },
	fields: []field[route.Cache]{
		required(key("mode", func(c *route.Cache) *route.CacheMode { return &c.Mode }, cacheMode)),
		key("set_cookie", func(c *route.Cache) *bool { return &c.SetCookie }, truth),
		key("max_entry", func(c *route.Cache) *int64 { return &c.MaxEntry }, sizeBetween[int64](kib, gib)),
		elsewhere[route.Cache]("size", "stands at the top of the file, as in cache: {size: 64MiB}: all routes share it; max_entry bounds one answer"),
	},
}

// routeCache is zero for off, whatever else is said with it.
var routeCache = kind[route.Cache]{
	read: func(r *reader, n *yaml.Node, c *route.Cache) {
		routeCacheKeys.kind().read(r, n, c)
		if c.Mode == route.CacheOff {
			*c = route.Cache{}
		}
	},
	write: func(c route.Cache) *yaml.Node {
		if c.Mode == route.CacheOff {
			return textNode("off")
		}
		return routeCacheKeys.write(&c)
	},
}
