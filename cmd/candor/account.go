package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

// withAccounts asks the running instance, or else opens the store of the one that does not run.
func (p *program) withAccounts(file string, do func(context.Context, admin.Accounts) error) error {
	return p.withInstance(file, "accounts live in the process alone",
		func(ctx context.Context, to *admin.Client) error { return do(ctx, to) },
		func(ctx context.Context, cfg *config.Config) error {
			accounts, err := server.OpenAccounts(ctx, cfg, p.now())
			if err != nil {
				return err
			}
			return errors.Join(do(ctx, accounts), accounts.Close())
		})
}

// mostOfPassword is more than a password may have, so that one that is too long is told as such.
const mostOfPassword = 4096

// readPassword reads a password from standard input, if it is to come from there: the first line, and nothing behind it.
func (p *program) readPassword(f *passwordFlag) (string, error) {
	if !f.PasswordStdin {
		return "", nil
	}
	read, err := io.ReadAll(io.LimitReader(p.in, mostOfPassword))
	if err != nil {
		return "", fmt.Errorf("read the password from standard input: %w", err)
	}
	line, rest, _ := strings.Cut(string(read), "\n")
	switch line = strings.TrimSuffix(line, "\r"); {
	case rest != "":
		return "", mistake("there is more than one line on standard input; the password is one")
	case line == "":
		return "", mistake("there is no password on standard input")
	}
	return line, nil
}

func (p *program) createAccount(password *passwordFlag, f *instanceFlags, asked admin.AccountRequest, create func(context.Context, admin.Accounts, admin.AccountRequest) (admin.AccountAnswer, error)) error {
	var err error
	if asked.Password, err = p.readPassword(password); err != nil {
		return err
	}
	var made admin.AccountAnswer
	err = p.withAccounts(f.Config, func(ctx context.Context, a admin.Accounts) (err error) {
		made, err = create(ctx, a, asked)
		return err
	})
	return p.sayAccount(f, &made, err, "There is an account of "+cmp.Or(made.Email, asked.Email)+".")
}

func (p *program) changeMember(f *instanceFlags, id string, asked admin.MemberChange, done string) error {
	var is admin.AccountAnswer
	err := p.withAccounts(f.Config, func(ctx context.Context, a admin.Accounts) (err error) {
		is, err = a.ChangeMember(ctx, id, asked)
		return err
	})
	return p.sayAccount(f, &is, err, done)
}

// sayAccount says what came of a command. A password that was made is told here, and nowhere again.
func (p *program) sayAccount(f *instanceFlags, is *admin.AccountAnswer, err error, done string) error {
	switch {
	case err != nil:
		return err
	case f.JSON:
		return writeJSON(p.out, is)
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	if done != "" {
		fmt.Fprintln(w, done)
	}
	if is.Note != "" {
		fmt.Fprintf(w, "Note: %s.\n", is.Note)
	}
	writeAccount(w, &is.Account)
	if is.NewPassword != "" {
		fmt.Fprintf(w, "  password\t%s\n", is.NewPassword)
		fmt.Fprintln(w, "The password is shown this once: Candor keeps its hash alone.")
	}
	return w.Flush()
}

// writeAccount is all that is told of somebody, but what a password is.
func writeAccount(w io.Writer, is *admin.Account) {
	say := func(what, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s\t%s\n", what, value)
		}
	}
	say("member", is.Member)
	if is.Member != "" {
		say("state", stateOfMember(is))
	}
	if is.Email == "" {
		say("account", "none")
		return
	}
	say("e-mail", is.Email)
	say("roles", cmp.Or(strings.Join(is.Roles, ", "), "none"))
	say("signs in", signsIn(is))
	say("apps", strings.Join(is.Apps, ", "))
	if is.CreatedAt != nil {
		say("created", moment(*is.CreatedAt))
	}
}

func stateOfMember(is *admin.Account) string {
	if is.Restricted {
		return "restricted"
	}
	return "active"
}

func signsIn(is *admin.Account) string {
	var ways []string
	if is.Password {
		ways = append(ways, "by password")
	}
	if is.Issuer != "" {
		ways = append(ways, "at "+is.Issuer+" as "+is.Subject)
	}
	return cmp.Or(strings.Join(ways, ", "), "not yet: there is no password")
}

func (p *program) listAccounts(f *instanceFlags, none string, list func(context.Context, admin.Accounts) ([]admin.Account, error)) error {
	all := []admin.Account{}
	err := p.withAccounts(f.Config, func(ctx context.Context, a admin.Accounts) (err error) {
		all, err = list(ctx, a)
		return err
	})
	switch {
	case err != nil:
		return err
	case f.JSON && len(all) == 0:
		return writeJSON(p.out, []admin.Account{})
	case f.JSON:
		return writeJSON(p.out, all)
	case len(all) == 0:
		_, err = fmt.Fprintln(p.out, none)
		return err
	}
	return writeAccounts(p.out, all)
}

// writeAccounts lists accounts, one a line.
func writeAccounts(to io.Writer, all []admin.Account) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "E-MAIL\tMEMBER\tSTATE\tROLES\tAPPS")
	for i := range all {
		is := &all[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", cmp.Or(is.Email, "(no account)"), cmp.Or(is.Member, "none"), stateOfMember(is),
			cmp.Or(strings.Join(is.Roles, ", "), "none"), cmp.Or(strings.Join(is.Apps, ", "), "none"))
	}
	return w.Flush()
}

func (p *program) sayErased(f *instanceFlags, gone *admin.Erased, err error) error {
	switch {
	case err != nil:
		return err
	case f.JSON:
		return writeJSON(p.out, gone)
	}
	account := "There was no account"
	if gone.Account {
		account = "The account is gone"
	}
	_, err = fmt.Fprintf(p.out, "Member %s is erased. %s, and %s revoked.\n", gone.Member, account, were(gone.Grants))
	return err
}

// were speaks of grants.
func were(n int) string {
	switch n {
	case 0:
		return "there was nothing to be"
	case 1:
		return "1 grant was"
	}
	return fmt.Sprintf("%d grants were", n)
}
