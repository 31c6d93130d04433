package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
)

type routeCmd struct {
	Method  string   `arg:"" help:"The call's method, as in GET."`
	URL     string   `arg:"" name:"url" help:"Its URL, as in https://api.example.com/v2/me, or the path alone."`
	Token   string   `placeholder:"TOKEN" help:"An access token that it would bring; - reads it from standard input, which no list of processes shows."`
	From    string   `placeholder:"ADDR" help:"The address that it would come from; this machine's unless said."`
	Header  []string `placeholder:"LINE" sep:"none" help:"A field of its head, as in 'LinkedIn-Version: 202511'; can be said again."`
	JSON    bool     `name:"json" help:"Write what is told as JSON."`
	Config  string   `default:"candor.yaml" placeholder:"FILE" help:"The configuration; candor.yaml unless said."`
	Stopped bool     `help:"Judge by the configuration as it stands in the file, also where an instance runs."`
}

// Help is shown below the flags.
func (routeCmd) Help() string {
	return `The route, and each check in its order with what it would find. No API is called, and nothing is counted. A running instance is asked, over the socket in its data folder or else over the admin address with admin.token; it judges by the configuration that it runs. Of a stopped one the store is read, and nothing is written. What cannot be known without the call itself, such as its body, is "cannot tell". The token is neither shown nor logged.

Exit code: 0 if the call would be let pass, 3 if it would be refused.

Examples:

    candor route GET /v2/me --token "$TOKEN"
    candor route POST https://api.example.com/v2/posts --header 'Content-Type: application/json' --header 'Content-Length: 20'
    candor route DELETE /v2/me --from 192.0.2.1 --json
    candor route GET /v2/me --token - < token.txt`
}

// routeWithin bounds how long an instance may take to tell.
const routeWithin = 30 * time.Second

// exitRefused is that of a call that would be refused.
const exitRefused = exitCannotExplain

// Run tells what would become of the call.
func (c *routeCmd) Run(p *program) error {
	asked := admin.RouteRequest{Method: c.Method, URL: c.URL, Token: c.Token, From: c.From, Headers: c.Header}
	if c.Token == "-" {
		read, err := io.ReadAll(io.LimitReader(p.in, inputMax))
		if err != nil {
			return fmt.Errorf("read the token: %w", err)
		}
		asked.Token = strings.TrimSpace(string(read))
	}
	told, err := c.ask(p, asked)
	if refused, ok := errors.AsType[*admin.Fault](err); ok && refused.Status < 500 {
		return mistake("%w", refused)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(p.out, told)
	} else {
		_, err = io.WriteString(p.out, textOf(&told))
	}
	if err == nil && told.Outcome == "refused" {
		return &exitError{exitRefused, nil}
	}
	return err
}

// ask asks the running instance, or else reads what it would know.
func (c *routeCmd) ask(p *program, asked admin.RouteRequest) (told admin.RouteAnswer, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), routeWithin)
	defer cancel()
	if !c.Stopped {
		o, wrong := p.operatorOf(c.Config, "")
		if wrong != nil {
			return told, wrong
		}
		err = o.ask(func(to *admin.Client) (err error) {
			told, err = to.Route(ctx, asked)
			return err
		})
		if _, nobody := errors.AsType[*errNobody](err); !nobody && !errors.Is(err, errNoWay) {
			return told, err
		}
	}
	cfg, err := p.load(c.Config)
	if err != nil {
		return told, err
	}
	return server.TryStopped(ctx, cfg, asked, p.now())
}

// textOf is what is told, for people.
func textOf(told *admin.RouteAnswer) string {
	var b strings.Builder
	route := "none"
	switch {
	case told.Route != "":
		route = told.Route + " (" + told.Path + ")"
	case told.Path != "":
		route = "none; unknown paths of the API " + told.API + " pass"
	}
	fmt.Fprintf(&b, "route      %s\n", route)
	if told.Upstream != "" {
		fmt.Fprintf(&b, "upstream   %s\n", told.Upstream)
	}
	if told.App != "" {
		fmt.Fprintf(&b, "caller     %s\n", strings.TrimSuffix("app "+told.App+", member "+told.Member, ", member "))
	}
	b.WriteString("\n")
	for i := range told.Checks {
		writeCheck(&b, &told.Checks[i])
	}
	b.WriteString("\n" + outcomeOf(told) + "\n")
	return b.String()
}

func writeCheck(b *strings.Builder, c *admin.RouteCheck) {
	fmt.Fprintf(b, "%-11s%-9s%s", c.Check, c.Mode, c.Verdict)
	if c.Status > 0 {
		fmt.Fprintf(b, ": %d %s", c.Status, c.Problem)
	}
	if c.Why != "" {
		b.WriteString(": " + c.Why)
	}
	b.WriteString("\n")
	for _, line := range []string{c.Message, c.Fix} {
		if line != "" {
			fmt.Fprintf(b, "%20s%s\n", "", line)
		}
	}
}

func outcomeOf(told *admin.RouteAnswer) string {
	by := "the running instance"
	if told.Asked != "instance" {
		by = "the configuration as it stands in the file; no instance was asked"
	}
	switch told.Outcome {
	case "refused":
		return fmt.Sprintf("refused: %d %s, by %s", told.Status, told.Problem, by)
	case "answered":
		return "answered by Candor itself, by " + by
	}
	for i := range told.Checks {
		if told.Checks[i].Verdict == "cannot tell" {
			return "forwarded, unless what cannot be told refuses it; by " + by
		}
	}
	return "forwarded, by " + by
}
