package main

import (
	"context"

	"github.com/candor-gateway/candor/internal/admin"
)

type developerCmds struct {
	Create      developerCreateCmd `cmd:"" help:"Create a developer's account; a password that is made is shown this once."`
	List        developerListCmd   `cmd:"" help:"List the developers' accounts."`
	SetPassword setPasswordCmd     `cmd:"" name:"set-password" help:"Give an account another password, and sign it out everywhere."`
	Key         developerKeyCmds   `cmd:"" help:"Make keys with which a developer's programs look up calls, list and revoke them."`
}

type operatorCmds struct {
	Create      operatorCreateCmd `cmd:"" help:"Create an operator's account; a password that is made is shown this once."`
	List        operatorListCmd   `cmd:"" help:"List the operators' accounts."`
	SetPassword setPasswordCmd    `cmd:"" name:"set-password" help:"Give an account another password, and sign it out everywhere."`
}

// staffFlags are those of an account with a role.
type staffFlags struct {
	Email string `arg:"" help:"The address that they sign in with."`
	passwordFlag
	instanceFlags
}

func (f *staffFlags) create(p *program, role string) error {
	asked := admin.AccountRequest{Email: f.Email}
	return p.createAccount(&f.passwordFlag, &f.instanceFlags, asked, func(ctx context.Context, a admin.Accounts, asked admin.AccountRequest) (admin.AccountAnswer, error) {
		return a.CreateStaff(ctx, role, asked)
	})
}

type developerCreateCmd struct{ staffFlags }

// Help is shown below the flags.
func (developerCreateCmd) Help() string {
	return `A developer owns apps: those that name the address under owners:, or as --owner of candor app create. Where the address has an account already, that becomes a developer's too and keeps its password.

` + howPasswords + `

    read -rs PASSWORD && printf %s "$PASSWORD" | candor developer create eve@example.com --password-stdin

` + howApps + `

Example:

    candor developer create eve@example.com`
}

// Run creates the account.
func (c *developerCreateCmd) Run(p *program) error { return c.create(p, admin.Developer) }

type developerListCmd struct{ instanceFlags }

// Help is shown below the flags.
func (developerListCmd) Help() string { return howApps }

// Run lists developers.
func (c *developerListCmd) Run(p *program) error {
	return p.listAccounts(&c.instanceFlags, "There is no developer yet; candor developer create makes one.",
		func(ctx context.Context, a admin.Accounts) ([]admin.Account, error) {
			return a.Staff(ctx, admin.Developer)
		})
}

type operatorCreateCmd struct{ staffFlags }

// Help is shown below the flags.
func (operatorCreateCmd) Help() string {
	return `An operator runs this Candor. Commands and the admin address need no account: who may open the data folder, or has admin.token, is trusted. Where the address has an account already, that becomes an operator's too and keeps its password.

` + howPasswords + `

    read -rs PASSWORD && printf %s "$PASSWORD" | candor operator create ops@example.com --password-stdin

` + howApps + `

Example:

    candor operator create ops@example.com`
}

// Run creates the account.
func (c *operatorCreateCmd) Run(p *program) error { return c.create(p, admin.Operator) }

type operatorListCmd struct{ instanceFlags }

// Help is shown below the flags.
func (operatorListCmd) Help() string { return howApps }

// Run lists operators.
func (c *operatorListCmd) Run(p *program) error {
	return p.listAccounts(&c.instanceFlags, "There is no operator's account yet; candor operator create makes one.",
		func(ctx context.Context, a admin.Accounts) ([]admin.Account, error) {
			return a.Staff(ctx, admin.Operator)
		})
}
