package stage

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/token"
)

// Noon is the time at every gateway of the stage, unless its options say otherwise.
var Noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// ID is the id of every call, unless the options say otherwise, and in the forms in which it is said.
const (
	ID  = "019cab15-c700-7def-8123-456789abcdef"
	Hex = "019cab15c7007def8123456789abcdef"
)

// Gate is a running gateway with a plain listener and one over TLS.
type Gate struct {
	*server.Server
	Plain, TLS string // addresses
	Words      Words  // what configurations may say of the stage
	tb         testing.TB
	ended      bool
	log        *accessLog
}

// Logs waits until a line of the call with this id says text, and reports whether one did.
func (g *Gate) Logs(id, text string) bool { return g.log.says(id, text) }

// Logged are the lines of the call with this id so far.
func (g *Gate) Logged(id string) []string {
	g.log.mu.Lock()
	defer g.log.mu.Unlock()
	return slices.Clone(g.log.byID[id])
}

// StartGate starts a gateway by a configuration, in which {{cert}}, {{key}} and the given words stand for what they name. Its first listener must be the plain
// one, its second that over TLS. It ends with the test.
func StartGate(tb testing.TB, text string, w Words, o server.Options) *Gate {
	tb.Helper()
	g := &Gate{Words: Words{}, tb: tb}
	g.Words["cert"], g.Words["key"] = certificate(tb)
	maps.Copy(g.Words, w)
	if o.Now == nil {
		o.Now = func() time.Time { return Noon }
	}
	if o.NewID == nil {
		id, _ := callid.Parse(ID)
		o.NewID = func(int64) callid.ID { return id }
	}
	if o.Log == nil {
		o.Log = slog.New(panics{slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}), tb})
	}
	if o.Stdout == nil {
		g.log = newAccessLog(tb)
		o.Stdout = g.log
	}
	ctx, cancel := context.WithTimeout(tb.Context(), Patience)
	defer cancel()
	s, err := server.Start(ctx, g.Config(text), o)
	if err != nil {
		tb.Fatal(err)
	}
	g.Server = s
	g.Plain, g.TLS = s.APIAddrs()[0], s.APIAddrs()[1]
	tb.Cleanup(g.End)
	return g
}

// Config reads a configuration of the stage.
func (g *Gate) Config(text string) *config.Config {
	g.tb.Helper()
	for name, word := range g.Words {
		text = strings.ReplaceAll(text, "{{"+name+"}}", word)
	}
	cfg, err := config.Parse("candor.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		g.tb.Fatal(err)
	}
	return cfg
}

// End drains the gateway and waits for its end.
func (g *Gate) End() {
	if g.ended {
		return
	}
	g.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := g.Shutdown(ctx); err != nil {
		g.tb.Errorf("shut down: %v", err)
		_ = pprof.Lookup("goroutine").WriteTo(g.tb.Output(), 1)
	}
}

// Mint makes a token that was issued an hour before Noon and lives two, or as long as life says.
func (g *Gate) Mint(app, member string, life time.Duration, scopes ...string) token.Minted {
	g.tb.Helper()
	made, err := g.Server.Mint(g.tb.Context(), token.Order{App: app, Member: member, Scopes: scopes, Life: life}, Noon.Add(-time.Hour))
	if err != nil {
		g.tb.Fatal(err)
	}
	return made
}

// Trust is a client's configuration that takes the stage's certificate. Its connections resume each other's sessions, which
// saves most of a handshake.
func Trust() *tls.Config {
	return &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // the certificate was made a moment ago
		MinVersion:         tls.VersionTLS12, ServerName: "api", ClientSessionCache: tls.NewLRUClientSessionCache(8),
	}
}

// certificate makes one, as files.
func certificate(tb testing.TB) (cert, key string) {
	tb.Helper()
	dir := tb.TempDir()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "api"}, DNSNames: []string{"api", "localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: Noon.AddDate(-1, 0, 0), NotAfter: Noon.AddDate(20, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		tb.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write(tb, cert, "CERTIFICATE", der)
	write(tb, key, "PRIVATE KEY", secret)
	return cert, key
}

func write(tb testing.TB, path, kind string, der []byte) {
	tb.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// ServerTLS is a server's configuration with a certificate of the stage.
func ServerTLS(tb testing.TB) *tls.Config {
	tb.Helper()
	cert, key := certificate(tb)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		tb.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}
