package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/server"
)

type requestsCmds struct {
	Show   requestsShowCmd   `cmd:"" help:"Say what became of a call: what was wrong, since when, what was sent, how far it came."`
	List   requestsListCmd   `cmd:"" help:"List calls that failed, the latest first."`
	Tail   requestsTailCmd   `cmd:"" help:"Follow the calls that fail, as they fail."`
	Judge  requestsJudgeCmd  `cmd:"" help:"Say whether a call that failed would pass now."`
	Forget requestsForgetCmd `cmd:"" help:"Forget the calls of a member or of an app."`
}

const howRequests = `A running instance is asked over the socket in its data folder, or else over the admin address with admin.token. Where it does not run, its request log is read: log.db in the data folder. docs/requests.md says what is kept, for how long, and who else sees it.`

type requestsShowCmd struct {
	ID string `arg:"" help:"The id of the call, in any spelling: an answer has it in X-Request-Id."`
	instanceFlags
}

// Help is shown below the flags.
func (requestsShowCmd) Help() string {
	return howRequests + `

Examples:

    candor requests show 01a2105d-5db4-7e54-9977-059df43e5d54
    candor requests show 01a2105d-5db4-7e54-9977-059df43e5d54 --json`
}

// Run shows the call.
func (c *requestsShowCmd) Run(p *program) error {
	var is *requestlog.Record
	err := p.withRequests(c.Config, func(ctx context.Context, requests admin.Requests) (err error) {
		is, err = requests.Request(ctx, c.ID)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, is)
	}
	_, err = io.WriteString(p.out, requestText(is, p.now()))
	return err
}

// filterFlags say which calls are meant.
type filterFlags struct {
	App     string `placeholder:"NAME" help:"Of this app alone."`
	Member  string `placeholder:"ID" help:"Of this member alone, by your own id for them."`
	Problem string `placeholder:"NAME" help:"That ended with this problem, as in throttled; candor errors list names them."`
	Status  int    `placeholder:"STATUS" help:"That got this status, as in 429."`
	Route   string `placeholder:"NAME" help:"Of this route, as metrics name it: api/me."`
	Path    string `placeholder:"PATH" help:"Whose target begins so, as in /v2/."`
}

func (f *filterFlags) query() url.Values {
	q := url.Values{"app": {f.App}, "member": {f.Member}, "problem": {f.Problem}, "route": {f.Route}, "path": {f.Path}}
	if f.Status != 0 {
		q.Set("status", strconv.Itoa(f.Status))
	}
	return q
}

type requestsListCmd struct {
	filterFlags
	Since  string `placeholder:"TIME" help:"From then on: a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z."`
	Until  string `placeholder:"TIME" help:"Until then, said in the same ways."`
	Limit  int    `default:"50" placeholder:"N" help:"So many at most, up to 500; 50 unless said."`
	Cursor string `placeholder:"CURSOR" help:"Go on where a list ended: it says how."`
	instanceFlags
}

// Help is shown below the flags.
func (requestsListCmd) Help() string {
	return howRequests + `

Examples:

    candor requests list --app shop --since 2h
    candor requests list --problem throttled --json`
}

// Run lists calls.
func (c *requestsListCmd) Run(p *program) error {
	query := c.query()
	for name, value := range map[string]string{"since": c.Since, "until": c.Until, "cursor": c.Cursor, "limit": strconv.Itoa(c.Limit)} {
		query.Set(name, value)
	}
	var page admin.RequestPage
	err := p.withRequests(c.Config, func(ctx context.Context, requests admin.Requests) (err error) {
		page, err = requests.Requests(ctx, query)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, page)
	}
	return writeRequests(p.out, &page, p.width())
}

type requestsForgetCmd struct {
	Member string `xor:"whose" required:"" placeholder:"ID" help:"Of this member, by your own id for them."`
	App    string `xor:"whose" required:"" placeholder:"NAME" help:"Of this app."`
	instanceFlags
}

// Help is shown below the flags.
func (requestsForgetCmd) Help() string {
	return `Records and counts go, for good. What is not in the request log stays where it is: lines of the access log, and backups of the data folder.

` + howRequests + `

Examples:

    candor requests forget --member 4711
    candor requests forget --app shop`
}

// Run forgets.
func (c *requestsForgetCmd) Run(p *program) error {
	var gone admin.ForgottenRequests
	err := p.withRequests(c.Config, func(ctx context.Context, requests admin.Requests) (err error) {
		gone, err = requests.ForgetRequests(ctx, admin.ForgetRequests{Member: c.Member, App: c.App})
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, gone)
	}
	whose := "the member " + c.Member
	if c.App != "" {
		whose = "the app " + c.App
	}
	_, err = fmt.Fprintf(p.out, "Of %s %s forgotten.\n", whose, wereCalls(gone.Gone))
	return err
}

func wereCalls(n int) string {
	switch n {
	case 0:
		return "there was no call to be"
	case 1:
		return "1 call was"
	}
	return fmt.Sprintf("%d calls were", n)
}

// withRequests asks the running instance, or else opens the log of the one that does not run.
func (p *program) withRequests(file string, do func(context.Context, admin.Requests) error) error {
	return p.withInstance(file, "what became of calls is in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(ctx context.Context, cfg *config.Config) error {
			requests, err := server.OpenRequests(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, requests), requests.Close())
		})
}

// writeLine writes a value as one line of JSON.
func writeLine(to io.Writer, v any) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
