package pages

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// oauthName is the page of all that goes wrong at the endpoints of the authorization server; answers link to a cause on it.
const oauthName = "oauth"

// oauthBook is that page.
type oauthBook struct {
	Title  string       `json:"title"`
	Causes []oauthCause `json:"causes"`
}

// oauthCause is one of its causes, as each profile says it.
type oauthCause struct {
	Cause    string       `json:"cause"`
	Who      string       `json:"who"`
	Fix      string       `json:"fix"`
	Profiles []oauthWords `json:"profiles"`
}

type oauthWords struct {
	Profile     string `json:"profile"`
	Status      int    `json:"status"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func (b *book) oauth() *oauthBook {
	o := &oauthBook{Title: "Errors of the authorization server"}
	for _, cause := range problem.OAuthCauses() {
		p := problem.OAuthProblem{Cause: cause, Parameter: "NAME", Value: "VALUE", Known: "KNOWN"}
		c := oauthCause{Cause: cause.Name(), Who: "developer"}
		if cause.Operators() {
			c.Who = "operator"
		}
		for _, profile := range b.profiles() {
			row := p.Row(profile)
			c.Fix = row.Fix
			c.Profiles = append(c.Profiles, oauthWords{profile.String(), row.Status, row.Error, row.Description})
		}
		o.Causes = append(o.Causes, c)
	}
	return o
}

type oauthView struct {
	*oauthBook
	place
}

// Heading is the page's title in a browser's tab.
func (v oauthView) Heading() string { return v.Title }

func (o *oauthBook) document(t *template.Template) (document, error) {
	return render(t, "oauth", oauthName, o, o.markdown(), func(p place) any { return oauthView{o, p} })
}

func (o *oauthBook) markdown() string {
	var w strings.Builder
	w.WriteString("# " + o.Title + "\n\nWhat stands in error_uri of an answer leads to its cause here. NAME, VALUE and KNOWN are facts of the request.\n")
	for _, c := range o.Causes {
		fmt.Fprintf(&w, "\n## %s\n\n%s Who can mend it: %s.\n\n", c.Cause, c.Fix, c.Who)
		for _, p := range c.Profiles {
			fmt.Fprintf(&w, "- %s: %d `%s`: %s\n", p.Profile, p.Status, p.Error, ended(p.Description))
		}
	}
	return w.String()
}
