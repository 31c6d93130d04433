package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

type appCmds struct {
	Create       appCreateCmd  `cmd:"" help:"Create an app; its secret is shown this once."`
	List         appListCmd    `cmd:"" help:"List the apps, configured and created."`
	Show         appShowCmd    `cmd:"" help:"Say what an app has: products, owners, secrets, redirect URIs."`
	Set          appSetCmd     `cmd:"" help:"Give a created app other products, redirect URIs or rights."`
	RotateSecret appRotateCmd  `cmd:"" name:"rotate-secret" help:"Give a created app a new secret; the one before stays good for a while."`
	Disable      appDisableCmd `cmd:"" help:"Switch a created app off: its calls are refused at once."`
	Enable       appEnableCmd  `cmd:"" help:"Switch a created app on again."`
	Owner        appOwnerCmds  `cmd:"" help:"Say whose a created app is."`
}

type appOwnerCmds struct {
	Add    appOwnerAddCmd    `cmd:"" help:"Make somebody an owner of a created app."`
	Remove appOwnerRemoveCmd `cmd:"" help:"Make somebody an owner no more; one has to be left."`
}

// appFlags are those of all commands for apps.
type appFlags struct {
	Config string `default:"candor.yaml" placeholder:"FILE" help:"The configuration; candor.yaml unless said."`
	JSON   bool   `name:"json" help:"Write what the app has as JSON."`
}

const howApps = `It does not matter whether the instance runs: a running one is asked, over the socket in its data folder or else over the admin address with admin.token, and takes the change at once; of a stopped one the store is opened.`

type appCreateCmd struct {
	Name        string   `arg:"" help:"The app's name: letters, digits, '.', '_' and '-'. It stays."`
	Owner       []string `required:"" placeholder:"EMAIL" help:"Whose app it is; several by commas, or by saying --owner again."`
	Product     []string `placeholder:"NAME" help:"A product of the configuration that it gets; several by commas, or by saying --product again."`
	RedirectURI []string `name:"redirect-uri" sep:"none" placeholder:"URI" help:"Where its members come back to; say --redirect-uri again for each."`
	Public      bool     `help:"It keeps no secret, as what runs on a phone or in a browser."`
	Introspect  []string `placeholder:"API" help:"An API whose tokens it may look into, beside its own; several by commas, or by saying --introspect again."`
	rightsFlags
	appFlags
}

// rightsFlags is what an app may ask for of tokens.
type rightsFlags struct {
	ApplicationTokens *bool   `negatable:"" help:"It may have tokens of its own, without a member; unless said, a new app may if it is not public."`
	Profile           *string `placeholder:"NAME" help:"In whose words the authorization server speaks to it: linkedin or standard; \"\" for as to all others."`
	RefreshTokens     *bool   `negatable:"" help:"It is given refresh tokens; unless said, a new app is in the standard profile."`
}

func (f *rightsFlags) rights() admin.AppRights {
	return admin.AppRights{ApplicationTokens: f.ApplicationTokens, RefreshTokens: f.RefreshTokens, Profile: f.Profile}
}

// Help is shown below the flags.
func (appCreateCmd) Help() string {
	return `The app lives in the store, beside those of apps: in the configuration; no reload touches it, and one name has one origin. The secret is made here and kept as its SHA-256 alone: it cannot be shown again, only replaced (candor app rotate-secret).

` + howApps + `

Examples:

    candor app create shop --owner ada@example.com --product profile --redirect-uri https://shop.example/callback
    candor app create phone --owner ada@example.com --public --redirect-uri com.example.phone:/callback`
}

// Run creates the app.
func (c *appCreateCmd) Run(p *program) error {
	asked := admin.AppRequest{Name: c.Name, Owners: c.Owner, Products: c.Product, RedirectURIs: c.RedirectURI, Public: c.Public, AppRights: c.rights(), Introspect: c.Introspect}
	var made admin.AppAnswer
	err := p.withApps(c.Config, func(ctx context.Context, apps admin.Apps) (err error) {
		made, err = apps.CreateApp(ctx, asked)
		return err
	})
	return p.sayApp(&c.appFlags, &made, err, fmt.Sprintf("App %s was created.", c.Name))
}

type appSetCmd struct {
	Name           string   `arg:"" help:"The app's name."`
	Product        []string `placeholder:"NAME" help:"A product that it is to have; what is not said is taken away."`
	NoProducts     bool     `help:"It is to have no product."`
	RedirectURI    []string `name:"redirect-uri" sep:"none" placeholder:"URI" help:"A redirect URI that it is to have; what is not said is taken away."`
	NoRedirectURIs bool     `name:"no-redirect-uris" help:"It is to have no redirect URI."`
	Introspect     []string `placeholder:"API" help:"An API whose tokens it may look into, beside its own; what is not said is taken away."`
	NoIntrospect   bool     `help:"It may look into no tokens but its own."`
	rightsFlags
	appFlags
}

// Help is shown below the flags.
func (appSetCmd) Help() string {
	return `Products are named all together, and so are redirect URIs and APIs to look into: what was there before and is not said goes. Of which nothing is said, that stays.

` + howApps + `

Examples:

    candor app set shop --product profile,ads
    candor app set shop --redirect-uri https://shop.example/callback --redirect-uri http://127.0.0.1/callback
    candor app set shop --no-application-tokens --refresh-tokens`
}

// Run changes the app.
func (c *appSetCmd) Run(p *program) error {
	asked := admin.AppChange{
		Products: listOf(c.Product, c.NoProducts), RedirectURIs: listOf(c.RedirectURI, c.NoRedirectURIs), Introspect: listOf(c.Introspect, c.NoIntrospect),
		AppRights: c.rights(),
	}
	switch {
	case c.NoProducts && len(c.Product) > 0, c.NoRedirectURIs && len(c.RedirectURI) > 0, c.NoIntrospect && len(c.Introspect) > 0:
		return mistake("some and none cannot be had together; see candor app set --help")
	case asked.Products == nil && asked.RedirectURIs == nil && asked.Introspect == nil && asked.AppRights == (admin.AppRights{}):
		return mistake("nothing is said that %s is to have; see candor app set --help", c.Name)
	}
	return p.changeApp(&c.appFlags, c.Name, asked, fmt.Sprintf("App %s was changed.", c.Name))
}

func listOf(said []string, none bool) *[]string {
	if len(said) == 0 && !none {
		return nil
	}
	said = append([]string{}, said...)
	return &said
}

type appRotateCmd struct {
	Name string `arg:"" help:"The app's name."`
	Keep string `default:"24h" placeholder:"TIME" help:"How long the secret before stays good, as in 1h or 7d; 24h unless said. 0s ends it at once."`
	appFlags
}

// Help is shown below the flags.
func (appRotateCmd) Help() string {
	return `Two secrets are good while the new one is brought to where the app runs. A third is never: where two are good already, the older one ends at once.

` + howApps + `

Examples:

    candor app rotate-secret shop
    candor app rotate-secret shop --keep 0s`
}

// Run makes a new secret.
func (c *appRotateCmd) Run(p *program) error {
	keep, ok := config.ParseDuration(c.Keep)
	if !ok || keep < 0 {
		return mistake("--keep %s is not a valid time; expected one like 0s, 24h or 7d", c.Keep)
	}
	asked := admin.AppChange{RotateSecret: true, Keep: int64(keep / time.Second)}
	return p.changeApp(&c.appFlags, c.Name, asked, fmt.Sprintf("App %s has a new secret.", c.Name))
}

type appDisableCmd struct {
	Name string `arg:"" help:"The app's name."`
	appFlags
}

// Help is shown below the flags.
func (appDisableCmd) Help() string {
	return `Its calls are refused with app_disabled, and no token is made for it; what it had, it has again after candor app enable. An app of the configuration is switched off there, by disabled: true.

` + howApps
}

// Run switches the app off.
func (c *appDisableCmd) Run(p *program) error {
	return p.changeApp(&c.appFlags, c.Name, admin.AppChange{Disabled: new(true)}, fmt.Sprintf("App %s is disabled; candor app enable %s puts it to work again.", c.Name, c.Name))
}

type appEnableCmd struct {
	Name string `arg:"" help:"The app's name."`
	appFlags
}

// Help is shown below the flags.
func (appEnableCmd) Help() string { return howApps }

// Run switches the app on.
func (c *appEnableCmd) Run(p *program) error {
	return p.changeApp(&c.appFlags, c.Name, admin.AppChange{Disabled: new(false)}, fmt.Sprintf("App %s is enabled.", c.Name))
}

type appOwnerAddCmd struct {
	Name  string   `arg:"" help:"The app's name."`
	Email []string `arg:"" help:"Whose it is as well, by e-mail address."`
	appFlags
}

// Help is shown below the flags.
func (appOwnerAddCmd) Help() string {
	return howApps + `

Example:

    candor app owner add shop eve@example.com`
}

// Run adds the owners.
func (c *appOwnerAddCmd) Run(p *program) error {
	return p.changeApp(&c.appFlags, c.Name, admin.AppChange{AddOwners: c.Email}, fmt.Sprintf("The owners of app %s were changed.", c.Name))
}

type appOwnerRemoveCmd struct {
	Name  string   `arg:"" help:"The app's name."`
	Email []string `arg:"" help:"Whose it is no more, by e-mail address."`
	appFlags
}

// Help is shown below the flags.
func (appOwnerRemoveCmd) Help() string {
	return howApps + `

Example:

    candor app owner remove shop ada@example.com`
}

// Run removes the owners.
func (c *appOwnerRemoveCmd) Run(p *program) error {
	return p.changeApp(&c.appFlags, c.Name, admin.AppChange{RemoveOwners: c.Email}, fmt.Sprintf("The owners of app %s were changed.", c.Name))
}

type appListCmd struct{ appFlags }

// Help is shown below the flags.
func (appListCmd) Help() string { return howApps }

// Run lists the apps.
func (c *appListCmd) Run(p *program) error {
	all, err := p.apps(c.Config)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, all)
	}
	return writeApps(p.out, all)
}

type appShowCmd struct {
	Name string `arg:"" help:"The app's name."`
	appFlags
}

// Help is shown below the flags.
func (appShowCmd) Help() string {
	return `No secret is shown: Candor keeps none, only what proves it.

` + howApps
}

// Run shows the app.
func (c *appShowCmd) Run(p *program) error {
	all, err := p.apps(c.Config)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a admin.App) bool { return a.Name == c.Name })
	switch {
	case i < 0:
		return mistake("there is no app %q; %s", c.Name, namesOf(all))
	case c.JSON:
		return writeJSON(p.out, all[i])
	}
	return writeApp(p.out, &all[i], p.now())
}
