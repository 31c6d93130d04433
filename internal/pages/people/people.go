// Package people is what somebody meets who signs in, gives apps access, or looks at what became of an app's calls: the pages, their style and what they let a browser
// do. It shows what it is told, and decides nothing. The pages hold no script, and work wherever forms and links do.
package people

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"sync"
)

// Where the forms of the pages go, and their links lead. A form goes to its page's own path by POST.
const (
	SignInPath   = "/sign-in"
	SignOutPath  = "/sign-out"
	ServicesPath = "/services"
	AccountPath  = "/account"
	ConsentPath  = "/oauth/v2/consent"
	UsagePath    = "/usage"
	CallPath     = "/requests" // a slash and an id follow
)

// The fields of the forms.
const (
	FieldEmail    = "email"
	FieldPassword = "password" // of the account, to sign in and to change it
	FieldRequest  = "request"  // the id of the request that waits
	FieldNext     = "next"     // the page to go on to
	FieldDecision = "decision" // Allow or Cancel
	FieldShown    = "shown"    // the scopes that were: an app may have got others since
	FieldFor      = "for"      // who was asked: another may have signed in since, in another tab
	FieldGrant    = "grant"    // what is taken back
	FieldNew      = "new"      // a password
	FieldAgain    = "again"    // the same
	FieldDo       = "do"       // ChangePassword or SignOutEverywhere
	FieldApp      = "app"      // whose usage is shown
	FieldID       = "id"       // of a call to look up
	FieldCursor   = "cursor"   // where a list goes on
)

// The values of FieldDecision and FieldDo.
const (
	Allow             = "allow"
	Cancel            = "cancel"
	ChangePassword    = "change-password"
	SignOutEverywhere = "sign-out-everywhere"
)

// Site is who shows a page.
type Site struct {
	Name    string // of the operator, as people know it; "": it is not said
	Support string // whom to ask: an e-mail address, a link, or words; "": nobody
}

// View is one page. Its zero value can be shown, and so can any text in any field.
type View interface {
	// HTML is the page. An error is a fault of ours.
	HTML() ([]byte, error)
	// Policy is its Content-Security-Policy.
	Policy() string
}

// Send answers with a page, which nobody keeps. On an error nothing is written yet.
func Send(w http.ResponseWriter, status int, v View) error {
	text, err := v.HTML()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", v.Policy())
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // no-referrer would make Origin null, by which forms of ours are known
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // it fails only if the browser has gone
	return nil
}

//go:embed html
var files embed.FS

// frame is a view with what stands around it.
type frame struct {
	Site    Site
	Heading string // what the page is called, in the browser's tab too
	Failed  bool   // the tab says so
	Here    string // the path, among the links to what a signed-in person has; "": they are not shown
	Usage   bool   // among them is how apps are used
	Wide    bool   // it has tables
	ID      string // of a call that failed; "": none did
	V       any
}

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(texts).ParseFS(files, "html/*.html"))
})

func (f frame) render(name string) ([]byte, error) {
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, f); err != nil {
		return nil, fmt.Errorf("render the page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Support is whom to ask, with where a browser finds them.
func (f frame) Support() Link { return Link{Label: f.Site.Support, Href: linkTo(f.Site.Support)} }

// StylePath and IconPath are for the templates.
func (frame) StylePath() string { return StylePath }

// IconPath is the icon's.
func (frame) IconPath() string { return IconPath }

// Link is one that is shown with words of its own.
type Link struct{ Label, Href string }
