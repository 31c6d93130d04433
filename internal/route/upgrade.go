package route

import (
	"slices"
	"strings"
	"time"
)

// WebSocket is the one protocol to which connections are switched, as it is configured and as Upgrade names it.
const WebSocket = "websocket"

// Upgrade is to what a route lets its connections be switched (RFC 9110 §7.8).
type Upgrade struct {
	Protocols   []string      // WebSocket
	EndAtExpiry bool          // it ends with the token that it was opened with
	Idle        time.Duration // it ends once nothing has come from either side for so long; 0: never
}

// ProtocolFault says what is wrong with the name of a protocol; "" nothing.
func ProtocolFault(name string) string {
	switch {
	case name == WebSocket:
		return ""
	case strings.EqualFold(name, WebSocket), strings.EqualFold(name, "ws"), strings.EqualFold(name, "wss"):
		return "is written websocket here"
	}
	return "is not a protocol that is carried; websocket is the only one"
}

// untouched is what an API that is untouched lets pass: how its connections end is its own affair.
var untouched = &Upgrade{Protocols: []string{WebSocket}}

// upgrade is what a route lets pass; nil: nothing.
func (b *builder) upgrade(at place, api *API, spec *Spec) *Upgrade {
	own := spec.Upgrade
	switch {
	case own == nil && api.Untouched:
		return untouched
	case own == nil:
		return nil
	case len(own.Protocols) == 0:
		b.wrong(at.mistake("upgrade", "upgrade: names no protocol; write upgrade: [websocket], or upgrade: off"))
	case len(spec.Methods) > 0 && !slices.Contains(spec.Methods, "GET"):
		b.wrong(at.mistake("upgrade", "a WebSocket is opened by GET, which is not among methods:"))
	}
	for _, name := range own.Protocols {
		if fault := ProtocolFault(name); fault != "" {
			b.wrong(at.mistake("upgrade", "%q %s", name, fault))
		}
	}
	return own
}

// upgradeSense finds what can never be.
func (b *builder) upgradeSense(at place, r *Route) {
	if r.Upgrade != nil && r.Upgrade.EndAtExpiry && r.Credentials.Need == Public {
		b.table.warnings = append(b.table.warnings, at.mistake("upgrade", "a public route knows no token, so nothing ends at its expiry: end_at_expiry says nothing here"))
	}
}
