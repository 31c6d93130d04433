package server

import (
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/config"
)

// file is examples/everything.yaml, to be changed.
type file struct {
	t      *testing.T
	dir    string
	text   []byte
	first  map[string]string // each key, without the numbers of lists, and where it stands first, with them
	words  map[string]string
	outlet *Outlet
}

func newFile(t *testing.T) *file {
	t.Helper()
	text, err := os.ReadFile("../../examples/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := &file{t: t, dir: t.TempDir(), text: text, first: map[string]string{}, outlet: NewOutlet(t.Output())}
	t.Cleanup(func() { f.outlet.Close(t.Context()) })
	f.gather(f.root(), "", "")
	f.words = map[string]string{"cert": filepath.Join(f.dir, "cert.pem"), "key": filepath.Join(f.dir, "key.pem")}
	f.writePair()
	return f
}

// writePair makes files of the certificate that net/http tests with.
func (f *file) writePair() {
	f.t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		f.t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{f.words["cert"]: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, f.words["key"]: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *file) root() *yaml.Node {
	f.t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(f.text, &document); err != nil {
		f.t.Fatal(err)
	}
	return document.Content[0]
}

// gather notes the keys that have a value of their own: a list of plain values is one.
func (f *file) gather(n *yaml.Node, key, at string) {
	switch {
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := "." + n.Content[i].Value
			f.gather(n.Content[i+1], key+name, at+name)
		}
	case n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, func(item *yaml.Node) bool { return item.Kind == yaml.MappingNode }):
		for i, item := range n.Content {
			if item.Kind == yaml.MappingNode {
				f.gather(item, key, at+"."+strconv.Itoa(i))
			}
		}
	case f.first[key[1:]] == "":
		f.first[key[1:]] = at[1:]
	}
}

// config is the configuration with values changed: by where they stand, with the numbers of lists, or by key.
func (f *file) config(changes map[string]string) *config.Config {
	f.t.Helper()
	root := f.root()
	all := map[string]string{"listeners.0.address": "127.0.0.1:0", "admin.address": "127.0.0.1:0", "www.address": "127.0.0.1:0", "admin.token": "a-token-of-the-operator", "log.access": "stdout", "data": "none", "tokens.keys": "none"}
	for at, to := range changes {
		if first := f.first[at]; first != "" {
			at = first
		}
		all[at] = to
	}
	for at, to := range all {
		for word, value := range f.words {
			to = strings.ReplaceAll(to, "{{"+word+"}}", strconv.Quote(value))
		}
		var value yaml.Node
		if err := yaml.Unmarshal([]byte(to), &value); err != nil {
			f.t.Fatalf("%s: %v", to, err)
		}
		f.set(root, strings.Split(at, "."), value.Content[0])
	}
	text, err := yaml.Marshal(root)
	if err != nil {
		f.t.Fatal(err)
	}
	cfg, err := config.Parse(filepath.Join(f.dir, "candor.yaml"), text, func(string) (string, bool) { return "", false })
	if err != nil {
		f.t.Fatal(err)
	}
	return cfg
}
