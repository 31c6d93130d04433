package people

// Scope is one thing that an app may do.
type Scope struct {
	Name string
	Says string // in plain words; "": nobody has said it
}

// Consent asks a member whether an app may have access: all of it or none.
type Consent struct {
	Site     Site
	App      string // its name
	Maker    string // who made it; "": not known
	AppHost  string // where the answer goes, as people read it: the host of Redirect, "" where it has none
	Redirect string // the redirect URI of the request
	Email    string // who is signed in
	Scopes   []Scope
	Shown    string // the names of Scopes; what is sent back with the answer, so that nothing else is allowed
	Request  string // the id of the request that waits
	Warn     bool   // any program of the member's device can get what goes to Redirect: a loopback address, a private scheme
}

// HTML is the page.
func (v Consent) HTML() ([]byte, error) {
	return frame{Site: v.Site, Heading: "Allow " + name(v.App) + "?", V: v}.render("consent")
}

// Policy lets its form go on to the app.
func (v Consent) Policy() string { return formPolicy(v.Redirect) }
