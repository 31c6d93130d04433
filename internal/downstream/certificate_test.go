package downstream

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestCertificateOfAPeer: a client's certificate counts where somebody has looked who signed it, and only there.
func TestCertificateOfAPeer(t *testing.T) {
	server, client := testkit.SelfSigned(t, "server", nil, testkit.Authority).Pair(), testkit.SelfSigned(t, "client", nil, testkit.Authority).Pair()
	roots := x509.NewCertPool()
	roots.AddCert(client.Leaf)
	for name, c := range map[string]struct {
		asks tls.ClientAuthType
		own  []tls.Certificate
		want string
	}{
		"asked for and verified":   {tls.VerifyClientCertIfGiven, []tls.Certificate{client}, "client"},
		"asked for, and none sent": {tls.VerifyClientCertIfGiven, nil, ""},
		"sent, and nobody looked":  {tls.RequestClientCert, []tls.Certificate{client}, ""},
		"nobody asked":             {tls.NoClientCert, []tls.Certificate{client}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := "not served"
			u := newUser()
			u.serve = func(k Call, _ Fault) After {
				got = ""
				if cert := k.Peer().Certificate; cert != nil {
					got = cert.Subject.CommonName
				}
				k.Answer([]byte("HTTP/1.1 204 No Content\r\n"), nil)
				return Keep
			}
			u.talkTLS(t, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{server}, ClientAuth: c.asks, ClientCAs: roots},
				&tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, Certificates: c.own})
			if got != c.want {
				t.Errorf("the peer's certificate is %q, want %q", got, c.want)
			}
		})
	}
}

// talkTLS serves one call of a TLS client.
func (u *user) talkTLS(t *testing.T, over, own *tls.Config) {
	t.Helper()
	l := testkit.Listen(t)
	defer l.Close()
	defer u.side.Close()
	u.gone.Add(1)
	go func() {
		tcp, failed := l.AcceptTCP()
		if failed != nil {
			u.gone.Done()
			return
		}
		u.side.New(tcp, over, u.side.Clock.Mono(), 1, u).Start(t.Context())
	}()
	client, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", l.Addr().String(), own)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, client)
	_ = client.Close()
	u.gone.Wait()
}
