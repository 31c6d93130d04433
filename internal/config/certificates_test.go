package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// writePair writes a certificate for api.example.com and its key.
func writePair(t *testing.T, dir, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"api.example.com"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: cert},
		name + ".key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	writePair(t, dir, "api")
	writePair(t, dir, "other")
	parse := func(cert, key string) error {
		text := least + fmt.Sprintf("listeners:\n  - address: :8443\n    tls:\n      certificates:\n        - {cert: %s, key: %s}\n", cert, key)
		_, err := Parse(filepath.Join(dir, "candor.yaml"), []byte(text), testEnv)
		return err
	}
	in := func(file string) string { return filepath.Join(dir, file) }
	tests := []struct{ name, cert, key, want string }{
		{"good", "api.pem", "api.key", ""},
		{"absent", "absent.pem", "absent.key", fmt.Sprintf("8:18: %q: there is no such file\n8:35: %q: there is no such file", in("absent.pem"), in("absent.key"))},
		{"a folder", ".", "api.key", fmt.Sprintf("8:18: %q: this is no ordinary file; expected a PEM file", dir)},
		{"not PEM", "candor.yaml", "api.key", fmt.Sprintf("8:18: %q: there is no such file", in("candor.yaml"))},
		{"the key twice", "api.key", "api.key", fmt.Sprintf("8:18: %q: there is no certificate in this file; expected PEM with BEGIN CERTIFICATE", in("api.key"))},
		{"another's key", "api.pem", "other.key", fmt.Sprintf("8:32: %q is not the key of %q: tls: private key does not match public key", in("other.key"), in("api.pem"))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := ""
			for i, line := range strings.FieldsFunc(test.want, func(c rune) bool { return c == '\n' }) {
				if i > 0 {
					want += "\n"
				}
				want += in("candor.yaml") + ":" + line
			}
			got := ""
			if err := parse(test.cert, test.key); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}
