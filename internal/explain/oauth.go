package explain

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// oauthError is a failure as OAuth tells it: in a body (RFC 6749 §5.2), in an address that a browser was led to (§4.1.2.1), or in a challenge (RFC 6750 §3).
type oauthError struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	Page        string `json:"error_uri"`
	Cause       string `json:"cause"`
	ID          string `json:"requestId"`
}

// ofOAuth explains an answer of an authorization server, or of an API that refuses a token by a challenge.
func ofOAuth(p *paste) (Explanation, bool) {
	h := p.last()
	var said oauthError
	if json.Unmarshal(object(p.body), &said) == nil && said.known() {
		return said.explanation(p.about(h.status)), true
	}
	if to := h.get("Location"); to != "" && h.status >= 300 && h.status < 400 {
		if e, ok := returned(to); ok {
			e.Answer.Status = h.status
			return e, true
		}
	}
	if e, ok := ofOAuthPage(p); ok {
		return e, true
	}
	if said, ok := challenged(h.get("WWW-Authenticate")); ok && said.known() {
		return said.explanation(p.about(h.status)), true
	}
	return Explanation{}, false
}

// known reports whether it is an error of OAuth's: the field error is in the bodies of many that know nothing of it.
func (o *oauthError) known() bool {
	_, standard := oauthNotes[o.Code]
	return o.Code != "" && (standard || len(o.ours()) > 0)
}

// ours are the causes that it can be of, if a Candor said it: the one that its page names, or those that say the same.
func (o *oauthError) ours() []problem.OAuthCause {
	_, anchor, _ := strings.Cut(o.Page, "#")
	if c, ok := problem.OAuthCauseNamed(anchor); ok && slices.Contains(wordsOf(c), o.Code) {
		return []problem.OAuthCause{c}
	}
	return causes(func(c problem.OAuthCause) bool {
		return slices.Contains(wordsOf(c), o.Code) && (o.Cause != "" && c.Word() == o.Cause || o.Cause == "" && describes(c, o.Description))
	})
}

func causes(fits func(problem.OAuthCause) bool) (all []problem.OAuthCause) {
	for _, c := range problem.OAuthCauses() {
		if fits(c) {
			all = append(all, c)
		}
	}
	return all
}

var oauthProfiles = []problem.Profile{problem.Standard, problem.LinkedIn}

// wordsOf are what can stand in error for a cause.
func wordsOf(c problem.OAuthCause) (all []string) {
	for _, profile := range oauthProfiles {
		for _, own := range []bool{false, true} {
			p := problem.OAuthProblem{Cause: c, TwoLegged: own}
			all = append(all, p.Row(profile).Error)
		}
	}
	return all
}

// fact stands for what a description tells of a case.
const fact = "~~"

// describes reports whether a text is the description of a cause, whatever its facts are.
func describes(c problem.OAuthCause, text string) bool {
	p := problem.OAuthProblem{Cause: c, Parameter: fact, Value: fact, Known: fact}
	return slices.ContainsFunc(oauthProfiles, func(profile problem.Profile) bool {
		return fits(strings.Split(p.Row(profile).Description, fact), text)
	})
}

// fits reports whether a text is made of these parts, with anything between them.
func fits(parts []string, text string) bool {
	rest, begins := strings.CutPrefix(text, parts[0])
	if !begins || len(parts) == 1 {
		return begins && rest == ""
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, last)
}

// explanation is what it means. Of what others say nothing is repeated.
func (o *oauthError) explanation(a *Answer) Explanation {
	found := o.ours()
	if id := idOf(o.ID); id != "" {
		a.RequestID = id
	}
	m := oauthNotes[o.Code].ofOAuth(o.Code)
	if len(found) > 0 {
		m = causeMeaning(found...)
		m.Code = o.Code
		m.What = ended(o.says(found[0]))
		if plain := plainDescription(found[0]); len(found) == 1 && !fits(strings.Split(plain, "…"), o.Description) {
			m.Causes = []string{ended(plain)} // the linkedin profile says the same of several
		}
	}
	if _, anchor, _ := strings.Cut(o.Page, "#"); len(found) == 1 && anchor == found[0].Name() {
		a.By = "authorization"
	}
	switch {
	case a.Status != 0:
		m.Status = strconv.Itoa(a.Status)
	case a.Location != "": // a redirect has none of its own
		m.Status = ""
	}
	if m.Repeat == repeat["after"] && a.RetryAfter != "" {
		m.Repeat = "Yes, after " + a.RetryAfter + " seconds."
	}
	return Explanation{Answer: a, Meanings: []Meaning{m}}
}

// says is the description: as it stands where it tells no fact, for then it is ours, word by word.
func (o *oauthError) says(c problem.OAuthCause) string {
	for _, profile := range oauthProfiles {
		p := problem.OAuthProblem{Cause: c, Parameter: fact, Value: fact, Known: fact}
		if text := p.Row(profile).Description; text == o.Description {
			return text
		}
	}
	if o.Description == "" {
		return plainDescription(c)
	}
	return said(o.Description)
}

// returned explains an address that a browser was led back to. Its state and its code are told to nobody.
func returned(text string) (Explanation, bool) {
	u, err := url.Parse(strings.Trim(locationName.ReplaceAllString(text, ""), " \t\"'<>"))
	if err != nil || !strings.Contains(text, "=") {
		return Explanation{}, false
	}
	q := u.Query()
	if behind, err := url.ParseQuery(u.Fragment); err == nil && behind.Get("error") != "" {
		q = behind
	}
	said := oauthError{q.Get("error"), q.Get("error_description"), q.Get("error_uri"), "", q.Get("requestId")}
	a := &Answer{By: "other", Location: placeOf(u)}
	ours := strings.HasPrefix(q.Get("code"), codePrefix)
	if ours {
		a.By = "authorization"
	}
	switch {
	case said.known():
		return said.explanation(a), true
	case ours && said.Code == "":
		return Explanation{Answer: a, Meanings: []Meaning{cameWithCode}}, true
	case q.Get("code") != "" && said.Code == "" && (q.Get("state") != "" || q.Get("iss") != ""):
		return Explanation{Answer: a, Meanings: []Meaning{cameWithCode}}, true
	}
	return Explanation{}, false
}

// codePrefix begins each authorization code of Candor's.
const codePrefix = "cdr_ac_"

// locationName stands before an address in a head.
var locationName = regexp.MustCompile(`(?i)^(?:<\s*)?location\s*:\s*`)

// placeOf is where an address leads, without whatever is behind.
func placeOf(u *url.URL) string {
	u.User, u.RawQuery, u.Fragment, u.RawFragment, u.ForceQuery = nil, "", "", "", false
	return target(u.String())
}

// challenge is a field WWW-Authenticate, its name before it or not.
var (
	challenge      = regexp.MustCompile(`(?i)^(?:<\s*)?(?:www-authenticate\s*:\s*)?(?:bearer|basic|dpop)\s+\S`)
	challengeParam = regexp.MustCompile(`(?i)\b(error|error_description|error_uri)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))`)
)

// challenged reads the error of a challenge (RFC 6750 §3); false where there is none, as where no token came at all.
func challenged(field string) (o oauthError, ok bool) {
	if !challenge.MatchString(field) {
		return o, false
	}
	for _, m := range challengeParam.FindAllStringSubmatch(field, -1) {
		value := m[2] + m[3]
		switch strings.ToLower(m[1]) {
		case "error":
			o.Code = value
		case "error_description":
			o.Description = value
		case "error_uri":
			o.Page = value
		}
	}
	return o, o.Code != ""
}

// oauthLine explains an address or a challenge that stands alone.
func oauthLine(text string) (Explanation, bool) {
	if strings.ContainsAny(text, "\r\n") {
		return Explanation{}, false
	}
	if o, ok := challenged(text); ok && o.known() {
		return o.explanation(&Answer{By: "other"}), true
	}
	return returned(text)
}

// oauthWord explains the word for programs that answers of the authorization server have in cause.
func oauthWord(word string) []Meaning {
	found := causes(func(c problem.OAuthCause) bool { return c.Word() != "" && c.Word() == word })
	if len(found) == 0 {
		return nil
	}
	return []Meaning{causeMeaning(found...)}
}

// oauthNamed explains the name of a cause, or an error of OAuth's.
func oauthNamed(word string) []Meaning {
	if c, ok := problem.OAuthCauseNamed(word); ok {
		return []Meaning{causeMeaning(c)}
	}
	if note, ok := oauthNotes[word]; ok {
		return []Meaning{note.ofOAuth(word)}
	}
	return nil
}

// oauthDescribed explains a description of ours.
func oauthDescribed(text string) []Meaning {
	found := causes(func(c problem.OAuthCause) bool { return describes(c, text) })
	if len(found) == 0 {
		return nil
	}
	return []Meaning{causeMeaning(found...)}
}
