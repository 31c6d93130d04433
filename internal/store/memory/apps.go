package memory

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// SyncApps brings in the apps of the configuration and returns them as a policy sees them; those that are no longer
// configured are disabled. Apps that commands created are not touched, and not among them; the name of one is refused.
func (s *Store) SyncApps(_ context.Context, configured []*access.App, _ time.Time) (access.Apps, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	byName := make(map[string]*access.App, len(configured))
	for _, a := range configured {
		if kept := s.app(a.Name); kept != nil && kept.created != nil {
			return nil, fmt.Errorf("app %s was created by a command; give the one of the configuration another name", a.Name)
		}
		byName[a.Name] = a
	}
	for _, a := range configured {
		s.bringIn(a)
	}
	apps := make(access.Apps, len(s.apps)+1)
	for i, kept := range s.apps {
		if kept.created != nil {
			continue
		}
		a := &access.App{Name: kept.name, Disabled: true}
		if known := byName[kept.name]; known != nil {
			*a = *known
		}
		a.ID, a.ClientID = access.AppID(i+1), kept.clientID
		apps[a.ID] = a
	}
	return apps, nil
}

func (s *Store) bringIn(a *access.App) {
	kept := s.app(a.Name)
	if kept == nil {
		kept = &app{name: a.Name, clientID: newClientID()}
		s.apps = append(s.apps, kept)
	}
	kept.clientID = cmp.Or(a.ClientID, kept.clientID)
}

// app is the one of that name, or nil; the caller holds mu.
func (s *Store) app(name string) *app {
	if i := slices.IndexFunc(s.apps, func(kept *app) bool { return kept.name == name }); i >= 0 {
		return s.apps[i]
	}
	return nil
}

// CreatedApps are the apps that commands created, in the order of their numbers.
func (s *Store) CreatedApps(context.Context) (apps []access.CreatedApp, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kept := range s.apps {
		if kept.created != nil {
			apps = append(apps, copyOf(kept.created))
		}
	}
	return apps, nil
}

// CreateApp adds an app, and gives it a number and, unless it brings one, a client id. A name or client id that another
// app has or had is refused.
func (s *Store) CreateApp(_ context.Context, created access.CreatedApp) (access.CreatedApp, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	created.ClientID = cmp.Or(created.ClientID, newClientID())
	for _, kept := range s.apps {
		if kept.name == created.Name || kept.clientID == created.ClientID {
			return access.CreatedApp{}, fmt.Errorf("create app %s: app %s has the same name or client id", created.Name, kept.name)
		}
	}
	created.ID = access.AppID(len(s.apps) + 1)
	own := copyOf(&created)
	s.apps = append(s.apps, &app{created.Name, created.ClientID, &own})
	return created, nil
}

// ChangeApp lets change alter the created app of that name, all of it or nothing; see sqlite's.
func (s *Store) ChangeApp(_ context.Context, name string, change func(*access.CreatedApp) error) (access.CreatedApp, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.app(name)
	if kept == nil || kept.created == nil {
		return access.CreatedApp{}, fmt.Errorf("change app %s: %w", name, token.ErrNotFound)
	}
	was, is := kept.created, copyOf(kept.created)
	if err := change(&is); err != nil {
		return access.CreatedApp{}, err
	}
	is.ID, is.Name, is.ClientID, is.Created = was.ID, was.Name, was.ClientID, was.Created
	own := copyOf(&is)
	kept.created = &own
	return is, nil
}

// copyOf shares nothing with a.
func copyOf(a *access.CreatedApp) access.CreatedApp {
	c := *a
	c.Products, c.Owners, c.RedirectURIs = slices.Clone(a.Products), slices.Clone(a.Owners), slices.Clone(a.RedirectURIs)
	c.Introspects, c.Secrets = slices.Clone(a.Introspects), slices.Clone(a.Secrets)
	return c
}

func newClientID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
