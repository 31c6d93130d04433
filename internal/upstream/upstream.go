package upstream

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// Upstream is one server that calls are forwarded to, and the connections kept to it. It survives reloads that leave its Spec as it was.
type Upstream struct {
	spec    Spec
	address string      // host:port to dial
	host    string      // the target's authority
	sent    string      // what Host says, where the caller's own is not kept
	tls     *tls.Config // nil: plain
	ca      []byte      // what the file of the authorities contained
	limits  http1.Limits
	clock   *clock.Clock
	buffers *buffer.Lender
	stats   Stats
	pool    pool
	warned  atomic.Uint32 // of what leniencies the operator was told
	gate    *gate         // one for each target, once there are several
	tell    func(BreakerChange)

	portable bool // the plain way where a faster one exists, too
}

// Stats are plain counters, for the operator.
type Stats struct {
	Dialled, Failed, Reused, Closed atomic.Int64
	Lenient                         [LenientCount]atomic.Int64 // answers in which it was needed, by the number of its bit
	Retried                         [RetriedCount]atomic.Int64 // calls that could be sent again
}

// New makes the upstream of spec; it dials nothing yet. limits bound the answers' heads. The error names the key that is wrong.
func New(spec Spec, limits http1.Limits, c *clock.Clock, b *buffer.Lender) (*Upstream, error) {
	if len(spec.Targets) != 1 {
		return nil, fmt.Errorf("upstream %s: targets: one is needed, %d are given", spec.Name, len(spec.Targets))
	}
	to, err := url.Parse(spec.Targets[0])
	if err != nil {
		return nil, fmt.Errorf("upstream %s: targets: %w", spec.Name, err)
	}
	limits.Lenient = http1.Lenient(spec.Lenient)
	u := &Upstream{gate: &gate{}, spec: spec, limits: limits, clock: c, buffers: b, host: to.Host, sent: cmp.Or(spec.SentHost(), to.Host)}
	switch to.Scheme {
	case "http":
		u.address = withPort(to, "80")
	case "https":
		u.address = withPort(to, "443")
		if u.ca, err = authorities(spec); err == nil {
			u.tls, err = clientTLS(spec, u.ca, cmp.Or(spec.TLSName, to.Hostname()))
		}
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", spec.Name, err)
		}
	default:
		return nil, fmt.Errorf("upstream %s: targets: %q begins neither with http:// nor with https://", spec.Name, spec.Targets[0])
	}
	return u, nil
}

func withPort(u *url.URL, port string) string {
	if p := u.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// authorities reads the file of the authorities to trust; none: the system's.
func authorities(spec Spec) ([]byte, error) {
	if spec.CA == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(spec.CA)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	return pem, nil
}

// MadeFrom reports whether New would make the same upstream of spec and limits now. A file of authorities whose content has changed makes another one, one that
// cannot be read too: New then says why.
func (u *Upstream) MadeFrom(spec Spec, limits http1.Limits) bool {
	limits.Lenient = http1.Lenient(spec.Lenient)
	if !u.spec.Equal(spec) || !reflect.DeepEqual(u.limits, limits) {
		return false
	}
	if u.tls == nil {
		return true
	}
	pem, err := authorities(spec)
	return err == nil && bytes.Equal(pem, u.ca)
}

// clientTLS speaks HTTP/1.1 only (ALPN), since that is what this room can carry.
func clientTLS(spec Spec, ca []byte, name string) (*tls.Config, error) {
	c := &tls.Config{
		ServerName: name, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify:          spec.InsecureSkipVerify, //nolint:gosec // the operator asked for it, by a key whose name says so
		DynamicRecordSizingDisabled: true,
	}
	if spec.CA == "" {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("ca: no certificate in %s", spec.CA)
	}
	return c, nil
}

// Portable makes the upstream use the plain way where a faster one exists, too: both pass the same tests.
func (u *Upstream) Portable() { u.portable = true }

// Spec is what the upstream was made from.
func (u *Upstream) Spec() Spec { return u.spec }

// Host is what the Host field says to the upstream. Where it is not fixed the caller's own is kept, and this is for a caller that sent none.
func (u *Upstream) Host() (name string, fixed bool) {
	return u.sent, u.spec.Host != ""
}

// Target is the authority of the target, as its URL names it.
func (u *Upstream) Target() string { return u.host }

// Scheme is http or https.
func (u *Upstream) Scheme() string {
	if u.tls != nil {
		return "https"
	}
	return "http"
}

// Limits bound the answers' heads and framing.
func (u *Upstream) Limits() *http1.Limits { return &u.limits }

// Waits are the limits of an answer, where a call has none of its own.
func (u *Upstream) Waits() Waits { return u.spec.Waits }

// Via is the name by which the upstream is told of us; empty: it is not.
func (u *Upstream) Via() string { return u.spec.Via }

// Stats counts the connections.
func (u *Upstream) Stats() *Stats { return &u.stats }
