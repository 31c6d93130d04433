package main

import (
	"context"
	"errors"
	"syscall"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/sandbox"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/problem"
)

type sandboxCmd struct {
	API       string `name:"api" placeholder:"ADDRESS" help:"Where the API listens; port 0 is any free one. 127.0.0.1:8080 unless said, or the next port that is free."`
	WWW       string `name:"www" placeholder:"ADDRESS" help:"Where the page that says what is here listens; likewise 127.0.0.1:8081."`
	Admin     string `placeholder:"ADDRESS" help:"Where health, metrics, rules that fail calls and the clock are; likewise 127.0.0.1:8082."`
	Demo      string `placeholder:"ADDRESS" help:"Where the demo app listens, which signs in and makes each mistake; likewise 127.0.0.1:8083."`
	Data      string `type:"path" placeholder:"DIR" help:"A folder to keep everything in; a temporary one, removed at the end, unless said."`
	Profile   string `enum:"linkedin,standard" default:"linkedin" placeholder:"PROFILE" help:"How errors are worded: linkedin (unless said) or standard."`
	JSON      bool   `name:"json" help:"Write sandbox.json to standard output, and nothing else."`
	LogFormat string `enum:"json,text" default:"text" placeholder:"FORMAT" help:"text (unless said) or json."`
	LogLevel  string `enum:"debug,info,warn,error" default:"warn" placeholder:"LEVEL" help:"debug, info, warn (unless said) or error."`
}

// Help is shown below the flags.
func (sandboxCmd) Help() string {
	return `One process, nothing to configure: the gateway in the linkedin profile, and behind it a LinkedIn-like API with people, posts and tokens in every state, and a demo app that signs in. When it is ready it prints a curl line for each failure. DIR/sandbox.json has addresses and tokens for programs.

Calls can fail by rules, too, and time can pass: POST /v1/faults and /v1/clock of the admin listener, with admin_token of sandbox.json. Lines for both are printed, and its page says what rules can do.

Examples:

    candor sandbox
    candor sandbox --api 127.0.0.1:0 --www 127.0.0.1:0 --admin 127.0.0.1:0 --demo 127.0.0.1:0 --json
    candor sandbox --data ./sandbox --profile standard`
}

// Run runs the sandbox until a signal ends it.
func (c *sandboxCmd) Run(p *program) error {
	for _, at := range []struct{ flag, address string }{{"--api", c.API}, {"--www", c.WWW}, {"--admin", c.Admin}, {"--demo", c.Demo}} {
		if at.address == "" {
			continue
		}
		if err := config.CheckAddress(at.address); err != nil {
			return mistake("%s %w", at.flag, err)
		}
	}
	profile, _ := problem.ProfileByName(c.Profile)                 // one of the two: kong has seen to that
	to := p.serve(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP) // HUP: the terminal was closed
	log := server.NewLog(to.err, config.Log{Level: c.LogLevel, Format: c.LogFormat}, p.now)

	version, commit := buildVersion()
	ctx, end := context.WithCancel(context.Background())
	defer end()
	done := make(chan error, 1)
	go func() {
		done <- sandbox.Run(ctx, sandbox.Options{
			API: c.API, WWW: c.WWW, Admin: c.Admin, Demo: c.Demo, Data: c.Data, Profile: profile, JSON: c.JSON,
			Version: version, Commit: commit, Now: p.now, Log: log.Logger,
		}, to.out)
	}()
	return c.taken(to.untilDone(done, end))
}

// taken says of an address that was given, and cannot be had, by which flag.
func (c *sandboxCmd) taken(err error) error {
	var e *server.ListenError
	if !errors.As(err, &e) {
		return err
	}
	for flag, given := range map[string]string{"--api": c.API, "--www": c.WWW, "--admin": c.Admin, "--demo": c.Demo} {
		if given == e.Address {
			return mistake("%s: %w", flag, e)
		}
	}
	return err
}

// untilDone waits for the end; the first signal asks for it, the second does not wait.
func (s *streams) untilDone(done <-chan error, end func()) error {
	select {
	case err := <-done:
		return err
	case <-s.signals:
		end()
	}
	select {
	case err := <-done:
		return err
	case <-s.signals:
		s.hurried = true
		return errors.New("ended at once by a second signal; a temporary folder may be left behind")
	}
}
