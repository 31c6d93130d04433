package sandbox

import (
	"context"
	"fmt"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/sandbox/demo"
	"github.com/candor-gateway/candor/problem"
)

// checkDemo refuses a demo to which members could not be sent back.
func checkDemo(url string) error {
	if access.CheckRedirectURI(Apps(url)[demoApp].RedirectURIs[0]) == nil {
		return nil
	}
	return fmt.Errorf("the demo cannot be at %s: codes go back to it over http, which is for this machine alone; choose a loopback address, as 127.0.0.1:8083", url)
}

// prepare makes beside what only people need: accounts, and what the demo is given. Their browsers wait for it.
func (s *sandbox) prepare(ctx context.Context, f *File) {
	ctx, s.stop = context.WithCancel(ctx)
	s.prepared = make(chan error, 1)
	go func() {
		defer close(s.ready)
		s.prepared <- s.people(ctx, f)
	}()
}

func (s *sandbox) people(ctx context.Context, f *File) error {
	if err := s.gateway.Accounts().Keep(ctx, accounts()); err != nil {
		return err
	}
	for i := range s.keys {
		if err := s.gateway.Accounts().OrderDeveloperKey(ctx, s.keys[i].email, keyName, s.keys[i].random); err != nil {
			return err
		}
	}
	given, err := orderAll(ctx, s.gateway, f, s.wall.now())
	if err != nil {
		return err
	}
	app, err := demo.New(demoOptions(f, &given, s.o.Profile == problem.Standard))
	if err != nil {
		return err
	}
	s.demo.serve(app, s.o.Log)
	return nil
}

// stopPreparing ends what is made beside. Nobody waits for it any more.
func (s *sandbox) stopPreparing() {
	switch {
	case s.stop != nil:
		s.stop()
		<-s.ready
	case s.ready != nil:
		close(s.ready)
	}
}
