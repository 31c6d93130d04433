// Package upstream is the other side of a call: the servers that Candor forwards to, and the
// connections kept to them.
package upstream

import (
	"net/url"
	"reflect"
	"strings"
	"time"
)

// Spec is one upstream as configured. internal/config fills every field, so that a zero duration
// means "no limit" and never "not said".
type Spec struct {
	Name string
	// Targets are the servers' base URLs: scheme, host and port, and a path that stands before those of the calls.
	Targets []string

	Connect time.Duration // until a TCP connection stands
	TLS     time.Duration // the TLS handshake after it
	Waits

	PoolIdle time.Duration // an idle connection is closed after this; keep it below the server's own
	PoolAge  time.Duration // no connection is used for longer than this
	PoolSize int           // idle connections kept at most; 0: none is kept

	// InFlight is how many calls the target is sent at once; the others are refused at once. 0: no bound.
	InFlight int
	// Breaker says when the target is given a rest; nil: never.
	Breaker *BreakerSpec

	// Prefix stands before the path of every call: "/v1", without a slash at its end; "" none.
	Prefix string

	// Via is our name in the Via field of what is forwarded; empty: none is written.
	Via string
	// Wrap says which error answers are replaced by one of ours; the others pass byte for byte.
	Wrap Wrap
	// Lenient is what is let pass of answers that break HTTP.
	Lenient Lenient

	// Host is what the Host field says to the upstream: "" the caller's own, HostTarget the target's authority, or a name of its own.
	Host string
	// RequestID is the header in which the upstream gets the id of a call; "" none.
	RequestID string
	// NoForwarded leaves out who called: Forwarded, X-Forwarded-For, -Proto and -Host are not written.
	NoForwarded bool

	// TLSName is whom the certificate must name, and whom SNI asks for; "" the host of the target.
	TLSName            string
	CA                 string // PEM file of the authorities to trust; "" means the system's
	InsecureSkipVerify bool   // https without looking at the certificate
}

// Waits bound how long an answer is waited for; 0 is none.
type Waits struct {
	FirstByte time.Duration // from the request's last byte to the answer's first
	Gap       time.Duration // between two bytes of an answer
	StreamGap time.Duration // the same, of an answer that says by its type that it is sent as things happen
}

// Wrap says which error answers are replaced.
type Wrap uint8

// Those that are.
const (
	WrapNone  Wrap = iota
	WrapAll        // all that do not speak as we do
	WrapEmpty      // those without a body
)

// Site is where the targets are, whatever their paths: two upstreams of one site are one server. It is "" where a target is no URL.
func (s Spec) Site() string {
	var at []string
	for _, target := range s.Targets {
		to, err := url.Parse(target)
		if err != nil {
			return ""
		}
		at = append(at, to.Scheme+"://"+to.Host)
	}
	return strings.Join(at, " ")
}

// SentHost is what the Host field always says to the upstream; "" where it is the caller's own.
func (s Spec) SentHost() string {
	if s.Host != HostTarget || len(s.Targets) == 0 {
		return s.Host
	}
	if to, err := url.Parse(s.Targets[0]); err == nil {
		return to.Host
	}
	return ""
}

// HostTarget is the word for the target's own authority in Spec.Host.
const HostTarget = "target"

// Equal reports whether both specs say the same, whatever their files contain.
func (s Spec) Equal(other Spec) bool { return reflect.DeepEqual(s, other) }
