package explain

import (
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// causeMeaning is what a cause means, or several that an answer does not tell apart.
func causeMeaning(found ...problem.OAuthCause) Meaning {
	m := Meaning{Who: you, Repeat: repeatOfCause(found[0])}
	if len(found) == 1 {
		m.Problem = found[0].Name()
	}
	operators := 0
	for _, c := range found {
		for _, profile := range oauthProfiles {
			row := (&problem.OAuthProblem{Cause: c, Parameter: fact, Value: fact, Known: fact}).Row(profile)
			m.Code, m.Status = either(m.Code, row.Error), either(m.Status, strconv.Itoa(row.Status))
		}
		if text := ended(plainDescription(c)); !slices.Contains(m.Causes, text) {
			m.Causes = append(m.Causes, text)
		}
		m.How = append(m.How, (&problem.OAuthProblem{Cause: c}).Row(problem.Standard).Fix)
		if c.Operators() {
			operators++
		}
	}
	m.Title, m.How = m.Code, distinct(m.How)
	switch {
	case nobodys[found[0]]:
		m.Who = nobody
	case operators == len(found):
		m.Who = who["operator"]
	case operators > 0:
		m.Who = you + ", or " + who["operator"]
	}
	if m.What = "The authorization server does not tell which of these it was."; len(m.Causes) == 1 {
		m.What, m.Causes = m.Causes[0], nil
	}
	return m
}

// plainDescription is what the standard profile says of a cause, with dots for the facts of a case.
func plainDescription(c problem.OAuthCause) string {
	p := problem.OAuthProblem{Cause: c, Parameter: fact, Value: fact, Known: fact}
	return strings.ReplaceAll(p.Row(problem.Standard).Description, fact, "…")
}

// either names what both profiles say, once if it is the same.
func either(before, one string) string {
	switch {
	case before == "":
		return one
	case slices.Contains(strings.Split(before, " or "), one):
		return before
	}
	return before + " or " + one
}

// nobodys are causes in which nothing is wrong.
var nobodys = map[problem.OAuthCause]bool{problem.OAuthCancelledLogin: true, problem.OAuthCancelledAuthorize: true}

const (
	askAgain  = "No: send the member through the authorization again."
	whenAsked = "Only when the member wants to."
	withPages = "Yes, without prompt=none."
)

// repeatsOfCauses are those that are not as the rest, which fail the same way again.
var repeatsOfCauses = map[problem.OAuthCause]string{
	problem.OAuthTooMany: repeat["after"], problem.OAuthUnavailable: repeat["after"], problem.OAuthSlow: afterWait,
	problem.OAuthCancelledLogin: whenAsked, problem.OAuthCancelledAuthorize: whenAsked, problem.OAuthLoginRequired: withPages, problem.OAuthConsentRequired: withPages,
	problem.OAuthTokenExpired: repeat["refresh"], problem.OAuthTokenRevoked: repeat["refresh"],
	problem.OAuthCodeUsed: askAgain, problem.OAuthCodeFailed: askAgain, problem.OAuthCodeExpired: askAgain, problem.OAuthCodeRevoked: askAgain,
	problem.OAuthRefreshExpired: askAgain, problem.OAuthRefreshReused: askAgain, problem.OAuthRefreshRevoked: askAgain,
}

func repeatOfCause(c problem.OAuthCause) string {
	if said, ok := repeatsOfCauses[c]; ok {
		return said
	}
	return noRepeat
}

// cameWithCode is an address that tells of no failure at all.
var cameWithCode = Meaning{
	Title: "A code for your app", What: "The member came back with an authorization code: this step has succeeded (RFC 6749 section 4.1.2).", Who: nobody,
	How: []string{
		"Compare state with the one that you sent, then exchange the code at the token endpoint, at once and once, with the same redirect_uri.",
		"Show addresses with a code to nobody. If this one was shown, let it be: a code is good for minutes, and for your client alone.",
	},
	Repeat: noFailure,
}

// isOAuth reports whether a meaning is of an authorization server.
func (m *Meaning) isOAuth() bool {
	_, standard := oauthNotes[m.Code]
	return standard && m.Subcode == 0
}

func (n *note) ofOAuth(code string) Meaning {
	m := n.meaning("")
	m.Code = code
	return m
}
