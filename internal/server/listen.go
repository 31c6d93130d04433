package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/handover"
)

// listener is one address, and its certificates, which a reload replaces.
type listener struct {
	gateway.Listener
	certificates atomic.Pointer[[]tls.Certificate]
}

// listen takes all addresses, with the sockets that were handed over or new ones. Nobody is served there yet.
func (s *Server) listen(ctx context.Context, cfg *config.Config) error {
	h := s.handed()
	defer h.taken.Close()
	for i := range cfg.Listeners {
		l, err := newListener(ctx, i, &cfg.Listeners[i], h, handover.API)
		if err != nil {
			return err
		}
		s.listeners = append(s.listeners, l)
	}
	if err := s.listenWWW(ctx, cfg, h); err != nil {
		return err
	}
	if err := s.listenForOperator(ctx, cfg.Admin, h); err != nil {
		return err
	}
	return h.leftOver(s.log, cfg)
}

func (s *Server) listenForOperator(ctx context.Context, of *config.Admin, h *handed) error {
	if of == nil {
		return nil
	}
	if err := admin.CheckAddress(of.Address, of.Token.Value()); err != nil {
		return err
	}
	l, err := h.listen(ctx, of.Address, handover.Admin)
	if err != nil {
		return fmt.Errorf("for the operator: %w", err)
	}
	s.adminListener = l
	return nil
}

func newListener(ctx context.Context, number int, of *config.Listener, h *handed, what string) (*listener, error) {
	l := &listener{}
	l.Number, l.Names = number, of.Names
	if of.TLS != nil {
		pairs, err := loadCertificates(of.TLS)
		if err != nil {
			return nil, fmt.Errorf("listener %s: %w", of.Address, err)
		}
		l.certificates.Store(&pairs)
		l.TLS = l.config()
		l.Foreign = l.foreign
	}
	tcp, err := h.listen(ctx, of.Address, what)
	if err != nil {
		return nil, err
	}
	l.Net, l.Name = tcp, tcp.Addr().String()
	return l, nil
}

// config speaks TLS 1.2 and later, HTTP/1.1 only.
func (l *listener) config() *tls.Config {
	return &tls.Config{
		// http/1.0 is what curl --http1.0 offers: with no protocol in common the handshake would fail (RFC 7301 §3.2).
		MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", "http/1.0"}, DynamicRecordSizingDisabled: true,
		GetCertificate: l.certificate,
	}
}

// certificate is the one that fits the name the client asks for; the first is for all others.
func (l *listener) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	pairs := *l.certificates.Load()
	for i := range pairs {
		if hello.SupportsCertificate(&pairs[i]) == nil {
			return &pairs[i], nil
		}
	}
	return &pairs[0], nil
}

// foreign reports whether the certificate that a client got by asking for name is not good for host, and another one here is.
func (l *listener) foreign(name, host string) bool {
	pairs := *l.certificates.Load()
	if len(pairs) == 1 {
		return false
	}
	of := func(name string) int {
		return slices.IndexFunc(pairs, func(c tls.Certificate) bool { return c.Leaf != nil && c.Leaf.VerifyHostname(name) == nil })
	}
	got, wanted := max(0, of(name)), of(host)
	return wanted >= 0 && wanted != got && pairs[got].Leaf.VerifyHostname(host) != nil
}

func loadCertificates(of *config.TLS) ([]tls.Certificate, error) {
	var pairs []tls.Certificate
	for _, c := range of.Certificates {
		pair, err := config.LoadPair(c)
		if err != nil {
			return nil, fmt.Errorf("certificate %w", err)
		}
		pairs = append(pairs, pair)
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("tls: there is no certificate")
	}
	return pairs, nil
}

// listeners are those of a configuration that may speak TLS: those for calls, then www.
func listeners(cfg *config.Config) []config.Listener {
	all := slices.Clone(cfg.Listeners)
	if w := cfg.WWW; w != nil {
		all = append(all, config.Listener{Address: w.Address, TLS: w.TLS})
	}
	return all
}

// allListeners are those at work, in the same order.
func (s *Server) allListeners() []*listener {
	all := slices.Clone(s.listeners)
	if s.www != nil {
		all = append(all, s.www.listener)
	}
	return all
}

// APIAddrs are the addresses on which calls come in, in the order of the configuration, with their real ports.
func (s *Server) APIAddrs() []string {
	var all []string
	for _, l := range s.listeners {
		all = append(all, l.Name)
	}
	return all
}

// WWWAddr is the address of the pages, "" where there are none.
func (s *Server) WWWAddr() string {
	if s.www == nil {
		return ""
	}
	return s.www.Name
}

// AdminAddr is the operator's address, "" where there is none.
func (s *Server) AdminAddr() string {
	if s.admin == nil {
		return ""
	}
	return s.admin.Addr()
}
