package server_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// TestStart: when Start returns, everything accepts; when Shutdown has, nothing is left but the data.
func TestStart(t *testing.T) {
	for _, portable := range []bool{false, true} {
		t.Run(fmt.Sprintf("portable %v", portable), func(t *testing.T) {
			s := newStage(t)
			o := s.options()
			o.Portable = portable
			i := s.startBy(s.config(), o)
			if len(i.APIAddrs()) != 2 || slices.Contains(i.APIAddrs(), "127.0.0.1:0") || i.AdminAddr() == "" {
				t.Fatalf("addresses %v, %s", i.APIAddrs(), i.AdminAddr())
			}
			want := answer{Status: 200, Body: "/v2/news?a=1"}
			for _, base := range []string{"http://" + i.APIAddrs()[0], "https://" + i.APIAddrs()[1]} {
				if got, err := i.ask(base+"/v2/news?a=1", ""); err != nil || got != want {
					t.Errorf("%s: %+v, %v", base, got, err)
				}
			}
			if got, err := i.ask("http://"+i.AdminAddr()+"/healthz", ""); err != nil || got.Status != 200 {
				t.Errorf("/healthz: %+v, %v", got, err)
			}
			if got := i.status("/v2/me", i.mint("demo", "bob")); got != (answer{Status: 200}) {
				t.Errorf("with a token: %+v", got)
			}
			if err := i.end(); err != nil {
				t.Fatal(err)
			}
			if err := i.Wait(); err != nil {
				t.Errorf("Wait after Shutdown: %v", err)
			}
			for _, addr := range append(i.APIAddrs(), i.AdminAddr()) {
				if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
					c.Close()
					t.Errorf("%s still accepts", addr)
				}
			}
			checkLeft(t, s.words["data"])
		})
	}
}

// checkLeft compares what is left of a data directory, and sees that nobody holds it.
func checkLeft(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if f.Name() != sqlite.CountersFile { // there once something was counted
			names = append(names, f.Name())
		}
	}
	if diff := cmp.Diff([]string{"keys", "lock", "log.db", "revisions.json", "state.db"}, names); diff != "" {
		t.Errorf("the data directory holds (-want +got):\n%s", diff)
	}
	release, err := sqlite.Lock(dir)
	if err != nil {
		t.Fatalf("the lock is held: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// TestStartWithoutData writes nothing.
func TestStartWithoutData(t *testing.T) {
	s := newStage(t)
	dir := s.words["data"]
	s.words["data"] = "none"
	i := s.start("admin: {address: \"127.0.0.1:0\"}", "admin: off", "log: {access: {{log}}}", "log: {access: off}")
	if got := i.status("/v2/me", i.mint("demo", "")); got.Status != 200 || i.AdminAddr() != "" {
		t.Errorf("%+v, admin %q", got, i.AdminAddr())
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a data directory was made: %v", err)
	}
}

// TestStartFails: whatever stops a start, what was opened before is closed again, and the next start finds nothing in its way.
func TestStartFails(t *testing.T) {
	busy := testkit.Listen(t).Addr().String()
	open := t.TempDir()
	chmod(t, open, 0o777)
	for _, c := range []struct {
		name    string
		replace []string
		words   map[string]string
		spoil   func(*stage) // after the configuration was checked
		want    string
	}{
		{"a listener's port is taken", []string{`{address: "127.0.0.1:0", tls`, `{address: "` + busy + `", tls`}, nil, nil, `^listen on ` + busy + `: the address is in use by \S+, process ` + fmt.Sprint(os.Getpid()) + `; stop it, or choose another port$`},
		{"the operator's port is taken", []string{`admin: {address: "127.0.0.1:0"}`, `admin: {address: "` + busy + `"}`}, nil, nil, `^for the operator: listen on ` + busy + `: the address is in use by `},
		{"no certificate", nil, nil, func(s *stage) { spoil(s.t, s.words["cert"], "no certificate") }, `^listener 127.0.0.1:0: certificate ".*cert.pem": `},
		{
			"no CA",
			[]string{`targets: ["{{people}}"]`, `targets: ["https://127.0.0.1:1"], tls: {ca: "{{ca}}"}`},
			nil,
			func(s *stage) { spoil(s.t, s.words["ca"], "") }, `^upstream people: ca: no certificate in .*cert.pem$`,
		},
		{"no place for the access log", nil, map[string]string{"log": "/nowhere/access.log"}, nil, `^the access log /nowhere/access.log has no folder: make /nowhere, or set log.access: to another file$`},
		{"no place for the data", nil, map[string]string{"data": "/dev/null"}, nil, `^/dev/null is a file, and data: names a directory; choose another$`},
		{"a store that is none", nil, nil, func(s *stage) {
			if err := os.MkdirAll(s.words["data"], 0o700); err != nil {
				s.t.Fatal(err)
			}
			spoil(s.t, filepath.Join(s.words["data"], "state.db"), strings.Repeat("this is no database. ", 100))
		}, `^open the store in .*: `},
		{
			"a place for the data that all users can write", nil, nil, func(s *stage) { chmod(s.t, filepath.Dir(s.words["data"]), 0o777) },
			`^the data folder (\S+)/data would be made in (\S+), where all users can put another in its place \(mode 0777\); run chmod \+t (\S+), as for /tmp, ` +
				`or set data: to another folder; where you trust them all, make it yourself: mkdir -p -m 700 (\S+)/data$`,
		},
		{
			"a place for the keys that all users can write",
			[]string{"log: {", "tokens: {keys: \"{{keys}}/tokens\"}\nlog: {"},
			map[string]string{"keys": open},
			nil,
			`^the folder of the keys ` + open + `/tokens would be made in ` + open + `, where all users can put another in its place `,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			maps.Copy(s.words, c.words)
			cfg := s.config(c.replace...)
			if c.spoil != nil {
				c.spoil(s)
			}
			started, err := server.Start(t.Context(), cfg, s.options())
			if err == nil {
				_ = started.Shutdown(t.Context())
				t.Fatal("it started")
			}
			if !regexp.MustCompile(c.want).MatchString(err.Error()) {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			data := s.words["data"]
			if info, err := os.Stat(data); err == nil && info.IsDir() {
				checkUnheld(t, data)
				if c.name != "a store that is none" {
					t.Error("the data folder was made")
				}
			}
			if _, err := os.Stat(filepath.Join(data, "admin.sock")); err == nil {
				t.Error("the socket is left")
			}
		})
	}
}

// TestStartInASharedFolder: the sticky bit keeps others from what is ours.
func TestStartInASharedFolder(t *testing.T) {
	s := newStage(t)
	chmod(t, filepath.Dir(s.words["data"]), 0o777|os.ModeSticky)
	i := s.start()
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	checkLeft(t, s.words["data"])
}

// TestStartWithAFolderOfOthers: another user's folders are not taken, for serving or for a token. Only root can set such a stage; for others TestStrange has to do.
func TestStartWithAFolderOfOthers(t *testing.T) {
	for _, what := range []string{"", "state.db", "lock", "keys", "keys/00001.key"} {
		t.Run("of "+what, func(t *testing.T) {
			s := newStage(t)
			if err := s.start().end(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(s.words["data"], what)
			if os.Chown(path, 12345, -1) != nil {
				return
			}
			folder := s.words["data"]
			if strings.HasPrefix(what, "keys") {
				folder += "/keys"
			}
			want := path + " belongs to another user (uid 12345), who can change what is kept in it, and this is uid 0; run candor as uid 12345, or, as root, give it to this user: chown -R 0 " + folder
			if _, err := server.Start(t.Context(), s.config(), s.options()); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if _, _, err := server.OpenMinter(t.Context(), s.config(), time.Now()); err == nil || err.Error() != want {
				t.Errorf("OpenMinter: got  %v\nwant %s", err, want)
			}
			if _, err := server.OpenApps(t.Context(), s.config(), time.Now()); err == nil || err.Error() != want {
				t.Errorf("OpenApps: got  %v\nwant %s", err, want)
			}
			if found := server.Look(t.Context(), s.config()); len(found) != 1 || found[0].Error() != want {
				t.Errorf("Look: got  %v\nwant %s", found, want)
			}
		})
	}
}

// TestAStartThatFailsLeavesNothing: what it has made goes, what was there stays.
func TestAStartThatFailsLeavesNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		keys  string // below what is there; "" a folder that is
		stage func(*stage)
		gone  bool // the context of the start has ended
	}{
		{"no folder", "", nil, true},
		{"no folder below another", "", func(s *stage) { s.words["data"] += "/in/there" }, true},
		{"an empty folder", "", func(s *stage) { mkdir(s.t, s.words["data"]) }, true},
		{"something of others", "", func(s *stage) { mkdir(s.t, s.words["data"]); spoil(s.t, s.words["data"]+"/README", "mine") }, true},
		{"an empty database", "", func(s *stage) { mkdir(s.t, s.words["data"]); spoil(s.t, s.words["data"]+"/state.db", "") }, true},
		{"a key that is none", "", func(s *stage) { spoil(s.t, s.words["keys"]+"/00001.key", "no key") }, false},
		{"no place for the socket", "/in/there", func(s *stage) { mkdir(s.t, s.words["data"]); mkdir(s.t, s.words["data"]+"/admin.sock") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			top := filepath.Dir(s.words["data"])
			s.words["keys"] = filepath.Join(top, "keys")
			mkdir(t, s.words["keys"])
			if c.stage != nil {
				c.stage(s)
			}
			s.words["keys"] += c.keys
			cfg := s.config("log: {", "tokens: {keys: \"{{keys}}\"}\nlog: {")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.gone {
				cancel()
			}
			before := tree(t, top)
			started, err := server.Start(ctx, cfg, s.options())
			if err == nil {
				_ = started.Shutdown(t.Context())
				t.Fatal("it started")
			}
			if diff := cmp.Diff(before, tree(t, top)); diff != "" {
				t.Errorf("after %v (-was +is):\n%s", err, diff)
			}
		})
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// tree is all paths below a folder.
func tree(t *testing.T, top string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func spoil(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func checkUnheld(t *testing.T, dir string) {
	t.Helper()
	release, err := sqlite.Lock(dir)
	if err != nil {
		t.Fatalf("a start that failed holds the data directory: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// TestTwoInstances: one data directory is for one process, and the other is told whose it is.
func TestTwoInstances(t *testing.T) {
	s := newStage(t)
	i := s.start()
	want := fmt.Sprintf("the data directory %s is in use by process %d; stop it, or choose another directory by data:", s.words["data"], os.Getpid())
	if _, err := server.Start(t.Context(), s.config(), s.options()); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, _, err := server.OpenMinter(t.Context(), s.config(), time.Now()); err == nil || err.Error() != want {
		t.Errorf("OpenMinter: got  %v\nwant %s", err, want)
	}
	if got := i.get("/v2/news", ""); got.Status != 200 {
		t.Errorf("the first instance was disturbed: %+v", got)
	}
}

// TestOpenMinter mints in the store of an instance that does not run.
func TestOpenMinter(t *testing.T) {
	s := newStage(t)
	m, done, err := server.OpenMinter(t.Context(), s.config(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	made, err := m.Mint(t.Context(), token.Order{App: "demo", Member: "bob", Scopes: []string{"r_profile"}, Life: time.Hour}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	i := s.start()
	if got := i.status("/v2/me", made.Token); got != (answer{Status: 200}) {
		t.Errorf("the token: %+v", got)
	}
}

// TestNoSandboxFaults: the sandbox alone reads that header; here it is one like any other.
func TestNoSandboxFaults(t *testing.T) {
	s := newStage(t)
	i := s.start()
	for _, fault := range []string{"expired_access_token", "throttled", "slow=15s", "reset", "nonsense"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+i.APIAddrs()[0]+"/v2/news", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Sandbox-Fault", fault)
		resp, err := i.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != 200 || resp.Header.Get("Candor-Problem") != "" {
			t.Errorf("%s: %d %s", fault, resp.StatusCode, resp.Header.Get("Candor-Problem"))
		}
	}
}
