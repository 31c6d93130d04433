package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// few is a configuration in which the fourth call of a day is one too many.
var few = []string{"quotas: {people: {app: 100/day}}", "quotas: {people: {app: 3/day}}"}

var throttled = answer{Status: 429, Problem: "throttled"}

// TestRestart: what was granted, revoked, restricted and counted holds over a restart.
func TestRestart(t *testing.T) {
	s := newStage(t)
	i := s.start(few...)
	alive := i.mint("demo", "alice")
	dead, err := i.Mint(t.Context(), order("partner", "bob"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	held, err := i.Mint(t.Context(), order("partner", "carol"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := i.RevokeGrant(t.Context(), dead.Grant.ID, access.ByMember); err != nil {
		t.Fatal(err)
	}
	if err := i.RestrictMember(t.Context(), held.Grant.MemberID(), true); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := i.status("/v2/me", alive); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	check := func(i *instance) {
		t.Helper()
		for name, c := range map[string]struct {
			token string
			want  answer
		}{
			"revoked":    {dead.Token, answer{Status: 401, Problem: "revoked_access_token"}},
			"restricted": {held.Token, answer{Status: 401, Problem: "restricted_member"}},
		} {
			if got := i.status("/v2/me", c.token); got != c.want {
				t.Errorf("%s: %+v, want %+v", name, got, c.want)
			}
		}
	}
	check(i) // at once, too
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	i = s.start(few...)
	check(i)
	if got := i.status("/v2/me", alive); got.Status != 200 {
		t.Errorf("the third call: %+v", got)
	}
	if got := i.status("/v2/me", alive); got != throttled {
		t.Errorf("the fourth call: %+v; the counts of the first run are lost", got)
	}
	if err := i.RestrictMember(t.Context(), held.Grant.MemberID(), false); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", held.Token); got.Status != 200 {
		t.Errorf("a restriction that was lifted: %+v", got)
	}
}

func order(app, member string) token.Order {
	return token.Order{App: app, Member: member, Scopes: []string{"r_profile"}, Life: time.Hour}
}

// child is an instance in a process of its own, which tells its address and runs until it is killed.
func child(file string) {
	cfg, err := config.Load(file, os.LookupEnv)
	if err == nil {
		var s *server.Server
		if s, err = server.Start(context.Background(), cfg, server.Options{Stdout: io.Discard}); err == nil {
			fmt.Println(s.APIAddrs()[0])
			_ = s.Wait()
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKill: kill -9 loses nothing of what was granted, and of what was counted at most the last second.
func TestKill(t *testing.T) {
	s := newStage(t)
	file := filepath.Join(t.TempDir(), "candor.yaml")
	spoil(t, file, s.text(few...))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self) // killed with -9 at the latest when the test ends
	cmd.Env = append(os.Environ(), "CANDOR_TEST_CHILD="+file)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	address = strings.TrimSpace(address)
	if err != nil || !strings.HasPrefix(address, "127.") {
		t.Fatalf("the child says %q, %v", address, err)
	}
	operator := admin.Dial(filepath.Join(s.words["data"], "admin.sock"))
	made := mintBy(t, operator, "alice")
	for range 3 {
		callChild(t, address, made)
	}
	counted := time.Now()
	testkit.Until(t, "the counters are on disk", func() bool { return savedCounts(t, s.words["data"]) == 3 })
	if late := time.Since(counted); late > 4*time.Second {
		t.Errorf("the counters were on disk after %s, want about a second", late)
	}
	last := mintBy(t, operator, "bob") // and nothing waits after it
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	i := s.start(few...)
	if got := i.status("/v2/me", made); got != throttled {
		t.Errorf("the fourth call: %+v, want throttled", got)
	}
	if got := i.status("/v2/me", last); got != throttled { // the same app; what matters is that it is known
		t.Errorf("a token minted just before the kill: %+v", got)
	}
}

func mintBy(t *testing.T, operator *admin.Client, member string) string {
	t.Helper()
	made, err := operator.Mint(t.Context(), admin.MintRequest{App: "demo", Member: member, Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	return made.Token
}

func callChild(t *testing.T, address, bearer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+"/v2/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := (&http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != 200 {
		t.Fatalf("status %d", resp.StatusCode)
	}
}

// savedCounts reads the store of a running instance, beside it.
func savedCounts(t *testing.T, dir string) (n int64) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	counters, err := st.LoadCounters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counters {
		n += c.Used
	}
	return n
}
