package pages

import (
	"net/mail"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// contact is somebody to ask, or something to look at.
type contact struct {
	For  string `json:"for"`
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
}

// contacts are those whom the configuration names for a row.
func (b *book) contacts(r *problem.TableRow) []contact {
	status := r.Standard.Status
	throttles := status == 429 || r.LinkedIn.Status == 429
	all := []contact{}
	for _, c := range []struct {
		belongs   bool
		what, say string
	}{
		{throttles, "Questions about limits", b.Support.Limits},
		{throttles, "How to get more", b.Support.MoreLimits},
		{status == 403 || r.LinkedIn.Status == 404, "Applications with a partner product", b.Support.Partner},
		{502 <= status && status <= 504, "The state of the service", b.Support.StatusPage},
		{true, "Everything else", b.Support.Default},
	} {
		if c.belongs && c.say != "" {
			all = append(all, contact{c.what, c.say, linkTo(c.say)})
		}
	}
	return all
}

// linkTo is what a browser follows to a link or an e-mail address; "" for other words.
func linkTo(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	if a, err := mail.ParseAddress(text); err == nil && a.Address == text {
		return "mailto:" + text
	}
	return ""
}
