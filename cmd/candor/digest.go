package main

import (
	"context"
	"errors"
	"io"
	"net/url"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/server"
)

type digestCmd struct {
	Since string `placeholder:"TIME" help:"From then on: a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z; 7d unless said, 90d at most."`
	Out   string `placeholder:"FILE" help:"Write it to a new file that only you can read."`
	instanceFlags
}

// Help is shown below the flags.
func (digestCmd) Help() string {
	return `Tells what failed as a person would report it: by cause and app, with what to do and whom to write to, what is new, what recurs most, which apps have nearly used up a limit, and which revisions of the configuration were taken; as Markdown, or as JSON. At most 20 causes are told one by one, and how many more there are. docs/digest.md says what it is made of.

` + howRequests + `

Examples:

    candor digest
    candor digest --since 24h
    candor digest --out week.md
    candor digest --json | jq -r '.findings[] | select(.new) | .what'`
}

// Run tells it.
func (c *digestCmd) Run(p *program) error {
	d, err := p.digest(c.Config, c.Since)
	if err != nil {
		return err
	}
	write := func(to io.Writer) error {
		if c.JSON {
			return writeJSON(to, d)
		}
		_, err := io.WriteString(to, d.Markdown())
		return err
	}
	if c.Out == "" {
		return write(p.out)
	}
	return save("digest", c.Out, write)
}

// digest asks the running instance, or else reads the request log of the one that does not run.
func (p *program) digest(file, since string) (*digest.Digest, error) {
	d := &digest.Digest{}
	err := p.withInstance(file, "what became of calls is in the process alone",
		func(ctx context.Context, to *admin.Client) error { return to.Digest(ctx, since, d) },
		func(ctx context.Context, cfg *config.Config) error {
			requests, err := server.OpenRequests(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(stoppedDigest(ctx, requests, since, d), requests.Close())
		})
	return d, err
}

func stoppedDigest(ctx context.Context, requests *server.StoppedRequests, since string, into *digest.Digest) error {
	query := url.Values{}
	if since != "" {
		query.Set("since", since)
	}
	told, err := requests.Digest(ctx, query)
	if err != nil {
		return err
	}
	*into = *told
	return nil
}
