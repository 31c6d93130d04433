package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/candor-gateway/candor/internal/admin"
)

type keysCmds struct {
	List   keysListCmd   `cmd:"" help:"List the keys that tokens and id_tokens are signed with."`
	Rotate keysRotateCmd `cmd:"" help:"Make the next key of a kind."`
}

type keysListCmd struct{ instanceFlags }

// Help is shown below the flags.
func (keysListCmd) Help() string {
	return `The keys themselves are never shown; they are files in the folder tokens.keys.

` + howApps
}

// Run lists the keys.
func (c *keysListCmd) Run(p *program) error {
	return p.tellKeys(&c.instanceFlags, func(ctx context.Context, tokens admin.Tokens) ([]admin.Key, error) {
		return tokens.Keys(ctx)
	})
}

type keysRotateCmd struct {
	Kind string `required:"" enum:"tokens,signing" placeholder:"KIND" help:"tokens: those of Candor's own tokens. signing: those of id_tokens."`
	instanceFlags
}

// Help is shown below the flags.
func (keysRotateCmd) Help() string {
	return `A new key of tokens signs from now on; what the one before has signed stays good until it ends. A new key of id_tokens is published at once and signs a day later, so that every client has read it by then; the one before stays published until a day after its last id_token has ended. No client has to do anything, and none is signed out.

A key that somebody else may have seen is not rotated but removed: stop the instance, move its file out of the folder tokens.keys, and start it.

` + howApps + `

Example:

    candor keys rotate --kind signing`
}

// Run makes a key.
func (c *keysRotateCmd) Run(p *program) error {
	return p.tellKeys(&c.instanceFlags, func(ctx context.Context, tokens admin.Tokens) ([]admin.Key, error) {
		return tokens.RotateKeys(ctx, c.Kind)
	})
}

func (p *program) tellKeys(f *instanceFlags, ask func(context.Context, admin.Tokens) ([]admin.Key, error)) error {
	var all []admin.Key
	err := p.withTokens(f.Config, func(ctx context.Context, tokens admin.Tokens) (err error) {
		all, err = ask(ctx, tokens)
		return err
	})
	switch {
	case err != nil:
		return err
	case f.JSON:
		return writeJSON(p.out, all)
	}
	return writeKeys(p.out, all)
}

// writeKeys lists keys, one a line.
func writeKeys(to io.Writer, all []admin.Key) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tID\tSTATE\tMADE\tSIGNS FROM\tPROVES UNTIL")
	for i := range all {
		k, until := &all[i], "the next one takes over"
		if k.Until != nil {
			until = moment(*k.Until)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.Kind, k.ID, k.State, moment(k.CreatedAt), moment(k.SignsFrom), until)
	}
	return w.Flush()
}
