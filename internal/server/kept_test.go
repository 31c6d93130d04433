package server_test

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

// public is a configuration without tokens; its first line may name a data folder.
const public = `
listeners: ["127.0.0.1:0"]
admin: off
log: {access: off}
drain: {delay: 0s}
upstreams: {people: "{{people}}"}
apis: [{name: people, base: /v2, credentials: public, routes: [/news]}]
`

// publicIn is that configuration in a file of a folder.
func (s *stage) publicIn(dir, data string) *config.Config {
	s.t.Helper()
	text := data + strings.ReplaceAll(public, "{{people}}", s.up.URL)
	cfg, err := config.Parse(filepath.Join(dir, "candor.yaml"), []byte(text), os.LookupEnv)
	if err != nil {
		s.t.Fatal(err)
	}
	return cfg
}

// names are those in a folder, nil where it is missing.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestWhatIsKept: without tokens there are neither keys nor a store; the folder is there for the socket, and goes with it unless it was named.
func TestWhatIsKept(t *testing.T) {
	for _, c := range []struct {
		name, data string
		at         string
		during     []string
		after      []string
	}{
		{"nothing is said", "", "candor-data", []string{"admin.sock", "lock"}, nil},
		{"a folder is named", "data: here\n", "here", []string{"admin.sock", "lock", "revisions.json"}, []string{"lock", "log.db", "revisions.json"}},
		{"none", "data: none\n", "candor-data", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := newStage(t), t.TempDir()
			o := s.options()
			o.Load = func() (*config.Config, error) { return s.publicIn(dir, c.data), nil }
			i := s.startBy(s.publicIn(dir, c.data), o)
			during := slices.DeleteFunc(names(t, filepath.Join(dir, c.at)), func(name string) bool { return strings.HasPrefix(name, "log.db") }) // which is opened in the background
			if diff := cmp.Diff(c.during, during); diff != "" {
				t.Errorf("while it runs (-want +got):\n%s", diff)
			}
			if c.during != nil {
				if err := admin.Dial(filepath.Join(dir, c.at, "admin.sock")).Reload(t.Context()); err != nil {
					t.Errorf("a reload over the socket: %v", err)
				}
			}
			if got := i.get("/v2/news", ""); got.Status != 200 {
				t.Errorf("%+v", got)
			}
			if err := i.end(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, names(t, filepath.Join(dir, c.at))); diff != "" {
				t.Errorf("after it (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWithoutAFolder: one that nobody has named, that cannot be made and that no token needs is done without.
func TestWithoutAFolder(t *testing.T) {
	s := newStage(t)
	cfg := s.publicIn(t.TempDir(), "")
	cfg.Data = "/proc/candor-data" // where not even root makes folders
	i := s.startBy(cfg, s.options())
	if got := i.get("/v2/news", ""); got.Status != 200 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(s.log.String(), "candor reload cannot reach this instance; SIGHUP can") {
		t.Errorf("the log does not say what is missing:\n%s", s.log)
	}

	withTokens := s.config()
	withTokens.Data = "/proc/candor-data"
	if sv, err := server.Start(t.Context(), withTokens, s.options()); err == nil {
		_ = sv.Shutdown(t.Context())
		t.Error("started without a place for grants")
	}
}

// TestTokensNeedARestart where the instance began without.
func TestTokensNeedARestart(t *testing.T) {
	s, dir := newStage(t), t.TempDir()
	i := s.startBy(s.publicIn(dir, ""), s.options())
	with := s.publicIn(dir, "")
	with.Apps = []config.App{{Name: "demo"}}
	err := i.Reload(t.Context(), with)
	if err == nil || !strings.Contains(err.Error(), "this instance began without any token, and so without keys and a store; tokens cannot be brought in by a reload; restart the instance") {
		t.Errorf("%v", err)
	}
}

// TestLook finds what a start would trip over, and makes nothing.
func TestLook(t *testing.T) {
	s := newStage(t)
	root := t.TempDir()
	folder := func(name string, mode os.FileMode) string {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := folder("open", 0o777)
	file := filepath.Join(root, "file")
	spoil(t, file, "")
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	taken := other.Addr().String()
	for _, c := range []struct {
		name  string
		words map[string]string
		more  []string
		want  string
	}{
		{"all is well", nil, nil, ""},
		{"a data folder for others", map[string]string{"data": open}, nil, open + " can be written by others (mode 0777); run: chmod go-w " + open + ", or set data: to a directory of its own"},
		{"a data folder below a file", map[string]string{"data": file + "/data"}, nil, "the data folder " + file + "/data cannot be made: " + file + " is a file; set data: to another folder"},
		{"a long one", map[string]string{"data": root + "/" + strings.Repeat("x", 120)}, nil, "choose a shorter data directory"},
		{"keys for others", nil, []string{"quotas: {people: {app: 100/day}}", "quotas: {people: {app: 100/day}}\ntokens: {keys: " + open + "}"}, open + " can be reached by others (mode 0777); run: chmod 0700 " + open},
		{"a log without a folder", map[string]string{"log": root + "/logs/access.log"}, nil, "the access log " + root + "/logs/access.log has no folder: make " + root + "/logs, or set log.access: to another file"},
		{"a log that is a folder", map[string]string{"log": root}, nil, "the access log " + root + " is a folder; set log.access: to a file in it"},
		{"a data folder in /proc", map[string]string{"data": "/proc/candor"}, nil, "/proc/candor cannot be made"},
		{"an address that is in use", nil, []string{`- {address: "127.0.0.1:0", health`, `- {address: "` + taken + `", health`}, "listen on " + taken + ": the address is in use by "},
		{"an address of another machine", nil, []string{`- {address: "127.0.0.1:0", health`, `- {address: "192.0.2.1:8080", health`}, "listen on 192.0.2.1:8080: this machine has no address 192.0.2.1 now (it has 127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := s.words["data"]
			log := s.words["log"]
			defer func() { s.words["data"], s.words["log"] = data, log }()
			maps.Copy(s.words, c.words)
			before := names(t, root)
			got := server.Look(t.Context(), s.config(c.more...))
			switch {
			case c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || !strings.Contains(got[0].Error(), c.want)):
				t.Errorf("got  %v\nwant %s", got, c.want)
			}
			if diff := cmp.Diff(before, names(t, root)); diff != "" || names(t, data) != nil {
				t.Errorf("something was made: %s, %v", diff, names(t, data))
			}
		})
	}
}
