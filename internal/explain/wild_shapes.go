package explain

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shapesIn finds what the facts of a paste show when they are laid side by side: addresses, times, calls.
func shapesIn(text string) []observation {
	return slices.Concat(twins(text), clocks(text), twice(text), corsOfErrors(text), scopesOf(text), underscored(text), wellThenRefused(text), leadsBack(text), twoNames(text))
}

// address is a URL in a paste.
var address = regexp.MustCompile(`https?://[A-Za-z0-9.-]+(?::\d+)?[^\s"'<>,;)\]}` + "`" + `]*`)

// twinsMax is how many addresses are compared.
const twinsMax = 24

// twins are two addresses of one call that a redirect makes the same: they differ in the slash at the end, in http and https, in www, or in a port that
// says nothing. Whoever shows both tells, mostly, that one works.
func twins(text string) []observation {
	var all []*url.URL
	for _, s := range address.FindAllString(text, twinsMax) {
		if u, err := url.Parse(strings.TrimRight(s, ".:")); err == nil {
			all = append(all, u)
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if how := redirectBetween(a, b); how != "" {
				return []observation{{
					"Two addresses are shown that differ in " + how + " alone: a redirect from one to the other loses Authorization, and makes POST a GET.",
					broughtBy(text),
					map[string]float64{"auth-dropped-by-redirect": 4, "redirect-loop": 1.5, "route-unknown": 2},
				}}
			}
		}
	}
	return nil
}

// ofSignIn are addresses of a sign-in, which differ for other reasons.
var ofSignIn = regexp.MustCompile(`(?i)redirect[_ ]?ur[il]|callback|reply (?:url|address)|issuer|\biss\b`)

// broughtBy is what two such addresses speak for where a credential was refused.
func broughtBy(text string) chances {
	if ofSignIn.MatchString(text) || !lookAt(text).has(patterns()[ofRefusal]) {
		return nil
	}
	return chances{"auth-dropped-by-redirect": 25}
}

// redirectBetween says in what two addresses differ that servers redirect between; "" if in nothing, or in more.
func redirectBetween(a, b *url.URL) string {
	pathA, pathB := strings.TrimRight(a.Path, "/"), strings.TrimRight(b.Path, "/")
	hostA, hostB := strings.TrimPrefix(a.Hostname(), "www."), strings.TrimPrefix(b.Hostname(), "www.")
	switch {
	case hostA != hostB || pathA != pathB && !strings.HasPrefix(pathA, pathB) && !strings.HasPrefix(pathB, pathA):
		return ""
	case a.Scheme != b.Scheme:
		return "their scheme"
	case a.Hostname() != b.Hostname():
		return "www"
	case a.Port() != b.Port() && (a.Port() == "" || b.Port() == ""):
		return "a port"
	case pathA == pathB && a.Path != b.Path && pathA != "":
		return "the slash at their end"
	}
	return ""
}

// epoch is a time in seconds since 1970, of this decade or the next.
var epoch = regexp.MustCompile(`\b(1[6-9]\d{8}|2[01]\d{8})(?:\.\d+)?\b`)

// clocksApart is how far two clocks are apart that should show the same.
const clocksApart = 15 * time.Minute

// clocks are two times that a paste shows beside a complaint of time.
func clocks(text string) []observation {
	all := epoch.FindAllString(text, twinsMax)
	for _, other := range all[min(1, len(all)):] {
		a, err1 := strconv.ParseFloat(all[0], 64)
		b, err2 := strconv.ParseFloat(other, 64)
		apart := time.Duration((a - b) * float64(time.Second)).Abs().Round(time.Second)
		if err1 == nil && err2 == nil && apart > 0 && apart < clocksApart {
			return []observation{{
				fmt.Sprintf("Two times are shown that are %v apart: if they are of two machines at one moment, a clock is wrong.", apart),
				chances{"clock-skew": 25},
				map[string]float64{"clock-skew": 2},
			}}
		}
	}
	return nil
}

// grant is a line of a log in which a token endpoint is asked for a grant.
var grant = regexp.MustCompile(`(?im)^.*?\b(\d{2}:\d{2}:\d{2}(?:[.,]\d+)?)[^\n]*(refresh|authorization_code|callback)[^\n]*$`)

// together is how near two calls are that were made at once.
const together = 2 * time.Second

// twice finds a token endpoint that was asked twice within moments for the same kind of grant.
func twice(text string) []observation {
	all := grant.FindAllStringSubmatch(text, twinsMax)
	for i := 1; i < len(all); i++ {
		a, err1 := time.Parse("15:04:05", strings.ReplaceAll(all[i-1][1], ",", "."))
		b, err2 := time.Parse("15:04:05", strings.ReplaceAll(all[i][1], ",", "."))
		if err1 != nil || err2 != nil || b.Sub(a).Abs() > together || !strings.EqualFold(all[i][2], all[i-1][2]) {
			continue
		}
		what := fmt.Sprintf("Two calls for a grant are %v apart: the second uses up what the first has, or the other way round.", b.Sub(a).Abs())
		if strings.EqualFold(all[i][2], "refresh") {
			return []observation{{what, chances{"refresh-race": 60}, map[string]float64{"refresh-race": 3}}}
		}
		return []observation{{what, chances{"code-used-twice": 60}, map[string]float64{"code-used-twice": 3}}}
	}
	return nil
}

// errorsFit are the causes that a status speaks for, where nothing else is told of the answer.
var errorsFit = map[string]chances{
	"400": {"request-invalid": 55}, "404": {"route-unknown": 45, "resource-unknown": 25}, "415": {"request-invalid": 55}, "422": {"request-invalid": 60},
	"429": {"burst-limit": 60}, "500": {"provider-trouble": 45, "upstream-down": 25},
}

var (
	corsWords = regexp.MustCompile(`(?i)Access-Control-Allow-Origin|blocked by CORS|Cross-Origin Request Blocked`)
	corsError = regexp.MustCompile(`(?i)(?:ERR_FAILED|status(?: code)?:?|HTTP[ /][\d. ]*|answered|returns?|with)\s*\(?(4(?:00|04|09|13|15|22|29|31)|50[0234])\b`)
)

// corsOfErrors is an error that lacks the fields of CORS: the script sees no more than that, and the status is the cause.
func corsOfErrors(text string) []observation {
	m := corsError.FindStringSubmatch(text)
	if m == nil || !corsWords.MatchString(text) {
		return nil
	}
	return []observation{{
		"The answer that the browser keeps from the script is an error, " + m[1] + ": errors often lack the fields of CORS, and are what is to be mended.", errorsFit[m[1]],
		map[string]float64{"cors-not-allowed": 0.15, "cors-preflight": 0.5},
	}}
}

// scopesField is a list of scopes: those that a token has, and those that a resource takes.
var scopesField = regexp.MustCompile(`(?im)(x-accepted-oauth-scopes|x-oauth-scopes)["']?[ \t]*:[ \t]*["']?([^\r\n"']*)`)

// scopesOf compares the scopes of a token with those that the answer says would be taken.
func scopesOf(text string) []observation {
	lists := map[string][]string{}
	for _, m := range scopesField.FindAllStringSubmatch(text, twinsMax) {
		lists[strings.ToLower(m[1])] = strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' || r == ' ' })
	}
	has, takes := lists["x-oauth-scopes"], lists["x-accepted-oauth-scopes"]
	if len(takes) == 0 || slices.ContainsFunc(takes, func(s string) bool { return slices.Contains(has, s) }) {
		return nil
	}
	return []observation{{"The token has none of the scopes that the answer names as accepted.", chances{"scope-missing": 85}, map[string]float64{"scope-missing": 4}}}
}

// underscoredField is a field of a request whose name has an underscore.
var underscoredField = regexp.MustCompile(`(?im)^> ?[a-z0-9]+_[a-z0-9_]+:|-H ?["'][A-Za-z0-9]+_[A-Za-z0-9_]+:`)

// underscored finds fields that nginx and others leave out, unless told not to.
func underscored(text string) []observation {
	if !underscoredField.MatchString(text) {
		return nil
	}
	return []observation{{"A field of the request has an underscore in its name: nginx drops such fields, unless it is told not to.", chances{"header-dropped": 45}, map[string]float64{"header-dropped": 3}}}
}

// tokenAnswer is a line of a log in which a token endpoint answered.
var tokenAnswer = regexp.MustCompile(`(?im)^[^\n]*POST [^\n]*(?:token|oauth)[^\n]*? (200|400|401)\b[^\n]*$`)

// wellThenRefused finds a token endpoint that answered well, and refused the next call.
func wellThenRefused(text string) []observation {
	all := tokenAnswer.FindAllStringSubmatch(text, twinsMax)
	for i := 1; i < len(all); i++ {
		if all[i-1][1] != "200" || all[i][1] == "200" {
			continue
		}
		what := "The token endpoint answered one call well and refused the next: what the first used up, the second had too."
		if strings.Contains(strings.ToLower(text), "refresh") {
			return []observation{{what, chances{"refresh-race": 40}, map[string]float64{"refresh-race": 2}}}
		}
		return []observation{{what, chances{"code-used-twice": 50}, map[string]float64{"code-used-twice": 3}}}
	}
	return nil
}
