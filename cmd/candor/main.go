// Candor is the API gateway that explains itself. This program serves an API through it, checks its
// configuration, mints tokens, runs a sandbox to try errors against, and explains answers.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kong"
)

// The exit codes of every command.
const (
	exitOK            = 0
	exitCannotRun     = 1
	exitMistake       = 2 // in the configuration or the command line
	exitCannotExplain = 3
)

// program is what a command may use of the world.
type program struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) (string, bool)
	now      func() time.Time
	streams  *streams // of a command that serves; nil: what is written waits for whoever reads
}

// commands are what the program can do, in the order in which help shows them.
type commands struct {
	Observe   observeCmd    `cmd:"" help:"Stand in front of a running API, change nothing, and explain each call that fails."`
	Serve     serveCmd      `cmd:"" help:"Run the gateway of a configuration."`
	Check     checkCmd      `cmd:"" help:"Say what is wrong with a configuration, all at once."`
	Reload    reloadCmd     `cmd:"" help:"Make the running instance read its configuration again."`
	Route     routeCmd      `cmd:"" help:"Say what would become of a call, check by check, without making it."`
	Token     tokenCmds     `cmd:"" help:"Work with access tokens."`
	Keys      keysCmds      `cmd:"" help:"List the keys that tokens are signed with, or make the next one."`
	App       appCmds       `cmd:"" help:"Create apps and change them, or list them all."`
	Member    memberCmds    `cmd:"" help:"Create members' accounts, restrict members and erase them."`
	Developer developerCmds `cmd:"" help:"Create developers' accounts, or list them."`
	Operator  operatorCmds  `cmd:"" help:"Create operators' accounts, or list them."`
	Requests  requestsCmds  `cmd:"" help:"Say what became of calls that failed: one, a list, or as they fail."`
	Debug     debugCmd      `cmd:"" help:"Make a token with which calls are recorded whole, also when they go well."`
	Cache     cacheCmds     `cmd:"" help:"Tell what the cache of answers keeps, or clear it."`
	Usage     appUsageCmd   `cmd:"" help:"Tell what an app did today, what is left of its limits and what it may do."`
	Sandbox   sandboxCmd    `cmd:"" help:"Run a LinkedIn-like API on this machine, to try every error against."`
	Explain   explainCmd    `cmd:"" help:"Say what an answer means, who can fix it and how."`
	Report    reportCmd     `cmd:"" help:"Make a report for support of a recorded call, without its secrets."`
	Digest    digestCmd     `cmd:"" help:"Tell what failed this week, by cause and app, with what to do and whom to write to."`
	Errors    errorsCmds    `cmd:"" help:"List all errors that answers can name, and write their pages."`
	Version   versionCmd    `cmd:"" help:"Say which Candor this is."`
	Help      helpCmd       `cmd:"" help:"Show help, of a command if one is named."`

	ShowVersion versionFlag `name:"version" short:"v" help:"Say which Candor this is."`
}

// helpCmd is known by name; what it does is done before the command line is read.
type helpCmd struct {
	Command []string `arg:"" optional:"" help:"The command, as in candor help token mint."`
}

func main() {
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv, now: time.Now}
	os.Exit(p.run(os.Args[1:]))
}

// run runs one command and answers the exit code.
func (p *program) run(args []string) int {
	code := -1 // as long as kong has not ended the program, which it does after help
	parser, err := kong.New(&commands{},
		kong.Name("candor"),
		kong.Description("The API gateway that explains itself."),
		kong.Writers(p.out, p.err),
		kong.Exit(func(c int) { code = c }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Bind(p),
	)
	if err != nil {
		return p.end(err)
	}
	command, err := parser.Parse(asked(args))
	if code >= 0 {
		return code
	}
	if err != nil {
		return p.end(misused(err))
	}
	code = p.end(command.Run())
	if p.streams != nil {
		p.streams.close()
	}
	return code
}

// asked puts the ways in which people ask for help into the one that there is.
func asked(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// end says why a command failed, if it did, and answers the exit code.
func (p *program) end(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e) && e.err == nil:
		return e.code
	case errors.As(err, &e):
		fmt.Fprintln(p.err, e.err)
		return e.code
	}
	fmt.Fprintln(p.err, "candor:", err)
	return exitCannotRun
}

// exitError ends the program with a code of its own. Its text is said as it is; without one nothing
// more is said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }
