package server_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// TestSecretsRotate: two are good during a rotation, and never three.
func TestSecretsRotate(t *testing.T) {
	s := newStage(t)
	var now atomic.Int64 // unix seconds; the instance reads it as well
	now.Store(time.Now().Unix())
	o := s.options()
	o.Now = func() time.Time { return time.Unix(now.Load(), 0) }
	i := s.startBy(s.config(noApps...), o)
	secrets := []string{create(t, i, shop).Secret}
	rotate := func(keep time.Duration) {
		t.Helper()
		secrets = append(secrets, change(t, i, "shop", admin.AppChange{RotateSecret: true, Keep: int64(keep / time.Second)}).Secret)
	}
	good := func(when string, want ...int) {
		t.Helper()
		st, err := sqlite.OpenView(t.Context(), s.words["data"])
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		kept, err := st.CreatedApps(t.Context())
		if err != nil || len(kept) != 1 {
			t.Fatal(kept, err)
		}
		var got []int
		for n, secret := range secrets {
			if kept[0].App().HasSecret(secret, now.Load()) {
				got = append(got, n)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(kept[0].Secrets) > access.MaxSecrets {
			t.Errorf("%s: -want +got\n%s, kept %d", when, diff, len(kept[0].Secrets))
		}
		all, err := i.Apps(t.Context())
		if err != nil || len(all[0].Secrets) != len(want) {
			t.Errorf("%s: told of %d secrets (%v), want %d", when, len(all[0].Secrets), err, len(want))
		}
	}
	good("new", 0)
	rotate(24 * time.Hour)
	good("rotated", 0, 1)
	now.Add(24*60*60 - 1)
	good("at the last second of the first", 0, 1)
	now.Add(1)
	good("a day later", 1)
	rotate(24 * time.Hour)
	rotate(24 * time.Hour)
	good("rotated twice at once", 2, 3)
	rotate(0)
	good("rotated with nothing kept", 4)
	for n, secret := range secrets {
		if len(secret) != 43 || strings.Contains(s.log.String()+s.out.String(), secret) {
			t.Errorf("secret %d of %d characters, or it is in a log", n, len(secret))
		}
	}
}

// TestOneHoldsTheStore: what another process has, running or another command, is named and not touched.
func TestOneHoldsTheStore(t *testing.T) {
	s := newStage(t)
	cfg := s.config(noApps...)
	held := func(what string) {
		t.Helper()
		second, err := server.OpenApps(t.Context(), cfg, time.Now())
		if _, is := errors.AsType[*sqlite.HeldError](err); !is {
			t.Errorf("%s: %v, %v", what, second, err)
		}
	}
	first, err := server.OpenApps(t.Context(), cfg, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	held("beside another command")
	create(t, first, shop)
	if err = first.Close(); err != nil {
		t.Fatal(err)
	}
	i := s.start(noApps...)
	held("beside an instance")
	if all, err := i.Apps(t.Context()); err != nil || len(all) != 1 || all[0].Name != "shop" {
		t.Error(all, err)
	}
}

// TestAnInstanceThatEndsChangesNoApp: the store may be the next one's by then.
func TestAnInstanceThatEndsChangesNoApp(t *testing.T) {
	s := newStage(t)
	i := s.start(noApps...)
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	_, err := i.CreateApp(t.Context(), shop)
	want := &admin.Fault{Status: 503, Message: "this instance is about to end; ask again in a moment"}
	if diff := cmp.Diff(error(want), err); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
