package stage

import (
	"context"
	"crypto/tls"
	"log/slog"
	"maps"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
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

// opening is how every configuration of the stage begins. front is what else its listeners say, with a comma before it.
const opening = `version: 1
data: {{data}}
profile: {{profile}}
listeners:
  - {address: 127.0.0.1:0{{front}}}
  - {address: 127.0.0.1:0{{front}}, tls: {certificates: [{cert: "{{cert}}", key: "{{key}}"}]}}
admin: off
log: {access: {{access}}}
drain: {{drain}}
`

// StartGate starts a gateway by a configuration that begins with the opening; text is the rest of it. In both {{name}} stands for the word of that name: those
// given, and those of the opening where none is given. It ends with the test.
func StartGate(tb testing.TB, text string, w Words, o server.Options) *Gate {
	tb.Helper()
	g := &Gate{Words: Words{"data": "none", "profile": "standard", "access": "stdout", "drain": "{delay: 0s, finish: 5s}", "front": ""}, tb: tb}
	g.Words["cert"], g.Words["key"] = certificate(tb).Files(tb)
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
	ctx, cancel := context.WithTimeout(tb.Context(), testkit.Patience)
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

// Config reads a configuration of the stage: the opening, and text behind it.
func (g *Gate) Config(text string) *config.Config {
	g.tb.Helper()
	text = opening + text
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
	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
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

// certificate is that of every server of the stage.
func certificate(tb testing.TB) *testkit.Issued {
	tb.Helper()
	return testkit.SelfSigned(tb, "api", []string{"api", "localhost", "127.0.0.1"})
}

// ServerTLS is a server's configuration with a certificate of the stage.
func ServerTLS(tb testing.TB) *tls.Config {
	tb.Helper()
	return &tls.Config{Certificates: []tls.Certificate{certificate(tb).Pair()}, MinVersion: tls.VersionTLS12}
}
