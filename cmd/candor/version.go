package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

type versionCmd struct{}

// Help is shown below the flags.
func (versionCmd) Help() string {
	return `Examples:

    candor version`
}

// Run says version, commit and what it was built with.
func (versionCmd) Run(p *program) error {
	version, commit := buildVersion()
	_, err := fmt.Fprintf(p.out, "candor %s (commit %s, %s, %s/%s)\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// versionFlag is the same as a flag of every command.
type versionFlag bool

// BeforeReset says the version instead of whatever else the command line asks for.
func (versionFlag) BeforeReset(app *kong.Kong, p *program) error {
	err := versionCmd{}.Run(p)
	app.Exit(exitOK)
	return err
}

// buildVersion is what the Go tool wrote into the program.
func buildVersion() (version, commit string) {
	version, commit = "(devel)", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, commit
	}
	if info.Main.Version != "" {
		version = info.Main.Version
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			commit = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", changed"
		}
	}
	return version, commit + changed
}
