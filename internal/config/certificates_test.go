package config

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// shortDir is a folder whose name needs no quotes in YAML, as that of a test may.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "candor") //nolint:usetesting // that of a test has its name in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// issue makes a certificate for a name, signed by another, or by itself. All may sign others.
func issue(t *testing.T, name string, by *testkit.Issued, change ...func(*x509.Certificate)) *testkit.Issued {
	t.Helper()
	numbered := func(c *x509.Certificate) { c.SerialNumber = big.NewInt(0x1A2B) }
	return testkit.Issue(t, by, name, nil, append(change, testkit.Authority, numbered)...)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// TestCertificates: whatever lies where a certificate or a key belongs is called by its name, in the file that must change.
func TestCertificates(t *testing.T) {
	root := issue(t, "root", nil)
	mid := issue(t, "mid", root)
	api := issue(t, "api.example.com", mid)
	other := issue(t, "other", nil)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edDER, err := x509.MarshalPKCS8PrivateKey(ed)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalECPrivateKey(api.Key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(api.Key)
	if err != nil {
		t.Fatal(err)
	}
	cert, key := api.PEM()+mid.PEM(), api.KeyPEM(t)
	const unreadable = "\x00\x01\x02"
	tests := []struct {
		name, cert, key string
		inCert, inKey   string // what is said, behind the file's name
	}{
		{"good", cert, key, "", ""},
		{"both in one file", cert + key, key + cert, "", ""},
		{"a curve's parameters before the key", cert, block("EC PARAMETERS", []byte{6, 1, 1}) + block("EC PRIVATE KEY", ecDER), "", ""},
		{"text around the blocks", "subject=x\n" + cert, "Bag Attributes\r\n" + strings.ReplaceAll(key, "\n", "\r\n"), "", ""},
		{"absent", "-", "-", "there is no such file", "there is no such file"},
		{"folders", "/", "/", "this is a folder; expected a PEM file", "this is a folder; expected a PEM file"},
		{"empty", "", " \n", "the file is empty", "the file is empty"},
		{"other text", "hello\n", "hello\n", "there is no PEM in this file; expected a line -----BEGIN …-----", "there is no PEM in this file; expected a line -----BEGIN …-----"},
		{
			"swapped", key, cert,
			"this file holds a key and no certificate; the certificate belongs here, the key into key:",
			"this file holds a certificate and no key; the key belongs here, the certificate into cert:",
		},
		{
			"binary", string(api.Cert.Raw), string(keyDER),
			"this is binary (DER), and PEM is expected; convert it: openssl x509 -inform der -in FILE -out NEW for a certificate, openssl pkey -inform der -in FILE -out NEW for a key",
			"this is binary (DER), and PEM is expected; convert it: openssl x509 -inform der -in FILE -out NEW for a certificate, openssl pkey -inform der -in FILE -out NEW for a key",
		},
		{
			"PKCS #12, a Java key store", "\x30\x82\x09\x31\x02\x01\x03\x30\x82", "\xFE\xED\xFE\xED\x00",
			"this is PKCS #12 (.p12, .pfx), and PEM is expected; take it apart: openssl pkcs12 -in FILE -nodes -out NEW",
			"this is a Java key store, and PEM is expected; take certificate and key out of it by keytool and openssl pkcs12",
		},
		{
			"byte order marks", "\xEF\xBB\xBF" + root.PEM(), "\xFF\xFE-\x00",
			"a byte order mark stands before BEGIN; save the file without it",
			"this is text in UTF-16, and PEM is ASCII; save the file as UTF-8 without a byte order mark",
		},
		{
			"cut off", cert[:100], key[:60],
			"the PEM block in it is damaged or cut off: expected lines of base64 between -----BEGIN …----- and -----END …-----",
			"the PEM block in it is damaged or cut off: expected lines of base64 between -----BEGIN …----- and -----END …-----",
		},
		{"damaged", block("CERTIFICATE", []byte(unreadable)), block("PRIVATE KEY", []byte(unreadable)), "a certificate in it cannot be read: x509: malformed certificate", "the key in it cannot be read: it is damaged, or of a kind that is not known here; expected RSA, ECDSA or Ed25519"},
		{"requests", block("CERTIFICATE REQUEST", nil), block("CERTIFICATE REQUEST", nil), "this is a request for a certificate; expected what the authority made of it", "this is a request for a certificate; expected the private key that it was made with"},
		{"a curve alone", cert, block("EC PARAMETERS", []byte{6, 1, 1}), "", "this file names a curve (EC PARAMETERS) and holds no key; expected BEGIN PRIVATE KEY or BEGIN EC PRIVATE KEY"},
		{"public", cert, block("PUBLIC KEY", nil), "", "this is a public key; expected the private one that belongs to it"},
		{"encrypted", cert, block("ENCRYPTED PRIVATE KEY", []byte(unreadable)), "", "this key is encrypted, and there is nobody to ask for its password; decrypt it: openssl pkey -in FILE -out NEW, and let only Candor's user read NEW"},
		{
			"encrypted in the old way", cert, string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED"}, Bytes: []byte(unreadable)})), "",
			"this key is encrypted, and there is nobody to ask for its password; decrypt it: openssl pkey -in FILE -out NEW, and let only Candor's user read NEW",
		},
		{"OpenSSH's", cert, block("OPENSSH PRIVATE KEY", []byte("x")), "", "this is a key in OpenSSH's own form; convert a copy of it: ssh-keygen -p -m PEM -f COPY"},
		{"another's", cert, other.KeyPEM(t), "", "they do not match; the certificate was made for another key"},
		{"another kind's", cert, block("PRIVATE KEY", edDER), "", "this is an Ed25519 key, and the certificate is for an ECDSA key"},
		{"the chain from its other end", mid.PEM() + cert, key, "", "it is that of the certificate number 2 in it (api.example.com); the server's own stands first, and behind each the one that signed it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := shortDir(t)
			lay := func(name, text string) string {
				file := filepath.Join(dir, name)
				switch text {
				case "-":
				case "/":
					return dir
				default:
					if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				return file
			}
			certFile, keyFile := lay("cert.pem", test.cert), lay("key.pem", test.key)
			var want []string
			if test.inCert != "" {
				want = append(want, fmt.Sprintf("8:18: %q: %s", certFile, test.inCert))
			}
			if test.inKey != "" {
				sep := ": "
				if test.inCert == "" && slices.Contains([]string{"another's", "another kind's", "the chain from its other end"}, test.name) {
					sep = fmt.Sprintf(" is not the key of %q: ", certFile)
				}
				want = append(want, fmt.Sprintf("8:%d: %q%s%s", 25+len(certFile), keyFile, sep, test.inKey))
			}
			got := mistakesOf(t, listening(certFile, keyFile))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			_, err := LoadPair(Certificate{Cert: certFile, Key: keyFile})
			if (err != nil) != (len(want) > 0) || err != nil && !strings.HasSuffix(want[0], err.Error()) {
				t.Errorf("LoadPair: %v", err)
			}
		})
	}
}

func listening(cert, key string) string {
	return least + fmt.Sprintf("listeners:\n  - address: :8443\n    tls:\n      certificates:\n        - {cert: %s, key: %s}\n", cert, key)
}

// A test may run as root, whom no permission stops.
func TestUnreadableFile(t *testing.T) {
	if got := cannotRead(&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}); got != "the file may not be read by this user" {
		t.Error(got)
	}
	if got := cannotRead(&fs.PathError{Op: "open", Path: "/secret", Err: errors.New("input/output error")}); got != "the file cannot be read: input/output error" {
		t.Error(got)
	}
}

// TestChains: what clients would stumble over is a warning, since it may be meant.
func TestChains(t *testing.T) {
	root := issue(t, "root", nil)
	mid := issue(t, "mid", root)
	api := issue(t, "api.example.com", mid)
	bare := issue(t, "bare", nil, func(c *x509.Certificate) { c.DNSNames = nil })
	for _, test := range []struct {
		name  string
		chain []*testkit.Issued
		want  string
	}{
		{"whole", []*testkit.Issued{api, mid, root}, ""},
		{"without its end", []*testkit.Issued{api, mid}, ""},
		{"turned round behind the first", []*testkit.Issued{api, root, mid}, "number 1 (api.example.com) was not signed by number 2 (root); the server's own certificate stands first, and behind each the one that signed it"},
		{"for no host", []*testkit.Issued{bare}, "the certificate names no host (it has no subject alternative name), so clients reject it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := shortDir(t)
			cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
			text := ""
			for _, c := range test.chain {
				text += c.PEM()
			}
			if err := errors.Join(os.WriteFile(cert, []byte(text), 0o600), os.WriteFile(key, []byte(test.chain[0].KeyPEM(t)), 0o600)); err != nil {
				t.Fatal(err)
			}
			var want []string
			if test.want != "" {
				want = []string{fmt.Sprintf("8:18: %q: %s", cert, test.want)}
			}
			if diff := cmp.Diff(want, warningsOf(t, listening(cert, key))); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCertificateWarnings: certificates that are past their end, end within 14 days, or have not begun, those of listeners and of authorities.
func TestCertificateWarnings(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const daily = 24 * time.Hour
	for _, test := range []struct {
		name         string
		begins, ends time.Duration
		of, by       string // what is said of a server's certificate, and of an authority
	}{
		{"good", -daily, 15 * daily, "", ""},
		{"on the last day that is early enough", -daily, 14 * daily, "", ""},
		{"soon", -daily, 13*daily + time.Hour, "ends in 13 days, on 2026-03-14 13:00 UTC; put a new one there, which is read by itself", "ends in 13 days, on 2026-03-14 13:00 UTC; put the new authority beside it and reload"},
		{"tomorrow", -daily, 30 * time.Hour, "ends in 1 day, on 2026-03-02 18:00 UTC; put a new one there, which is read by itself", "ends in 1 day, on 2026-03-02 18:00 UTC; put the new authority beside it and reload"},
		{"today", -daily, time.Hour, "ends within a day, on 2026-03-01 13:00 UTC; put a new one there, which is read by itself", "ends within a day, on 2026-03-01 13:00 UTC; put the new authority beside it and reload"},
		{
			"over", -2 * daily, -daily, "ended on 2026-02-28 12:00 UTC, so clients refuse it; put a new one there, which is read by itself",
			"ended on 2026-02-28 12:00 UTC, so upstream people is not trusted by it; put the new authority beside it and reload",
		},
		{
			"not begun", daily, 30 * daily, "begins only on 2026-03-02 12:00 UTC, and until then clients refuse it; is the clock of this machine right?",
			"begins only on 2026-03-02 12:00 UTC, and until then upstream people is not trusted by it; is the clock of this machine right?",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := issue(t, "api.example.com", nil, testkit.Span(now.Add(test.begins), now.Add(test.ends)))
			dir := shortDir(t)
			cert, key, ca := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "ca.pem")
			for file, text := range map[string]string{cert: c.PEM(), key: c.KeyPEM(t), ca: strings.Repeat(c.PEM(), 5)} {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text := strings.Replace(listening(cert, key), `"http://10.0.0.5:9000"`, `{targets: "https://x", tls: {ca: `+ca+`}}`, 1)
			cfg, err := Parse("candor.yaml", []byte(text), testEnv)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			if test.of != "" {
				said := fmt.Sprintf("candor.yaml:1:54: %q: the authority api.example.com (serial 1a2b) %s", ca, test.by)
				want = []string{
					said, said, said,
					fmt.Sprintf("candor.yaml:8:18: %q: the certificate of api.example.com (serial 1a2b) %s", cert, test.of),
					fmt.Sprintf("candor.yaml:1:54: %q: and 2 more certificates like these", ca),
				}
			}
			for _, w := range cfg.CertificateWarnings(now) {
				got = append(got, w.String())
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWeakKey(t *testing.T) {
	for bits, want := range map[uint]string{
		1024: "the RSA key of api.example.com has 1024 bits, and many clients reject less than 2048; make a new key",
		2048: "", 4096: "",
	} {
		key := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1), E: 65537}
		if got := weakKey(&x509.Certificate{PublicKey: key, DNSNames: []string{"api.example.com"}}); got != want {
			t.Errorf("%d: %q", bits, got)
		}
	}
	if got := weakKey(issue(t, "api.example.com", nil).Cert); got != "" {
		t.Error(got)
	}
}
