package changes

import (
	"fmt"
	"slices"
)

// WhoKind says by what a caller is known.
type WhoKind uint8

// The kinds of callers, the most telling first.
const (
	App        WhoKind = iota + 1 // the app is known
	Credential                    // no app: the fingerprint of a credential
	Network                       // neither: the network
)

var whoKinds = [...]string{"", "app", "credential", "network"}

// String is the kind for programs, like "app".
func (k WhoKind) String() string {
	if int(k) < len(whoKinds) {
		return whoKinds[k]
	}
	return "kind " + number(int64(k))
}

// MarshalText is String, so that JSON has the name.
func (k WhoKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name back.
func (k *WhoKind) UnmarshalText(text []byte) error {
	i := slices.Index(whoKinds[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is no kind of caller", text)
	}
	*k = WhoKind(i)
	return nil
}

// Key is who calls what. Memory.Key makes one.
type Key struct {
	Kind  WhoKind
	Who   uint64 // the hash of the app's id, the fingerprint or the network
	Route uint64 // the hash of the route's name, so that it stays the same when routes are added or reordered
}

// Key returns the key of a caller at a route. It may be called from any goroutine. The Who of a caller is the same at each route.
//
// route is the method and the name of the route, like "POST /v2/posts": what a POST has and a GET has not would otherwise look like noise.
func (m *Memory) Key(kind WhoKind, who, route string) Key {
	return Key{Kind: kind, Who: m.hash(Feature(200+kind), who), Route: m.hash(200, route)}
}
