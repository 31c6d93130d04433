package testkit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Issued is a certificate and its key.
type Issued struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
}

// SelfSigned makes a certificate that signs itself. It bears a name of its own, and is for the hosts, which are names or addresses; without any, for its name.
// It holds from long ago for a long time, and is no authority, unless change says otherwise.
func SelfSigned(tb testing.TB, name string, hosts []string, change ...func(*x509.Certificate)) *Issued {
	tb.Helper()
	return Issue(tb, nil, name, hosts, change...)
}

// Issue is SelfSigned, but signed by another; by itself where by is nil.
func Issue(tb testing.TB, by *Issued, name string, hosts []string, change ...func(*x509.Certificate)) *Issued {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
	}
	addHosts(template, name, hosts)
	for _, c := range change {
		c(template)
	}
	if by == nil {
		by = &Issued{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.Cert, &key.PublicKey, by.Key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return &Issued{cert, key}
}

func addHosts(template *x509.Certificate, name string, hosts []string) {
	if len(hosts) == 0 {
		hosts = []string{name}
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
}

// Authority lets a certificate sign others.
func Authority(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true }

// Span bounds the time for which a certificate holds.
func Span(begins, ends time.Time) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = begins, ends }
}

// Pair is what crypto/tls takes.
func (i *Issued) Pair() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{i.Cert.Raw}, PrivateKey: i.Key, Leaf: i.Cert}
}

// PEM is the certificate as it stands in a file.
func (i *Issued) PEM() string { return block("CERTIFICATE", i.Cert.Raw) }

// KeyPEM is the key as it stands in a file.
func (i *Issued) KeyPEM(tb testing.TB) string {
	tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.Key)
	if err != nil {
		tb.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// Files writes certificate and key where a configuration can point to them: cert.pem and key.pem of a folder of their own.
func (i *Issued) Files(tb testing.TB) (cert, key string) {
	tb.Helper()
	dir := tb.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, text := range map[string]string{cert: i.PEM(), key: i.KeyPEM(tb)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return cert, key
}
