package observe

import (
	"bytes"
	"html"
	"net/http"
	"regexp"
	"strings"
)

// Pages of errors say what went wrong in different places: the title of one is its sentence, that of another only "Error". The places are tried in this
// order, and the first that says more than a status does is taken.
var places = []*regexp.Regexp{
	marked("pre", "exception_value"), // Django while it debugs
	marked("p", "errormsg"),          // Werkzeug's debugger
	marked("div", "titleerror"),      // ASP.NET Core while it develops
	marked("div", "message"),         // Rails while it develops, Laravel
	regexp.MustCompile(`(?is)<div>(There was an unexpected error \(type=.*?)</div>`), // Spring
	every("title"), every("h1"), every("h2"), every("h3"), every("pre"), every("p"),
	regexp.MustCompile(`(?is)</h1>([^<]+)`), // HAProxy
	every("center"),
}

// every finds the elements of a name; one ends where the next of it begins, too.
func every(name string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)<` + name + `(?:\s[^>]*)?>(.*?)(?:</` + name + `\b|<` + name + `[\s>]|$)`)
}

// marked finds those of a class.
func marked(name, class string) *regexp.Regexp {
	return regexp.MustCompile(`(?is)<` + name + `\s[^>]*class=["']?(?:[^"'>]*\s)?` + class + `(?:[\s"'][^>]*)?>(.*?)(?:</` + name + `\b|$)`)
}

var (
	unseen = regexp.MustCompile(`(?is)<!--.*?(?:-->|$)|<(?:script|style|svg)\b.*?(?:</(?:script|style|svg)\s*>|$)`)
	line   = regexp.MustCompile(`(?i)<br\s*/?>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
	labels = regexp.MustCompile(`^(?:Message|Description):? `)
)

// mostPlaces is how many elements of a name are looked at.
const mostPlaces = 8

// pageSays is the sentence of a page; where none says more than a status, its title or first heading.
func pageSays(body []byte) []byte {
	body = unseen.ReplaceAll(body, nil)
	first := ""
	for _, p := range places {
		for _, m := range p.FindAllSubmatch(body, mostPlaces) {
			text := plainText(m[1])
			if saysMore(text) {
				return []byte(labels.ReplaceAllString(text, ""))
			}
			if first == "" {
				first = text
			}
		}
	}
	return []byte(first)
}

// plainText is the first line of an element, without the elements in it.
func plainText(inner []byte) string {
	text := bytes.TrimSpace(inner)
	if at := line.FindIndex(text); at != nil && at[0] > 0 {
		text = text[:at[0]]
	}
	return strings.Join(strings.Fields(html.UnescapeString(string(tags.ReplaceAll(text, nil)))), " ")
}

// saysMore reports whether a text says more than a status does.
func saysMore(text string) bool {
	low := strings.ToLower(text)
	for _, begin := range dull {
		if strings.HasPrefix(low, begin) {
			return false
		}
	}
	return !generic[bare(text)]
}

// bare is a text without what stands beside the words of a status: numbers, signs, "HTTP", "error".
func bare(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && r < 0x80 || r == '–' || r == '—' || r == '’' })
	kept := words[:0]
	for _, w := range words {
		switch w {
		case "http", "https", "status", "error", "errors", "code":
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// generic are bare texts that say nothing, or no more than a status does.
var generic = func() map[string]bool {
	all := map[string]bool{}
	for status := 400; status < 600; status++ {
		all[bare(http.StatusText(status))] = true
	}
	for _, text := range []string{
		"", "Server Error", "Application Error", "An Error Occurred", "Oops! An Error Occurred", "Error page", "Error response", "Oops", "Whoops",
		"Something went wrong", "Whitelabel Error Page", "Document", "Untitled", "Untitled document", "Page not found", "Access denied", "Sorry",
		"Action Controller: Exception caught", "Server Error in '/' Application.", "Runtime error", "Exception", "Service Temporarily Unavailable",
		"Gateway Time-out", "Request Time-out", "Bad URI", "nginx", "openresty", "cloudflare", "Not available", "None",
		"An unhandled exception occurred while processing the request.", "No message available",
	} {
		all[bare(text)] = true
	}
	return all
}()

// dull is how sentences begin that servers write beside any error, in lower case.
var dull = []string{
	"this application has no explicit mapping for", "additionally, a ", "more information about this error", "please contact", "type status report",
	"type exception report", "error code: ", "please try again", "nginx/", "apache/", "openresty/", "microsoft-azure",
}
