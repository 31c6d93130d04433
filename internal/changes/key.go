package changes

// WhoKind says by what a caller is known.
type WhoKind uint8

// The kinds of callers, the most telling first.
const (
	App        WhoKind = iota + 1 // the app is known
	Credential                    // no app: the fingerprint of a credential
	Network                       // neither: the network
)

// Key is who calls what. Memory.Key makes one.
type Key struct {
	Kind  WhoKind
	Who   uint64 // the hash of the app's id, the fingerprint or the network
	Route uint64 // the hash of the route's name, so that it stays the same when routes are added or reordered
}

// Key returns the key of a caller at a route. It may be called from any goroutine.
func (m *Memory) Key(kind WhoKind, who, route string) Key {
	return Key{Kind: kind, Who: m.hash(Feature(200+kind), who), Route: m.hash(200, route)}
}
