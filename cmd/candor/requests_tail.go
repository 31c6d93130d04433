package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/requestlog"
)

type requestsTailCmd struct {
	filterFlags
	Debug  bool   `help:"Only calls that were asked for with Candor-Debug, also those that went well, with all that is known of each."`
	Config string `default:"candor.yaml" placeholder:"FILE" help:"The configuration; candor.yaml unless said."`
	JSON   bool   `name:"json" help:"Write each call as a line of JSON."`
}

// Help is shown below the flags.
func (requestsTailCmd) Help() string {
	return `Ctrl-C ends it. The running instance is asked once a second.

Examples:

    candor requests tail
    candor requests tail --app shop --problem throttled
    candor requests tail --debug`
}

// askEvery is how often tail asks.
const askEvery = time.Second

// Run follows until it is interrupted.
func (c *requestsTailCmd) Run(p *program) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return p.withInstance(c.Config, "what became of calls is in the process alone",
		func(_ context.Context, to *admin.Client) error { return c.follow(ctx, p, to) },
		func(_ context.Context, cfg *config.Config) error {
			return mistake("no instance runs with the data folder %s, so that no call fails; candor requests list shows those that have", cfg.Data)
		})
}

func (c *requestsTailCmd) follow(ctx context.Context, p *program, requests admin.Requests) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	t := &tail{query: c.query(), from: p.now(), said: map[string]time.Time{}}
	for {
		all, cut, err := t.ask(ctx, requests.Requests)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			err = c.write(p.out, all, cut, p.now())
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *requestsTailCmd) write(to io.Writer, all []*requestlog.Record, cut bool, now time.Time) error {
	for _, r := range all {
		if c.Debug && !r.Debug {
			continue
		}
		if err := c.writeOne(to, r, now); err != nil {
			return err
		}
	}
	if !cut || c.JSON {
		return nil
	}
	_, err := fmt.Fprintln(to, "(more calls fail than can be followed; say which by --app, --problem, --status, --route or --path)")
	return err
}

func (c *requestsTailCmd) writeOne(to io.Writer, r *requestlog.Record, now time.Time) (err error) {
	switch {
	case c.JSON:
		return writeLine(to, r)
	case c.Debug:
		_, err = fmt.Fprintln(to, requestText(r, now))
	default:
		_, err = fmt.Fprintf(to, "%s  %s  %s  %s\n", r.Time.UTC().Format("15:04:05"), r.RequestID, endShown(r), shown(callShown(r)))
	}
	return err
}

// tail asks again and again for what is new. A call is in the log when it is over, under the time at which it began: so what began some time before is looked at again,
// and what was said already is left out.
type tail struct {
	query url.Values
	from  time.Time
	said  map[string]time.Time // by id; those that can come again
}

const (
	longCall = time.Minute // one that takes longer is not followed
	mostAsks = 4           // pages of one look
)

// ask is what is new, the earliest first; cut says that there is more than is asked for.
func (t *tail) ask(ctx context.Context, list func(context.Context, url.Values) (admin.RequestPage, error)) (all []*requestlog.Record, cut bool, err error) {
	query := maps.Clone(t.query)
	query.Set("since", t.from.UTC().Format(time.RFC3339))
	query.Set("limit", "500")
	for range mostAsks {
		page, err := list(ctx, query)
		if err != nil {
			return nil, false, err
		}
		all = append(all, t.fresh(page.Requests)...)
		if cut = page.Next != ""; !cut {
			break
		}
		query.Set("cursor", page.Next)
	}
	slices.SortStableFunc(all, func(a, b *requestlog.Record) int { return a.Time.Compare(b.Time) })
	t.forget()
	return all, cut, nil
}

func (t *tail) fresh(page []*requestlog.Record) (all []*requestlog.Record) {
	for _, r := range page {
		if _, known := t.said[r.RequestID]; !known {
			t.said[r.RequestID] = r.Time
			all = append(all, r)
		}
	}
	return all
}

// forget goes on from a while before the latest call.
func (t *tail) forget() {
	for _, at := range t.said {
		if begin := at.Add(-longCall); begin.After(t.from) {
			t.from = begin
		}
	}
	for id, at := range t.said {
		if at.Before(t.from.Add(-time.Second)) { // since is said in whole seconds
			delete(t.said, id)
		}
	}
}
