package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
)

// maxPEM bounds what is read of a certificate file.
const maxPEM = 1 << 20

// readPEM reads a certificate or key file, or says why it cannot. Only ordinary files are opened:
// a pipe would wait for its other end.
func readPEM(file string) (text []byte, why string) {
	if info, err := os.Stat(file); err != nil {
		return nil, cannotRead(err)
	} else if !info.Mode().IsRegular() {
		return nil, "this is no ordinary file; expected a PEM file"
	}
	return readBounded(file, maxPEM)
}

// checkCertificate notes a pair of files that a listener could not start with.
func (r *reader) checkCertificate(c Certificate, path ...any) {
	if c.Cert == "" || c.Key == "" {
		return // noted already
	}
	at := func(key string) []any { return append(append([]any(nil), path...), key) }
	cert, why := readPEM(c.Cert)
	if why == "" && !hasCertificate(cert) {
		why = "there is no certificate in this file; expected PEM with BEGIN CERTIFICATE"
	}
	if why != "" {
		r.wrongAt(quoted(c.Cert)+": "+why, at("cert")...)
	}
	key, whyKey := readPEM(c.Key)
	if whyKey != "" {
		r.wrongAt(quoted(c.Key)+": "+whyKey, at("key")...)
	}
	if why != "" || whyKey != "" {
		return
	}
	// What the library says of a key names its form, never its bytes.
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		r.wrongAt(quoted(c.Key)+" is not the key of "+quoted(c.Cert)+": "+err.Error(), at("key")...)
	}
}

func hasCertificate(text []byte) bool {
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			return false
		}
		if block.Type == "CERTIFICATE" {
			_, err := x509.ParseCertificate(block.Bytes)
			return err == nil
		}
		text = rest
	}
}

// checkAuthorities notes a file from which no authority can be trusted.
func (r *reader) checkAuthorities(file string, path ...any) {
	text, why := readPEM(file)
	if why == "" && !x509.NewCertPool().AppendCertsFromPEM(text) {
		why = "there is no certificate in this file; expected PEM with BEGIN CERTIFICATE"
	}
	if why != "" {
		r.wrongAt(quoted(file)+": "+why, path...)
	}
}
