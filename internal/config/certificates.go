package config

import (
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// pairFault is what is wrong with a certificate and its key, and in which of the two files.
type pairFault struct{ key, say string }

// LoadPair reads a certificate and its key as a listener needs them. The error names the file and why it cannot be used, and no byte of the key.
func LoadPair(c Certificate) (tls.Certificate, error) {
	pair, _, faults := loadPair(c)
	if len(faults) > 0 {
		return pair, errors.New(faults[0].say)
	}
	return pair, nil
}

func loadPair(c Certificate) (pair tls.Certificate, chain []*x509.Certificate, faults []pairFault) {
	cert, why := readPEM(c.Cert)
	if why == "" {
		why = cert.whyNoCertificate()
	}
	if why != "" {
		faults = append(faults, pairFault{"cert", quotedPath(c.Cert) + ": " + why})
	}
	key, why := readPEM(c.Key)
	if why == "" {
		why = key.whyNoKey()
	}
	if why != "" {
		faults = append(faults, pairFault{"key", quotedPath(c.Key) + ": " + why})
	}
	if len(faults) > 0 {
		return pair, nil, faults
	}
	if why = mismatch(cert.certificates, &key); why != "" {
		return pair, nil, []pairFault{{"key", quotedPath(c.Key) + " is not the key of " + quotedPath(c.Cert) + ": " + why}}
	}
	pair, err := tls.X509KeyPair(cert.text, key.text)
	if err != nil { // what the library says of a key names its form, never its bytes
		return pair, nil, []pairFault{{"key", quotedPath(c.Key) + " cannot be used with " + quotedPath(c.Cert) + ": " + err.Error()}}
	}
	return pair, cert.certificates, nil
}

// mismatch is why the key does not belong to the first certificate of the chain, "" if it does.
func mismatch(chain []*x509.Certificate, key *pemFile) string {
	private, err := parseKey(key.keys[0].Bytes)
	if err != nil {
		return ""
	}
	for i, c := range chain {
		if !sameKey(private, c.PublicKey) {
			continue
		}
		if i == 0 {
			return ""
		}
		return fmt.Sprintf("it is that of the certificate number %d in it (%s); the server's own stands first, and behind each the one that signed it", i+1, nameOf(c))
	}
	if kind, other := kindOf(private.Public()), kindOf(chain[0].PublicKey); kind != other {
		return fmt.Sprintf("this is an %s key, and the certificate is for an %s key", kind, other)
	}
	return "they do not match; the certificate was made for another key"
}

// parseKey reads a key in any of the three forms of PEM (RFC 5958, RFC 8017, RFC 5915).
func parseKey(der []byte) (crypto.Signer, error) {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("it is damaged, or of a kind that is not known here; expected RSA, ECDSA or Ed25519")
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("such a key cannot sign; expected RSA, ECDSA or Ed25519")
	}
	return signer, nil
}

func sameKey(private crypto.Signer, public any) bool {
	own, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && own.Equal(public)
}

// kindOf names the kind of a public key.
func kindOf(public any) string {
	switch fmt.Sprintf("%T", public) {
	case "*rsa.PublicKey":
		return "RSA"
	case "*ecdsa.PublicKey":
		return "ECDSA"
	case "ed25519.PublicKey":
		return "Ed25519"
	}
	return "unknown"
}

// checkCertificate notes a pair of files that a listener could not start with, and warns of one that clients would stumble over.
func (r *reader) checkCertificate(c Certificate, listener string, path ...any) {
	if c.Cert == "" || c.Key == "" {
		return // noted already
	}
	at := func(key string) []any { return append(append([]any(nil), path...), key) }
	_, chain, faults := loadPair(c)
	for _, f := range faults {
		r.wrongAt(f.say, at(f.key)...)
	}
	if len(faults) > 0 {
		return
	}
	r.checkChain(chain, c.Cert, at("cert"))
	r.cfg.rely(Reliance{Listener: listener, File: c.Cert}, chain, at("cert"))
}

// checkChain warns of certificates that some clients cannot follow, or that no client takes for any host.
func (r *reader) checkChain(chain []*x509.Certificate, file string, path []any) {
	if own := chain[0]; len(own.DNSNames) == 0 && len(own.IPAddresses) == 0 {
		r.warn(fmt.Sprintf("%s: the certificate names no host (it has no subject alternative name), so clients reject it", quotedPath(file)), path...)
	}
	for _, cert := range chain {
		if say := weakKey(cert); say != "" {
			r.warn(quotedPath(file)+": "+say, path...)
		}
	}
	for i := range len(chain) - 1 {
		if string(chain[i].RawIssuer) == string(chain[i+1].RawSubject) {
			continue
		}
		r.warn(fmt.Sprintf("%s: number %d (%s) was not signed by number %d (%s); the server's own certificate stands first, and behind each the one that signed it",
			quotedPath(file), i+1, nameOf(chain[i]), i+2, nameOf(chain[i+1])), path...)
		return
	}
}

// leastRSA is how many bits an RSA key has at least: OpenSSL's level 2 and browsers refuse smaller ones (CA/Browser Forum, Baseline Requirements, 6.1.5).
const leastRSA = 2048

// weakKey is what is to be said of a certificate whose key clients take for too small, "" of any other.
func weakKey(cert *x509.Certificate) string {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() >= leastRSA {
		return ""
	}
	return fmt.Sprintf("the RSA key of %s has %d bits, and many clients reject less than %d; make a new key", nameOf(cert), key.N.BitLen(), leastRSA)
}

// checkAuthorities notes a file from which no authority can be trusted.
func (r *reader) checkAuthorities(file, upstream string, path ...any) {
	f, why := readPEM(file)
	if why == "" {
		why = f.whyNoCertificate()
	}
	if why != "" {
		r.wrongAt(quotedPath(file)+": "+why, path...)
		return
	}
	r.cfg.rely(Reliance{Upstream: upstream, File: file}, f.certificates, path)
}
