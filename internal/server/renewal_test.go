package server_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// shown is the name in the certificate that a client gets.
func (i *instance) shown() string {
	i.t.Helper()
	return shownAt(i.t, i.APIAddrs()[1])
}

func shownAt(t *testing.T, address string) string {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// replace puts the contents of one file into another, as cp does.
func replace(t *testing.T, file, by string) {
	t.Helper()
	text, err := os.ReadFile(by)
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, file, string(text))
}

// TestRenewal: a certificate is used once it and its key are there, whoever writes them in which order, and the metric has its end.
func TestRenewal(t *testing.T) {
	t.Parallel()
	const misfit = "a certificate or its key has changed and cannot be used"
	s := newStage(t)
	i := s.start()
	cert, key := certificate(t, "second")
	replace(t, s.words["cert"], cert)
	testkit.Until(t, "it is told that they do not fit", func() bool { return strings.Contains(s.log.String(), misfit) })
	if got := i.shown(); got != "first" {
		t.Errorf("while they do not fit %s is shown", got)
	}
	replace(t, s.words["key"], key)
	testkit.Until(t, "the second is shown", func() bool { return i.shown() == "second" })
	if !strings.Contains(s.log.String(), "a certificate has changed and was read again") || !strings.Contains(s.log.String(), "the certificate and its key can be used again") {
		t.Errorf("the log: %s", s.log)
	}
	const of, listener = `candor_certificate_ends_seconds{listener="127.0.0.1:0",name="`, `",serial="1",upstream=""}`
	if got := i.metrics(of+"first"+listener, of+"second"+listener); len(got) != 1 || got[of+"second"+listener] == "" {
		t.Errorf("the metric: %v", got)
	}

	// One that is gone for a while, as while files are renamed, is shown on.
	for _, file := range []string{s.words["cert"], s.words["key"]} {
		if err := os.Rename(file, file+".away"); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Until(t, "it is told that they are gone", func() bool { return strings.Count(s.log.String(), misfit) == 2 })
	if got := i.shown(); got != "second" {
		t.Errorf("while they are gone %s is shown", got)
	}
	cert, key = certificate(t, "third")
	for file, by := range map[string]string{s.words["cert"]: cert, s.words["key"]: key} {
		if err := os.Symlink(by, file); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Until(t, "the third is shown", func() bool { return i.shown() == "third" })
	if n := strings.Count(s.log.String(), misfit); n != 2 {
		t.Errorf("it was told %d times, want once for each time", n)
	}
	if err := i.Reload(t.Context(), s.config()); err != nil { // which finds nothing new
		t.Error(err)
	}
}

// TestRenewalOfFolders: where the files are reached through a link to a folder, which is exchanged for another as Kubernetes does.
func TestRenewalOfFolders(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	dir := t.TempDir()
	link := filepath.Join(dir, "now")
	fill := func(name string) string {
		t.Helper()
		cert, key := certificate(t, name)
		folder := filepath.Join(dir, name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for file, by := range map[string]string{"tls.crt": cert, "tls.key": key} {
			if err := os.Rename(by, filepath.Join(folder, file)); err != nil {
				t.Fatal(err)
			}
		}
		return folder
	}
	if err := os.Symlink(fill("one"), link); err != nil {
		t.Fatal(err)
	}
	s.words["cert"], s.words["key"] = filepath.Join(link, "tls.crt"), filepath.Join(link, "tls.key")
	i := s.start(withWWW(strings.Replace(www, "{", "{tls: {certificates: [{cert: {{cert}}, key: {{key}}}]}, ", 1))...)
	if got := i.shown(); got != "one" {
		t.Fatalf("%s is shown", got)
	}
	if err := os.Symlink(fill("two"), link+".new"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(link+".new", link); err != nil {
		t.Fatal(err)
	}
	testkit.Until(t, "the second is shown", func() bool { return i.shown() == "two" && shownAt(t, i.WWWAddr()) == "two" })
	if strings.Contains(s.log.String(), "cannot be used") {
		t.Errorf("both came at once: %s", s.log)
	}
}
