package explain

import (
	"regexp"
	"slices"
	"strings"
)

// lost are ways in which programs throw the reason of a failure away, and where it is still to be found.
var lost = []struct {
	words *regexp.Regexp
	text  string
}{
	{
		regexp.MustCompile(`\[object [A-Z][A-Za-z]+\]`),
		"[object …] stands where something was told: an object was made a text, and what it held is lost. Print JSON.stringify(error.response?.data ?? error.cause ?? error) in its place.",
	},
	{
		regexp.MustCompile(`Request failed with status code \d{3}`),
		"The client tells the status alone. The reason is in the answer's body: print error.response.data and error.response.headers.",
	},
	{
		regexp.MustCompile(`\d{3} (?:Client|Server) Error|<Response \[\d{3}\]>`),
		"The client tells the status alone. The reason is in the answer's body: print r.text and r.headers before raise_for_status.",
	},
	{
		regexp.MustCompile(`Response status code does not indicate success|HttpResponseMessage`),
		"The client tells the status alone. The reason is in the answer's body: read response.Content before EnsureSuccessStatusCode.",
	},
	{
		regexp.MustCompile(`(?i)unexpected (?:http )?status(?: code)?:? \d{3}|(?:bad|wrong) status(?: code)?:? \d{3}|Non-200|non-2xx`),
		"The client tells the status alone. Have it tell the answer's body and its fields too.",
	},
	{
		regexp.MustCompile(`HttpClientErrorException\$?\w*: \d{3}[^\n]*\[no body\]`),
		"The answer had no body: the reason stands in a field of its head (WWW-Authenticate), or in the server's log.",
	},
	{
		regexp.MustCompile(`(?i)TypeError: (?:failed to fetch|fetch failed|load failed|networkerror)|AxiosError: Network Error`),
		"A script is told no reason: in a browser look at the network panel and the console's line before it, in Node at error.cause.",
	},
}

// evidence says where the reason is, if the paste shows that it was thrown away.
func evidence(text string) (found []observation) {
	for _, l := range lost {
		if l.words.MatchString(text) && !toldAnyhow(text) {
			found = append(found, observation{text: l.text})
		}
	}
	return found
}

// toldAnyhow reports whether an answer's own words are there too.
func toldAnyhow(text string) bool {
	return slices.ContainsFunc([]string{`"error`, `"message"`, `"detail"`, `error_description`, `<html`, `<!DOCTYPE`, `"errors"`, `'error'`, `"code"`}, func(s string) bool { return strings.Contains(text, s) })
}
