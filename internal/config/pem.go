package config

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
)

// maxPEM bounds what is read of a certificate file.
const maxPEM = 1 << 20

// pemFile is what stands in a file of certificates or of a key.
type pemFile struct {
	text         []byte
	certificates []*x509.Certificate
	damaged      error        // of the first certificate that is none
	keys         []*pem.Block // private keys, also those that cannot be used
	kinds        []string     // of every block
}

// readPEM reads such a file, or says why it cannot. Only ordinary files are opened: a pipe would wait for its other end.
func readPEM(file string) (f pemFile, why string) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return f, cannotRead(err)
	case info.IsDir():
		return f, "this is a folder; expected a PEM file"
	case !info.Mode().IsRegular():
		return f, "this is not an ordinary file; expected a PEM file"
	}
	if f.text, why = readBounded(file, maxPEM); why != "" {
		return f, why
	}
	f.split()
	if len(f.kinds) == 0 {
		return f, noPEM(f.text)
	}
	return f, ""
}

func (f *pemFile) split() {
	for rest := f.text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return
		}
		f.kinds = append(f.kinds, block.Type)
		switch {
		case block.Type == "CERTIFICATE":
			f.certificate(block.Bytes)
		case isKey(block.Type):
			f.keys = append(f.keys, block)
		}
	}
}

func (f *pemFile) certificate(der []byte) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		f.damaged = cmp.Or(f.damaged, err)
		return
	}
	f.certificates = append(f.certificates, c)
}

func isKey(kind string) bool {
	return kind == "PRIVATE KEY" || strings.HasSuffix(kind, " PRIVATE KEY")
}

// noPEM tells what a file without any PEM block may be, by its first bytes.
func noPEM(text []byte) string {
	const der = "this is binary (DER), and PEM is expected; convert it: openssl x509 -inform der -in FILE -out NEW for a certificate, openssl pkey -inform der -in FILE -out NEW for a key"
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return "the file is empty"
	case bytes.HasPrefix(text, []byte("\xFF\xFE")), bytes.HasPrefix(text, []byte("\xFE\xFF")):
		return "this is text in UTF-16, and PEM is ASCII; save the file as UTF-8 without a byte order mark"
	case bytes.HasPrefix(text, []byte("\xEF\xBB\xBF-----BEGIN")):
		return "a byte order mark stands before BEGIN; save the file without it"
	case bytes.HasPrefix(text, []byte("\xFE\xED\xFE\xED")):
		return "this is a Java key store, and PEM is expected; take certificate and key out of it by keytool and openssl pkcs12"
	case text[0] == 0x30 && bytes.Contains(text[:min(len(text), 16)], []byte{2, 1, 3, 0x30}):
		return "this is PKCS #12 (.p12, .pfx), and PEM is expected; take it apart: openssl pkcs12 -in FILE -nodes -out NEW"
	case text[0] == 0x30 && len(text) > 1 && text[1]&0x80 != 0:
		return der
	case bytes.Contains(text, []byte("-----BEGIN")):
		return "the PEM block in it is damaged or cut off: expected lines of base64 between -----BEGIN …----- and -----END …-----"
	}
	return "there is no PEM in this file; expected a line -----BEGIN …-----"
}

// whyNoCertificate is why there is no certificate in a file of PEM, "" if there is one.
func (f *pemFile) whyNoCertificate() string {
	switch {
	case f.damaged != nil:
		return "a certificate in it cannot be read: " + f.damaged.Error()
	case len(f.certificates) > 0:
		return ""
	case len(f.keys) > 0:
		return "this file holds a key and no certificate; the certificate belongs here, the key into key:"
	}
	for _, kind := range f.kinds {
		if say := notCertificates[kind]; say != "" {
			return say
		}
	}
	return "there is no certificate in this file but " + f.kinds[0] + "; expected PEM with BEGIN CERTIFICATE"
}

var notCertificates = map[string]string{
	"CERTIFICATE REQUEST":     "this is a request for a certificate; expected what the authority made of it",
	"NEW CERTIFICATE REQUEST": "this is a request for a certificate; expected what the authority made of it",
	"TRUSTED CERTIFICATE":     "this is OpenSSL's own form; convert it: openssl x509 -in FILE -out NEW",
	"PKCS7":                   "this is PKCS #7 (.p7b); convert it: openssl pkcs7 -print_certs -in FILE -out NEW",
	"X509 CRL":                "this is a list of revoked certificates; expected a certificate",
}

// whyNoKey is why the first private key of a file of PEM cannot be used, "" if it can. It never quotes the key.
func (f *pemFile) whyNoKey() string {
	if len(f.keys) == 0 {
		return f.whyNotEvenAKey()
	}
	key := f.keys[0]
	switch {
	case key.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(key.Headers["Proc-Type"], "ENCRYPTED"):
		return "this key is encrypted, and there is nobody to ask for its password; decrypt it: openssl pkey -in FILE -out NEW, and let only Candor's user read NEW"
	case key.Type == "OPENSSH PRIVATE KEY":
		return "this is a key in OpenSSH's own form; convert a copy of it: ssh-keygen -p -m PEM -f COPY"
	case key.Type == "DSA PRIVATE KEY":
		return "this is a DSA key, which TLS no longer takes; make an ECDSA or RSA key and a certificate for it"
	}
	if _, err := parseKey(key.Bytes); err != nil {
		return "the key in it cannot be read: " + err.Error()
	}
	return ""
}

func (f *pemFile) whyNotEvenAKey() string {
	if len(f.certificates) > 0 || f.damaged != nil {
		return "this file holds a certificate and no key; the key belongs here, the certificate into cert:"
	}
	for _, kind := range f.kinds {
		switch {
		case kind == "EC PARAMETERS":
			return "this file names a curve (EC PARAMETERS) and holds no key; expected BEGIN PRIVATE KEY or BEGIN EC PRIVATE KEY"
		case strings.HasSuffix(kind, "PUBLIC KEY"):
			return "this is a public key; expected the private one that belongs to it"
		case strings.HasSuffix(kind, "CERTIFICATE REQUEST"):
			return "this is a request for a certificate; expected the private key that it was made with"
		}
	}
	return "there is no key in this file but " + f.kinds[0] + "; expected PEM with BEGIN PRIVATE KEY"
}
