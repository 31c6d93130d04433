package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The shape of sandbox.json is what programs rely on: to the byte.
func TestFileShape(t *testing.T) {
	f := File{
		API: "http://127.0.0.1:8080", WWW: "http://127.0.0.1:8081", Admin: "http://127.0.0.1:8082", AdminToken: "t", Clock: "60d", Demo: "http://127.0.0.1:8083",
		Apps:       []App{{Name: "demo", ClientID: "id", ClientSecret: "s", RedirectURIs: []string{"http://localhost/cb"}, Scopes: []string{"openid"}}},
		Members:    []Member{{Name: "A B", Email: "a@example.com", Password: "p", ID: "x"}},
		Developers: []Developer{{Email: "d@example.com", Password: "p", Apps: []string{"demo"}, Key: "cdr_dk_x"}},
		Tokens:     Tokens{"1", "2", "3", "4", "5", "6", "7", "8"},
	}
	const want = `{"api":"http://127.0.0.1:8080","www":"http://127.0.0.1:8081","admin":"http://127.0.0.1:8082","admin_token":"t","clock":"60d","demo":"http://127.0.0.1:8083",` +
		`"apps":[{"name":"demo","client_id":"id","client_secret":"s","redirect_uris":["http://localhost/cb"],"scopes":["openid"],"public":false}],` +
		`"members":[{"name":"A B","email":"a@example.com","password":"p","id":"x"}],` +
		`"developers":[{"email":"d@example.com","password":"p","apps":["demo"],"key":"cdr_dk_x"}],` +
		`"tokens":{"good":"1","app":"2","no_scope":"3","expired":"4","revoked":"5","restricted_member":"6","other_app":"7","refresh":"8"}}`
	b, err := f.encode()
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(string(b))
	if d := cmp.Diff(want, flat); d != "" {
		t.Error(d)
	}
}

func TestFileLife(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	files := func() (names []string) {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	steps := []struct {
		name string
		do   func() error
		want []string
	}{
		{"nothing to set aside", func() error { return setAside(dir) }, nil},
		{"nothing to put back", func() error { return putBack(dir) }, nil},
		{"publish", func() error { return publish(dir, []byte("{}\n")) }, []string{FileName}},
		{"set aside", func() error { return setAside(dir) }, []string{FileName + ".before"}},
		{"put back", func() error { return putBack(dir) }, []string{FileName}},
		{"publish over it", func() error { return publish(dir, []byte("{1}\n")) }, []string{FileName}},
		{"withdraw", func() error { return withdraw(dir) }, nil},
		{"withdraw again", func() error { return withdraw(dir) }, nil},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if d := cmp.Diff(s.want, files()); d != "" {
			t.Errorf("%s: %s", s.name, d)
		}
		if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %o", s.name, info.Mode().Perm())
		}
	}
	if err := publish(filepath.Join(dir, "absent"), nil); err == nil {
		t.Error("published into a folder that is not there")
	}
}
