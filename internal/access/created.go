package access

import (
	"fmt"
	"strings"
)

// CreatedApp is an app of the origin Created as it is kept: what it was given, by name.
type CreatedApp struct {
	ID           AppID
	Name         string
	ClientID     string
	Created      int64 // unix seconds
	Disabled     bool
	Public       bool
	TwoLegged    bool
	Refreshes    bool
	Profile      string // as App has it
	Products     []string
	Owners       []string // e-mail addresses, as Email spells them
	RedirectURIs []string
	Introspects  []string
	Secrets      []Secret // the latest last
}

// App is the app as a policy sees it, but for its products and scopes: what those are is the configuration's.
func (c *CreatedApp) App() *App {
	return &App{
		ID: c.ID, Name: c.Name, ClientID: c.ClientID, Disabled: c.Disabled, Origin: Created, Public: c.Public, RedirectURIs: c.RedirectURIs,
		Secrets: c.Secrets, TwoLegged: c.TwoLegged, Refreshes: c.Refreshes, Introspects: c.Introspects, Profile: c.Profile,
	}
}

// maxEmail bounds an e-mail address, in bytes (RFC 5321 §4.5.3.1.3, without the brackets).
const maxEmail = 254

// Email spells an e-mail address as it is kept and compared: in small letters, since no mailbox in use differs from another by case alone. It takes
// visible ASCII with one '@', no more: only a mail that arrives shows that somebody is there.
func Email(address string) (string, error) {
	if len(address) > maxEmail {
		return "", fmt.Errorf("an e-mail address has at most %d bytes, this one has %d", maxEmail, len(address))
	}
	for i, c := range address {
		if c <= ' ' || c > '~' || strings.ContainsRune("\"(),:;<>[]\\", c) {
			return "", fmt.Errorf("character %q at position %d cannot stand in an e-mail address here", c, i+1)
		}
	}
	local, domain, found := strings.Cut(address, "@")
	if !found || local == "" || domain == "" || strings.Contains(domain, "@") {
		return "", fmt.Errorf("%q is no e-mail address; expected one like ada@example.com", address)
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" {
			return "", fmt.Errorf("%q is no e-mail address: a '.' is too many in its domain", address)
		}
	}
	return strings.ToLower(address), nil
}
