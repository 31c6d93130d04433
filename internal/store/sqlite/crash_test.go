package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/store/storetest"
	"github.com/candor-gateway/candor/internal/token"
)

// childEnv makes the test binary a process that writes to the store in the directory it names until it is killed.
const childEnv = "CANDOR_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(context.Background(), dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func anyGrant(member access.MemberID) token.GrantSpec {
	return token.GrantSpec{App: 1, Member: member, Scopes: access.ScopeSet{}.With(3), ScopeText: "email", Ends: storetest.Noon.Add(time.Hour)}
}

// writeUntilKilled prints a line for each write after the store has acknowledged it.
func writeUntilKilled(ctx context.Context, dir string) error {
	if _, err := Lock(dir); err != nil {
		return err
	}
	s, err := Open(ctx, dir)
	if err != nil {
		return err
	}
	if _, err = s.SyncApps(ctx, []*access.App{{Name: "demo"}}, storetest.Noon); err != nil {
		return err
	}
	begun, err := s.CreatedApps(ctx)
	if err != nil {
		return err
	}
	for i := len(begun); ; i++ {
		member, err := s.EnsureMember(ctx, fmt.Sprintf("member-%d", i), storetest.Noon)
		if err != nil {
			return err
		}
		granted, err := s.EnsureGrant(ctx, anyGrant(member.ID), storetest.Noon)
		if err != nil {
			return err
		}
		app := access.CreatedApp{Name: appOf(member.Subject), Owners: []string{"ada@example.com"}, Secrets: []access.Secret{access.NewSecret(member.Subject, 0)}}
		if _, err := s.CreateApp(ctx, app); err != nil {
			return err
		}
		disable := func(a *access.CreatedApp) error { a.Disabled = true; return nil }
		if _, err := s.ChangeApp(ctx, app.Name, disable); err != nil {
			return err
		}
		used := quota.Counter{Resource: "people", Key: quota.App, Window: quota.Day, App: 1, Used: int64(i)}
		if err := s.SaveCounters(ctx, slices.Values([]quota.Counter{used})); err != nil {
			return err
		}
		fmt.Println(i, granted.Grant.ID)
	}
}

func appOf(subject string) string { return "app-of-" + subject }

// TestKill9 kills a process in the midst of its writes, more than once over the same directory.
func TestKill9(t *testing.T) {
	dir := t.TempDir()
	acknowledged := make(map[access.GrantID]string)
	for range 2 {
		used := writeAndKill(t, dir, acknowledged)
		release, err := Lock(dir)
		if err != nil {
			t.Fatalf("the dead hold the lock: %v", err)
		}
		s := open(t, dir)
		for id, subject := range acknowledged {
			g, lost := s.Grant(t.Context(), id)
			if lost != nil || g.Member.Subject != subject || g.Revoked() || g.ScopeText != "email" {
				t.Errorf("grant %d of %s: %v %v", id, subject, g, lost)
			}
		}
		apps := map[string]access.CreatedApp{}
		created, err := s.CreatedApps(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, app := range created {
			apps[app.Name] = app
		}
		for _, subject := range acknowledged {
			if app := apps[appOf(subject)]; !app.Disabled || len(app.Owners) != 1 || len(app.Secrets) != 1 || app.Secrets[0].Hash != access.NewSecret(subject, 0).Hash {
				t.Errorf("the app of %s: %+v", subject, app)
			}
		}
		counters, err := s.LoadCounters(t.Context())
		if err != nil || len(counters) != 1 || counters[0].Used < used {
			t.Errorf("%v (%v), want one that has counted %d at least", counters, err, used)
		}
		var sound string
		if err := s.w.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("integrity: %s %v", sound, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
}

func writeAndKill(t *testing.T, dir string, acknowledged map[access.GrantID]string) (used int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), childEnv+"="+dir)
	var said strings.Builder
	child.Stderr = &said
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ { // to the end: what it said before it died counts
		var id access.GrantID
		if _, err := fmt.Sscan(lines.Text(), &used, &id); err != nil {
			break // a line cut by death
		}
		acknowledged[id] = fmt.Sprintf("member-%d", used)
		if n == 40 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || said.Len() > 0 || used < 40 {
		t.Fatalf("the child ended by itself after %d writes: %v %s", used, err, &said)
	}
	return used
}
