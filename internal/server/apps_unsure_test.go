package server

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

// unsure is a store that writes a change and then says that it failed, as a disk may.
type unsure struct{ store }

var errUnsure = errors.New("commit: input/output error")

func (u unsure) ChangeApp(ctx context.Context, name string, change func(*access.CreatedApp) error) (access.CreatedApp, error) {
	_, err := u.store.ChangeApp(ctx, name, change)
	return access.CreatedApp{}, errors.Join(err, errUnsure)
}

// TestAChangeThatMayHaveFailed: what is at work is what the store has, also where it said that it failed.
func TestAChangeThatMayHaveFailed(t *testing.T) {
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "candor.yaml"), []byte(`
data: none
listeners: ["127.0.0.1:0"]
admin: off
drain: {delay: 0s}
log: {access: off}
upstreams: {a: "http://127.0.0.1:1"}
apis: [{routes: [{path: /a}]}]
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if ended := s.Shutdown(t.Context()); ended != nil {
			t.Error(ended)
		}
	}()
	made, err := s.CreateApp(t.Context(), admin.AppRequest{Name: "shop", Owners: []string{"ada@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	s.core.store = unsure{s.core.store}
	if _, err = s.ChangeApp(t.Context(), made.Name, admin.AppChange{Disabled: new(true)}); !errors.Is(err, errUnsure) {
		t.Errorf("the fault is not told: %v", err)
	}
	app := s.gateway.Policy().Admission.Apps.Named("shop")
	if all, err := s.Apps(t.Context()); err != nil || !all[0].Disabled || !app.Disabled {
		t.Errorf("listed as %+v (%v), at work as %+v", all, err, app)
	}
}
