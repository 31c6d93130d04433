package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

type checkCmd struct {
	Config string `arg:"" optional:"" default:"candor.yaml" help:"The configuration; candor.yaml unless said."`
	Print  bool   `help:"Write the effective configuration, with every default, as YAML that loads to the same."`
}

// Help is shown below the flags.
func (checkCmd) Help() string {
	return `Every mistake is shown as file:line:column, with what was expected there; warnings are shown the same way. What would keep an instance from starting on this machine, as this user, is shown too: folders, permissions, addresses that are in use or not this machine's. It counts as no mistake, since the file may be meant for another, and is not looked for while an instance runs with the same data folder. Nothing is started or made, and no upstream is asked.

Exit code: 0 if it would run, 2 if it has mistakes.

Examples:

    candor check
    candor check /etc/candor/candor.yaml
    candor check --print candor.yaml > effective.yaml`
}

// Run checks the configuration.
func (c *checkCmd) Run(p *program) error {
	cfg, err := p.load(c.Config)
	if err != nil {
		return err
	}
	for _, w := range append(cfg.Warnings, cfg.CertificateWarnings(p.now())...) {
		fmt.Fprintln(p.err, w.Warning())
	}
	c.look(p, cfg)
	if c.Print {
		text, err := cfg.AppendYAML(nil)
		if err != nil {
			return err
		}
		_, err = p.out.Write(text)
		return err
	}
	fmt.Fprintf(p.out, "%s is good: %s.\n", c.Config, summary(cfg))
	return nil
}

// look says what would keep an instance from starting here. It may be meant for another machine, or another user, so that is no mistake.
func (c *checkCmd) look(p *program, cfg *config.Config) {
	for _, err := range server.Look(context.Background(), cfg) {
		fmt.Fprintf(p.err, "%s: on this machine, as this user, it would not start: %v\n", c.Config, err)
	}
}

// summary tells a configuration in one line, so that one sees whether it is the one that was meant.
func summary(cfg *config.Config) string {
	routes := 0
	for i := range cfg.APIs {
		routes += len(cfg.APIs[i].Routes)
	}
	var at []string
	for i := range cfg.Listeners {
		scheme := "http"
		if cfg.Listeners[i].TLS != nil {
			scheme = "https"
		}
		at = append(at, scheme+" on "+cfg.Listeners[i].Address)
	}
	if w := cfg.WWW; w != nil {
		at = append(at, "pages on "+w.Address)
	}
	return fmt.Sprintf("%s; %s, %s, %s, %s", strings.Join(at, ", "),
		count(len(cfg.APIs), "API"), count(routes, "route"), count(len(cfg.Upstreams), "upstream"), count(len(cfg.Apps), "app"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
