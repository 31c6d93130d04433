package admission

import (
	"crypto/x509"
	"net/netip"

	"github.com/candor-gateway/candor/internal/access"
)

// Peer is from where the call comes.
type Peer struct {
	Addr        netip.Addr // of who calls, through however many balancers
	Shared      bool       // Addr is a balancer's, whose callers are not known: it stands for many
	TLS         bool
	Certificate *x509.Certificate // the client's, verified in the handshake; nil: none
}

// Caller is who calls, as a good credential says. The zero Caller is nobody: none was asked for, or none was sent.
type Caller struct {
	Kind      access.Kind    // of the credential
	App       *access.App    // nil: the policy does not know it any more; permission refuses that
	Member    *access.Member // nil: the app calls for itself
	Scopes    access.ScopeSet
	ScopeText string        // their names joined by spaces, as the upstream is told
	Grant     *access.Grant // of an access token of ours; nil: there is none
	Ends      int64         // of another issuer's token: unix seconds at which it is not good any more; 0: it did not say
}

// Known reports whether there is a caller at all.
func (c *Caller) Known() bool { return c.Kind != access.NoCredential }

// ids are what is counted by, 0 for whom there is not.
func (c *Caller) ids() (app access.AppID, member access.MemberID) {
	if c.App != nil {
		app = c.App.ID
	}
	if c.Member != nil {
		member = c.Member.ID
	}
	return app, member
}
