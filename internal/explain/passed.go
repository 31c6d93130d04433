package explain

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// ownMeans are, by the status that an API answered with itself, what of the call it can mean. {path}, {parameters} and {body} are those of the call.
var ownMeans = map[int]string{
	400: "{parameters} or {body}: a value that is missing, misspelled or of another form than the API's documentation says",
	401: "the credential that came to the API: it may take another one than the gateway does, or one that the gateway does not pass on",
	402: "the plan or the credit of the account at the API",
	403: "what this app and member may do with this very resource: the gateway knows permissions, and not what belongs to whom",
	404: "{path}: the gateway has a route for it, but the API has nothing there, or does not show it to this member",
	405: "the method: the API does not take it at {path}",
	406: "Accept, Accept-Language or Accept-Encoding: the API has no such form of what is there",
	408: "the body, which did not come to the API in time",
	409: "the state of the resource: it is there already, or somebody else has changed it meanwhile; read it again first",
	410: "{path}: what was there has been removed for good",
	412: "If-Match, If-None-Match or If-Unmodified-Since: the resource was changed since it was read; read it again first",
	413: "the size of {body}, which this API takes only smaller",
	414: "the length of the address",
	415: "Content-Type, or what {body} is encoded in",
	422: "{body} or {parameters}: they can be read, but a value is not one that the API takes",
	428: "If-Match, which the API wants so that nobody overwrites what somebody else has changed",
	429: "how often it is called: this limit is the API's own and none of the gateway's; wait as long as Retry-After says",
	431: "the size of the head, such as a large cookie",
}

// next is what to do about a failure that is the API's own answer, which nobody has worded a fix for; "" of any other call.
func next(r *requestlog.Record) string {
	if r.By != requestlog.ByUpstream || r.Status < 400 || r.Said != nil && r.Said.Fix != "" {
		return ""
	}
	ask := "ask whoever runs the API" + behind(r) + ", with the id " + r.RequestID
	if r.FromCache() {
		ask = "ask whoever runs the API" + behind(r) + ", with the Date of the answer: it has never seen this call, and does not know the id"
	}
	if r.Status >= 500 {
		return "The gateway's checks let the call pass, and the API failed at it. Repeat it later if that does no harm; if it stays so, " + ask + "."
	}
	means := ownMeans[r.Status]
	if means == "" {
		means = "{path}, {parameters} or {body}; its documentation says what it answers " + strconv.Itoa(r.Status) + " to"
	}
	return "The gateway's checks let the call pass, so this answer is the API's own. Read its body first. What it can mean is " + filled(means, r) + ". If all of that is as it should be, " + ask + "."
}

// parametersMax is how many parameters are named.
const parametersMax = 5

// filled puts the call's own parts in place of their names.
func filled(means string, r *requestlog.Record) string {
	path, query, _ := strings.Cut(target(r.Target), "?")
	is := strings.NewReplacer("{path}", inWords("the path", path), "{parameters}", inWords("the parameters", strings.Join(parametersOf(query), ", ")), "{body}", inWords("the body", contentType(r)))
	return strings.Map(printable, is.Replace(means))
}

func inWords(what, it string) string {
	if it == "" {
		return what
	}
	if r := []rune(it); len(r) > claimMax {
		it = string(r[:claimMax]) + "…"
	}
	return what + " (" + it + ")"
}

// parametersOf are the names of a query's parameters, the first ones.
func parametersOf(query string) (names []string) {
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if name != "" && !slices.Contains(names, name) && len(names) < parametersMax {
			names = append(names, name)
		}
	}
	return names
}

func contentType(r *requestlog.Record) string {
	for _, f := range r.Headers {
		if strings.EqualFold(f.Name, "Content-Type") {
			return f.Value
		}
	}
	return ""
}
