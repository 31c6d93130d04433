package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

// sayApp says what came of a command. The new secret is told here, and nowhere again.
func (p *program) sayApp(f *appFlags, is *admin.AppAnswer, err error, done string) error {
	switch {
	case err != nil:
		return err
	case f.JSON:
		return writeJSON(p.out, is)
	}
	var w strings.Builder
	fmt.Fprintln(&w, done)
	if is.Note != "" {
		fmt.Fprintf(&w, "Note: %s.\n", is.Note)
	}
	if is.Secret != "" {
		fmt.Fprintf(&w, "  client id      %s\n  client secret  %s\n", is.ClientID, is.Secret)
		fmt.Fprintln(&w, "The secret is shown this once: Candor keeps its SHA-256 alone.")
	}
	for _, s := range is.Secrets {
		if s.EndsAt != nil && is.Secret != "" {
			fmt.Fprintf(&w, "The one before it is good until %s.\n", moment(*s.EndsAt))
		}
	}
	if is.Secret == "" {
		if err = writeApp(&w, &is.App, p.now()); err != nil {
			return err
		}
	}
	_, err = io.WriteString(p.out, w.String())
	return err
}

// writeApps lists apps, one a line.
func writeApps(to io.Writer, all []admin.App) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(to, "There is no app yet; candor app create makes one.")
		return err
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tORIGIN\tSTATE\tCLIENT ID\tPRODUCTS")
	for i := range all {
		a := &all[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Name, a.Origin, stateOf(a), a.ClientID, cmp.Or(strings.Join(a.Products, ", "), "none"))
	}
	return w.Flush()
}

func stateOf(a *admin.App) string {
	switch {
	case a.Gone:
		return "gone"
	case a.Disabled:
		return "disabled"
	}
	return "enabled"
}

// writeApp is all that is told of an app.
func writeApp(to io.Writer, a *admin.App, now time.Time) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	say := func(what string, values ...string) {
		for _, v := range values {
			fmt.Fprintf(w, "  %s\t%s\n", what, v)
			what = ""
		}
	}
	fmt.Fprintf(w, "%s\n", a.Name)
	say("client id", a.ClientID)
	if a.External != "" {
		say("issuer's app", a.External)
	}
	say("origin", originOf(a))
	say("state", stateOf(a))
	say("kind", kindOf(a))
	say("products", cmp.Or(strings.Join(a.Products, ", "), "none"))
	for _, name := range a.UndefinedProducts {
		say("", fmt.Sprintf("(%s is not defined by the configuration, and gives nothing)", name))
	}
	say("scopes", cmp.Or(strings.Join(a.Scopes, ", "), "none"))
	say("redirect URIs", orNone(a.RedirectURIs)...)
	say("owners", orNone(a.Owners)...)
	say("secrets", orNone(secretsOf(a, now))...)
	if len(a.Introspect) > 0 {
		say("introspects", strings.Join(a.Introspect, ", "))
	}
	if a.ScopeUses != nil && a.External == "" { // an app of another issuer asks that one
		say("last 24 hours", usesOf(a)...)
	}
	return w.Flush()
}

func orNone(values []string) []string {
	if len(values) == 0 {
		return []string{"none"}
	}
	return values
}

func originOf(a *admin.App) string {
	switch {
	case a.CreatedAt != nil:
		return "created " + moment(*a.CreatedAt)
	case a.Gone:
		return "configured once; it is no longer under apps:"
	}
	return "configured under apps:"
}

// kindOf says what it may ask an authorization server for.
func kindOf(a *admin.App) string {
	kind := "confidential"
	if a.Public {
		kind = "public"
	}
	if a.ApplicationTokens {
		kind += ", tokens of its own"
	}
	if a.RefreshTokens {
		kind += ", refresh tokens"
	}
	if a.Profile != "" {
		kind += ", " + a.Profile + " profile"
	}
	return kind
}

// secretsOf tells how old they are, and never what.
func secretsOf(a *admin.App, now time.Time) (all []string) {
	for _, s := range a.Secrets {
		line := "of the configuration"
		if s.CreatedAt != nil {
			line = fmt.Sprintf("%s old, made %s", age(now.Sub(*s.CreatedAt)), moment(*s.CreatedAt))
		}
		if s.EndsAt != nil {
			line += ", good until " + moment(*s.EndsAt)
		}
		all = append(all, line)
	}
	return all
}

// usesOf says what became of the scopes that it asked for.
func usesOf(a *admin.App) []string {
	if len(a.ScopeUses) == 0 {
		return []string{"asked for no scope"}
	}
	var all []string
	for _, u := range a.ScopeUses {
		name := u.Scope
		if u.Unknown {
			name = "scopes that are unknown"
		}
		all = append(all, fmt.Sprintf("%s: asked %d, granted %d, refused %d", name, u.Asked, u.Granted, u.Refused))
	}
	return all
}

// age is a time in the largest whole unit.
func age(d time.Duration) string {
	for _, u := range []struct {
		of  time.Duration
		one string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= u.of {
			return count(int(d/u.of), u.one)
		}
	}
	return "less than a minute"
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

func namesOf(all []admin.App) string {
	if len(all) == 0 {
		return "there is none yet"
	}
	var names []string
	for i := range all {
		names = append(names, all[i].Name)
	}
	return "the apps are: " + strings.Join(names, ", ")
}
