package explain

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/candor-gateway/candor/problem"
)

var (
	// causeLink leads from a page of www to the cause in the error reference.
	causeLink = regexp.MustCompile(`<a href="/errors/oauth#(oauth_[a-z_]+)"`)
	// pageID is the id of the call at the end of such a page.
	pageID = regexp.MustCompile(`<code>([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})</code>`)
)

// causeOfPage is the cause that a page names; "" where it names none, or several as the error reference does.
func causeOfPage(body []byte) string {
	links := causeLink.FindAllSubmatch(body, 2)
	if len(links) != 1 || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return ""
	}
	return string(links[0][1])
}

// ofOAuthPage explains a page of www that tells whoever sits at the browser why an authorization cannot go on: the app may not be told.
func ofOAuthPage(p *paste) (Explanation, bool) {
	c, ok := problem.OAuthCauseNamed(causeOfPage(p.body))
	status := p.last().status
	if !ok || status != 0 && status < 400 {
		return Explanation{}, false
	}
	a, m := p.about(status), causeMeaning(c)
	a.By = "authorization"
	if id := pageID.FindSubmatch(p.body); id != nil {
		a.RequestID = idOf(string(id[1]))
	}
	if status != 0 {
		m.Status = strconv.Itoa(status)
	}
	return Explanation{Answer: a, Meanings: []Meaning{m}}, true
}
