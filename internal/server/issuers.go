package server

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/issuer"
)

// book is what a policy knows of other issuers; nil: nothing. Those whose spec is as it was are kept, with their keys; the others begin with takeIssuers.
func (s *Server) book(cfg *config.Config, k known) *issuer.Book {
	if len(cfg.Issuers) == 0 {
		return nil
	}
	all := make([]*issuer.Issuer, len(cfg.Issuers))
	for i := range cfg.Issuers {
		spec := cfg.Issuers[i].Whole()
		if n := slices.IndexFunc(s.issuers, func(old *issuer.Issuer) bool { return reflect.DeepEqual(old.Spec(), spec) }); n >= 0 {
			all[i] = s.issuers[n]
			continue
		}
		all[i] = issuer.New(spec, s.log)
	}
	of := issuer.Apps{Names: k.names, Number: s.external.number(s.core.store)}
	for _, app := range k.apps {
		if app != nil && app.External != "" {
			of.Listed = append(of.Listed, app)
		}
	}
	return issuer.NewBook(all, of, &s.external.good)
}

// issuersLinger is how long an issuer that is gone from the configuration may still be asked by calls that began before.
const issuersLinger = 15 * time.Second

// takeIssuers begins those that a policy brings in, and ends those that it does without.
func (s *Server) takeIssuers(p *gateway.Policy) {
	var all []*issuer.Issuer
	if p.Admission.Issuers != nil {
		all = p.Admission.Issuers.Issuers()
	}
	for _, i := range all {
		if !slices.Contains(s.issuers, i) {
			go i.Run() // ends when its keys are there, or it is closed
		}
	}
	s.retired = slices.DeleteFunc(s.retired, (*issuer.Issuer).Closed)
	for _, i := range s.issuers {
		if !slices.Contains(all, i) {
			s.retired = append(s.retired, i)
			time.AfterFunc(issuersLinger, i.Close)
		}
	}
	s.issuers = all
}

func (s *Server) closeIssuers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range slices.Concat(s.issuers, s.retired) {
		i.Close()
	}
}

// external are what is known of other issuers' apps and tokens for the life of the process.
type external struct {
	good issuer.Table

	mu    sync.Mutex
	known map[string]access.AppID // nil: not read yet
}

// kindExternal are the names of other issuers' apps that no configuration lists.
const kindExternal = "external"

// The numbers of apps that are not listed begin where no store comes to with those that are. Behind the last of them all others share the first: they are counted
// together, and nobody is refused for being one too many.
const (
	firstExternal access.AppID = 1 << 30
	maxExternal                = 10_000
)

// number gives an app the number that it keeps.
func (e *external) number(kept store) func(context.Context, string) (access.AppID, error) {
	return func(ctx context.Context, key string) (access.AppID, error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		if err := e.read(ctx, kept); err != nil {
			return 0, err
		}
		if id, ok := e.known[key]; ok {
			return id, nil
		}
		if len(e.known) >= maxExternal {
			return firstExternal, nil
		}
		numbers, err := kept.Numbers(ctx, kindExternal, []string{key})
		if err != nil {
			return 0, fmt.Errorf("number an app of another issuer: %w", err)
		}
		e.known[key] = firstExternal + 1 + access.AppID(numbers[key])
		return e.known[key], nil
	}
}

// read reads the numbers that were given before, once.
func (e *external) read(ctx context.Context, kept store) error {
	if e.known != nil {
		return nil
	}
	names, err := kept.Names(ctx, kindExternal)
	if err != nil {
		return fmt.Errorf("read the numbers of other issuers' apps: %w", err)
	}
	e.known = make(map[string]access.AppID, len(names))
	for i, name := range names {
		e.known[name] = firstExternal + 1 + access.AppID(i)
	}
	return nil
}
