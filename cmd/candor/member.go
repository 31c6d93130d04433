package main

import (
	"context"

	"github.com/candor-gateway/candor/internal/admin"
)

type memberCmds struct {
	Create      memberCreateCmd   `cmd:"" help:"Create a member's account; a password that is made is shown this once."`
	List        memberListCmd     `cmd:"" help:"List the members that have an account or are restricted."`
	Show        memberShowCmd     `cmd:"" help:"Say what is known of a member."`
	Restrict    memberRestrictCmd `cmd:"" help:"Suspend all that a member granted, or lift that."`
	SetPassword setPasswordCmd    `cmd:"" name:"set-password" help:"Give an account another password, and sign it out everywhere."`
	Erase       memberEraseCmd    `cmd:"" help:"Forget who a member is, for good: the account, and all that was granted."`
}

// passwordFlag is how a password gets in: never as an argument, which every process of the machine can read.
type passwordFlag struct {
	PasswordStdin bool `name:"password-stdin" help:"Read the password from standard input, its first line; without this one is made and shown."`
}

const howPasswords = `A password has 12 characters or more, of any kind. It is kept as its argon2id hash alone and cannot be shown again. To choose one, without that a shell keeps it or a list of processes shows it:`

type memberCreateCmd struct {
	ID    string `arg:"" help:"The member, by your own id for them, as your API is told it: visible ASCII, 1 to 128 characters."`
	Email string `required:"" placeholder:"EMAIL" help:"The address that they sign in with."`
	passwordFlag
	instanceFlags
}

// Help is shown below the flags.
func (memberCreateCmd) Help() string {
	return `An account lets a member sign in and decide what apps may do for them. Where the address has an account already, as a developer's, that becomes the member's too and keeps its password.

` + howPasswords + `

    read -rs PASSWORD && printf %s "$PASSWORD" | candor member create 4711 --email ada@example.com --password-stdin

` + howApps + `

Example:

    candor member create 4711 --email ada@example.com`
}

// Run creates the account.
func (c *memberCreateCmd) Run(p *program) error {
	asked := admin.AccountRequest{Member: c.ID, Email: c.Email}
	return p.createAccount(&c.passwordFlag, &c.instanceFlags, asked, func(ctx context.Context, a admin.Accounts, asked admin.AccountRequest) (admin.AccountAnswer, error) {
		return a.CreateMember(ctx, asked)
	})
}

type memberListCmd struct{ instanceFlags }

// Help is shown below the flags.
func (memberListCmd) Help() string {
	return `Members that have no account and are not restricted are not listed: whoever a token was made for is one.

` + howApps
}

// Run lists members.
func (c *memberListCmd) Run(p *program) error {
	return p.listAccounts(&c.instanceFlags, "No member has an account yet, and none is restricted; candor member create makes an account.",
		func(ctx context.Context, a admin.Accounts) ([]admin.Account, error) { return a.Members(ctx) })
}

type memberShowCmd struct {
	ID string `arg:"" help:"The member, by your own id for them."`
	instanceFlags
}

// Help is shown below the flags.
func (memberShowCmd) Help() string {
	return `What the member has granted, candor token list --member ID tells.

` + howApps
}

// Run shows the member.
func (c *memberShowCmd) Run(p *program) error {
	var is admin.AccountAnswer
	err := p.withAccounts(c.Config, func(ctx context.Context, a admin.Accounts) (err error) {
		is.Account, err = a.Member(ctx, c.ID)
		return err
	})
	return p.sayAccount(&c.instanceFlags, &is, err, "")
}

type memberRestrictCmd struct {
	ID   string `arg:"" help:"The member, by your own id for them."`
	Lift bool   `help:"Lift it: what was granted before is good again."`
	instanceFlags
}

// Help is shown below the flags.
func (memberRestrictCmd) Help() string {
	return `A restricted member cannot sign in, and every token of theirs, access and refresh tokens, is refused with restricted_member, at once. Nothing is revoked: with --lift all that has not ended meanwhile is good again.

` + howApps + `

Examples:

    candor member restrict 4711
    candor member restrict 4711 --lift`
}

// Run restricts the member, or lifts that.
func (c *memberRestrictCmd) Run(p *program) error {
	done := "Member " + c.ID + " is restricted; candor member restrict " + c.ID + " --lift undoes it."
	if c.Lift {
		done = "Member " + c.ID + " is not restricted."
	}
	return p.changeMember(&c.instanceFlags, c.ID, admin.MemberChange{Restricted: new(!c.Lift)}, done)
}

type setPasswordCmd struct {
	Who string `arg:"" name:"email-or-id" help:"Whose password: an e-mail address, or your own id for a member."`
	passwordFlag
	instanceFlags
}

// Help is shown below the flags.
func (setPasswordCmd) Help() string {
	return `All sessions of the account end: whoever knew the password before may have begun them. Apps keep what was granted to them; candor token revoke takes that back.

` + howPasswords + `

    read -rs PASSWORD && printf %s "$PASSWORD" | candor member set-password ada@example.com --password-stdin

` + howApps + `

Example:

    candor member set-password ada@example.com`
}

// Run sets the password.
func (c *setPasswordCmd) Run(p *program) error {
	password, err := p.readPassword(&c.passwordFlag)
	if err != nil {
		return err
	}
	return p.changeMember(&c.instanceFlags, c.Who, admin.MemberChange{SetPassword: true, Password: password}, "The password of "+c.Who+" was changed, and all sessions have ended.")
}

type memberEraseCmd struct {
	ID  string `arg:"" help:"The member, by your own id for them."`
	Yes bool   `help:"It is meant: nothing brings back what is erased."`
	instanceFlags
}

// Help is shown below the flags.
func (memberEraseCmd) Help() string {
	return `The account goes, with its sessions, and all that was granted is revoked, at once. Of what Candor keeps nothing says any more who the member was. What it does not keep in its store stays where it is: lines of the access log, and backups of the data folder.

Who owns apps that commands created cannot be erased before they are somebody else's.

` + howApps + `

Example:

    candor member erase 4711 --yes`
}

// Run erases the member.
func (c *memberEraseCmd) Run(p *program) error {
	if !c.Yes {
		return mistake("nothing was erased, since nothing could bring it back: the account of member %s would go, and all that was granted; if that is meant, say --yes", c.ID)
	}
	var gone admin.Erased
	err := p.withAccounts(c.Config, func(ctx context.Context, a admin.Accounts) (err error) {
		gone, err = a.EraseMember(ctx, c.ID)
		return err
	})
	return p.sayErased(&c.instanceFlags, &gone, err)
}
