package config

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// The keys of the request log: what is kept of calls that failed. There is no switch: what answers are explained by is always there, and with
// data: none it is in memory.
var requestFields = []field[Config]{
	key("keep", func(c *Config) *time.Duration { return &c.Requests.Keep }, span(time.Hour, 10*365*24*time.Hour)),
	key("size", func(c *Config) *int64 { return &c.Requests.Size }, sizeBetween[int64](mib, 1024*gib)),
	key("detail", func(c *Config) *uint64 { return &c.Requests.Detail }, perSecond),
	key("addresses", func(c *Config) *requestlog.Addresses { return &c.Requests.Addresses }, addresses),
}

var addresses = oneOf(word[requestlog.Addresses]{"full", requestlog.FullAddresses}, word[requestlog.Addresses]{"network", requestlog.Networks},
	word[requestlog.Addresses]{"off", requestlog.NoAddresses})

const mostPerSecond = 1_000_000

// perSecond is a number a second, as in 10/s; all is no bound.
var perSecond = kind[uint64]{
	read: func(r *reader, n *yaml.Node, v *uint64) {
		if n.Kind == yaml.ScalarNode && n.Value == "all" {
			*v = 0
			return
		}
		rate.read(r, n, v)
	},
	write: func(v uint64) *yaml.Node {
		if v == 0 {
			return textNode("all")
		}
		return rate.write(v)
	},
}

var rate = scalarOf("a number a second, as in 10/s, from 1/s to 1000000/s, or all", func(s string) (uint64, bool) {
	digits, second := strings.CutSuffix(s, "/s")
	n, err := strconv.ParseUint(digits, 10, 32)
	return n, second && err == nil && n >= 1 && n <= mostPerSecond
}, func(v uint64) *yaml.Node { return textNode(strconv.FormatUint(v, 10) + "/s") })
