package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

type cacheCmds struct {
	Show  cacheShowCmd  `cmd:"" default:"withargs" help:"Tell what the cache keeps of each route, and how many calls it answered."`
	Clear cacheClearCmd `cmd:"" help:"Forget answers, of all routes unless an API or a route is named."`
}

const howCache = `The running instance is asked over the socket in its data folder, or, where it has none, over the admin address with admin.token. What is kept is in its memory alone. docs/caching.md says what a cache keeps and for whom.`

type cacheShowCmd struct{ instanceFlags }

// Help is shown below the flags.
func (cacheShowCmd) Help() string {
	return `Tells how many answers are kept and what they take, and for each route what became of its calls since the instance began: answered from the cache (hits), after the API had said that the answer still holds (revalidated), by an answer past its time, as the API allowed (stale), by what another call brought at that moment (coalesced), or by the API (misses).

` + howCache + `

Examples:

    candor cache
    candor cache --json | jq '.routes[] | {route, hits, misses}'`
}

// Run tells it.
func (c *cacheShowCmd) Run(p *program) error {
	var told admin.CacheFigures
	err := p.withCache(c.Config, func(ctx context.Context, of admin.Cache) (err error) {
		told, err = of.CacheFigures(ctx)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, told)
	}
	return writeCache(p.out, &told)
}

type cacheClearCmd struct {
	API   string `name:"api" xor:"of" placeholder:"NAME" help:"The answers of this API alone."`
	Route string `xor:"of" placeholder:"API/NAME" help:"The answers of this route alone."`
	instanceFlags
}

// Help is shown below the flags.
func (cacheClearCmd) Help() string {
	return `What is forgotten is asked of the API again by the next call. An answer that is on its way while the cache is cleared goes to its caller and is not kept.

` + howCache + `

Examples:

    candor cache clear
    candor cache clear --api people
    candor cache clear --route people/me`
}

// Run forgets.
func (c *cacheClearCmd) Run(p *program) error {
	var done admin.CacheCleared
	err := p.withCache(c.Config, func(ctx context.Context, of admin.Cache) (err error) {
		done, err = of.ClearCache(ctx, admin.CacheClear{API: c.API, Route: c.Route})
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(p.out, done)
	}
	what := ""
	if c.API+c.Route != "" {
		what = " of " + c.API + c.Route
	}
	if done.Cleared == 0 {
		_, err = fmt.Fprintf(p.out, "The cache kept no answers%s.\n", what)
		return err
	}
	_, err = fmt.Fprintf(p.out, "Forgot %s%s.\n", plural(done.Cleared, "answer"), what)
	return err
}

// withCache asks the running instance: of one that does not run nothing is kept.
func (p *program) withCache(file string, do func(context.Context, admin.Cache) error) error {
	return p.withInstance(file, "the cache lives in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(_ context.Context, cfg *config.Config) error {
			return fmt.Errorf("no instance runs with the data folder %s, and the cache lives in its memory alone; start one with candor serve", cfg.Data)
		})
}

// writeCache tells what the cache keeps, a line a route.
func writeCache(to io.Writer, told *admin.CacheFigures) error {
	if len(told.Routes) == 0 {
		_, err := fmt.Fprintln(to, "No route has a cache. Give one to a route or an API with cache: shared or cache: per_principal.")
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s of %s\n\n", plural(told.Answers, "answer"), bytesShown(told.Bytes), bytesShown(told.Size))
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ROUTE\tCACHE\tANSWERS\tBYTES\tHITS\tREVALIDATED\tSTALE\tCOALESCED\tMISSES\tANSWERED HERE")
	for i := range told.Routes {
		r := &told.Routes[i]
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n",
			shown(r.Route), r.Mode, r.Answers, bytesShown(r.Bytes), r.Hits, r.Revalidated, r.Stale, r.Coalesced, r.Misses, answeredHere(r))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// answeredHere is the share of the calls whose answer the API did not have to make.
func answeredHere(r *admin.CachedRoute) string {
	here := r.Hits + r.Revalidated + r.Stale + r.Coalesced
	if here+r.Misses == 0 {
		return "no calls"
	}
	return fmt.Sprintf("%d %%", 100*here/(here+r.Misses))
}

// bytesShown is a number of bytes with a unit, rounded.
func bytesShown(n int64) string {
	for _, u := range []struct {
		name string
		of   int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.of {
			return strings.TrimSuffix(strconv.FormatFloat(float64(n)/float64(u.of), 'f', 1, 64), ".0") + " " + u.name
		}
	}
	return bytesOf(n)
}
