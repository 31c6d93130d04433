package config

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Reliance is one certificate that a configuration relies on, as it was when the configuration was read.
type Reliance struct {
	Listener string // its address; "" where it is an upstream's authority
	Upstream string // its name; "" where it is a listener's
	File     string
	Name     string // the first name that it is for
	Serial   string // hexadecimal
	Begins   time.Time
	Ends     time.Time

	path []any // where the file is named
}

// Reliances are all of them, in the order of the file.
func (c *Config) Reliances() []Reliance { return c.reliances }

func (c *Config) rely(of Reliance, certificates []*x509.Certificate, path []any) {
	for _, cert := range certificates {
		of.Name, of.Serial, of.Begins, of.Ends, of.path = nameOf(cert), serialOf(cert), cert.NotBefore, cert.NotAfter, path
		c.reliances = append(c.reliances, of)
	}
}

// Renew reads a listener's certificate and key again, as LoadPair does. renewed is c but for what it relies on there; c stays as it is.
func (c *Config) Renew(listener string, of Certificate) (pair tls.Certificate, renewed *Config, err error) {
	pair, chain, faults := loadPair(of)
	if len(faults) > 0 {
		return pair, nil, errors.New(faults[0].say)
	}
	next := *c
	next.reliances = nil
	read := false
	for _, r := range c.reliances {
		switch {
		case r.Listener != listener || r.File != of.Cert:
			next.reliances = append(next.reliances, r)
		case !read:
			read = true
			next.rely(Reliance{Listener: listener, File: of.Cert}, chain, r.path)
		}
	}
	return pair, &next, nil
}

// nameOf is the first name of a certificate, "unnamed" if it has none.
func nameOf(c *x509.Certificate) string {
	name := c.Subject.CommonName
	switch {
	case len(c.DNSNames) > 0:
		name = c.DNSNames[0]
	case len(c.IPAddresses) > 0:
		name = c.IPAddresses[0].String()
	}
	name = cmp.Or(name, c.Subject.String(), "unnamed")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\uFFFD' {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
}

func serialOf(c *x509.Certificate) string {
	if c.SerialNumber == nil {
		return ""
	}
	return fmt.Sprintf("%x", c.SerialNumber)
}

const (
	// endsSoon is how long before its end a certificate is warned of.
	endsSoon = 14 * 24 * time.Hour
	// warnedInFile bounds the warnings about one file: a bundle of authorities holds hundreds.
	warnedInFile = 3
)

// CertificateWarnings tells which certificates are past their end at now, end soon, or have not begun.
func (c *Config) CertificateWarnings(now time.Time) Mistakes {
	var all Mistakes
	more := map[string]int{}
	for i := range c.reliances {
		of := &c.reliances[i]
		say := of.says(now)
		if say == "" {
			continue
		}
		user := of.Listener + " " + of.Upstream + " " + of.File
		if more[user]++; more[user] > warnedInFile {
			continue
		}
		all = append(all, c.Mistake(say, of.path...))
	}
	for i := range c.reliances {
		of := &c.reliances[i]
		user := of.Listener + " " + of.Upstream + " " + of.File
		if n := more[user] - warnedInFile; n > 0 {
			all = append(all, c.Mistake(fmt.Sprintf("%s: and %d more certificates like these", quotedPath(of.File), n), of.path...))
			more[user] = 0
		}
	}
	return all
}

// says is what is to be said of it at now, "" if nothing.
func (of *Reliance) says(now time.Time) string {
	who := fmt.Sprintf("%s: the certificate of %s (serial %s)", quotedPath(of.File), of.Name, of.Serial)
	effect, fix := "clients refuse it", "put a new one there, which is read by itself"
	if of.Upstream != "" {
		who = fmt.Sprintf("%s: the authority %s (serial %s)", quotedPath(of.File), of.Name, of.Serial)
		effect, fix = "upstream "+of.Upstream+" is not trusted by it", "put the new authority beside it and reload"
	}
	switch {
	case now.After(of.Ends):
		return fmt.Sprintf("%s ended on %s, so %s; %s", who, day(of.Ends), effect, fix)
	case now.Before(of.Begins):
		return fmt.Sprintf("%s begins only on %s, and until then %s; is the clock of this machine right?", who, day(of.Begins), effect)
	case of.Ends.Sub(now) < endsSoon:
		return fmt.Sprintf("%s ends %s, on %s; %s", who, until(of.Ends.Sub(now)), day(of.Ends), fix)
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func until(left time.Duration) string {
	switch days := int(left / (24 * time.Hour)); days {
	case 0:
		return "within a day"
	case 1:
		return "in 1 day"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}
