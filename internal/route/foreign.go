package route

import (
	"regexp"
	"strconv"
	"strings"
)

// People write patterns as the gateway did that they come from: /users/:id, /users/<int:id>, /users/{id:[0-9]+}, ~ ^/users/(\d+)$, /files/*path. likely is how such
// a pattern is written here, "" if it does not look like one.
func likely(path string) string {
	out := path
	for _, r := range wholes {
		out = r.from.ReplaceAllString(out, r.to)
	}
	if !strings.HasPrefix(out, "/") {
		out = "/" + out
	}
	out = collapseBraces(out)
	for _, r := range parts {
		out = r.from.ReplaceAllString(out, r.to)
	}
	out = numbered(lastRest(out))
	if _, err := parsePattern(out); err != nil || out == path {
		return ""
	}
	return out
}

var (
	withMethod = regexp.MustCompile(`^([A-Z]+)\s+(/\S*)$`)
	withQuery  = regexp.MustCompile(`^(/[^?#]*)\?[\w.\[\]-]+=`)
)

// advice is how a pattern that cannot be read was probably meant, to follow what is wrong with it.
func advice(path string) string {
	if m := withMethod.FindStringSubmatch(path); m != nil {
		return "; the method belongs into methods: [" + m[1] + "], the path is " + m[2]
	}
	if strings.Contains(path, "://") {
		return "; a route has a path alone, hosts: of the API says for which hosts"
	}
	if m := withQuery.FindStringSubmatch(path); m != nil {
		return "; a route takes its path with any query, so leave the query out: " + m[1]
	}
	if say := likely(path); say != "" {
		return "; did you mean " + say + "?"
	}
	return ""
}

type rewriting struct {
	from *regexp.Regexp
	to   string
}

// rest stands for whatever follows until it is known where it stands; blank for a value without a name.
const (
	rest  = "\x00"
	blank = "{\x01}"
)

// wholes are about the ends of a pattern: what marks a regular expression, and how it is anchored.
var wholes = []rewriting{
	{regexp.MustCompile(`^[~=^*\s]+/`), "/"}, // nginx: ~ ^/x, = /x; Kong: ~/x
	{regexp.MustCompile(`^\s+|\s+$`), ""},
	{regexp.MustCompile(`/\?\$?$`), ""}, // an optional slash at the end
	{regexp.MustCompile(`([^$])\$$`), "$1"},
	{regexp.MustCompile(`([^,]),$`), "$1"}, // of a list without brackets
}

// parts are about single segments, in this order.
var parts = []rewriting{
	{regexp.MustCompile(`\((?:\?:)?\.[*+]\)`), rest},                                         // (.*)
	{regexp.MustCompile(`\(\?P?<(\w+)>\.[*+]\)`), rest},                                      // (?<rest>.*)
	{regexp.MustCompile(`\(\?P?<(\w+)>[^()]*\)`), "{$1}"},                                    // (?<id>\d+)
	{regexp.MustCompile(`/:([A-Za-z_]\w*)(?:\([^()]*\))?[*+]`), "/" + rest},                  // /:path*
	{regexp.MustCompile(`/:([A-Za-z_]\w*)(?:\([^()]*\))?\??(/|$)`), "/{$1}$2"},               // /:id, /:id?, /:id(\d+)
	{regexp.MustCompile(`\((?:\?:)?(?:\[[^\]]*\]|\\[dwDWS])[*+?]?(?:\{[\d,]*\})?\)`), blank}, // ([^/]+), (\d+)
	{regexp.MustCompile(`(?:\[\^?[^\]/]*/?[^\]/]*\]|\\[dwDWS])(?:[*+]|\{[\d,]+\})`), blank},  // [^/]+, \d+
	{regexp.MustCompile(`/\.[*+]`), "/" + rest},                                              // /.*
	{regexp.MustCompile(`\.[*+]$`), rest},                                                    // /x.*
	{regexp.MustCompile(`<(?:path|\w*path):(\w+)>`), rest},                                   // <path:rest>
	{regexp.MustCompile(`<(?:\w+(?:\([^()]*\))?:)?(\w+)>`), "{$1}"},                          // <id>, <int:id>
	{regexp.MustCompile(`/\[?\[\.\.\.\w+\]\]?`), "/" + rest},                                 // [...slug]
	{regexp.MustCompile(`/\[(\w+)\](/|$)`), "/{$1}$2"},                                       // [id]
	{regexp.MustCompile(`\{\*{1,2}(\w*)\}|\{\.\.\.(\w+)\}|\{(\w+)(?:\*|\+|\.\.\.)\}`), rest}, // {*rest}, {rest...}, {proxy+}
	{regexp.MustCompile(`\{(\w+)[?=][^{}]*\}`), "{$1}"},                                      // {id?}
	{regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`), "{$1}"},                                      // {{id}}
	{regexp.MustCompile(`/\*\*/`), "/" + blank + "/"},
	{regexp.MustCompile(`/\*\w*/`), "/" + blank + "/"}, // /*/
	{regexp.MustCompile(`/\*\w*/`), "/" + blank + "/"}, // and the next: they share a slash
	{regexp.MustCompile(`/\*\w*$`), "/" + rest},        // /*, /*path
	{regexp.MustCompile(`([^/*])\*{1,2}$`), "$1/" + rest},
}

// collapseBraces leaves of {id:[0-9]{3}} the name, and of {rest:.*} that it takes the rest. The expression may hold braces and slashes.
func collapseBraces(path string) string {
	var out strings.Builder
	for path != "" {
		open := strings.IndexByte(path, '{')
		if open < 0 {
			break
		}
		shut := braceEnd(path[open:])
		name, expression, has := strings.Cut(path[open+1:open+max(shut, 1)], ":")
		if shut < 0 || !has {
			out.WriteString(path[:open+1])
			path = path[open+1:]
			continue
		}
		out.WriteString(path[:open])
		if expression == ".*" || expression == ".+" || expression == "path" {
			out.WriteString(rest)
		} else {
			out.WriteString("{" + strings.TrimSpace(name) + "}")
		}
		path = path[open+shut+1:]
	}
	return out.String() + path
}

// braceEnd is where the brace is closed that text begins with, -1 if nowhere.
func braceEnd(text string) int {
	depth := 0
	for i, c := range []byte(text) {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// lastRest makes /** of the rest at the end, where alone it can stand, and a value of any other.
func lastRest(path string) string {
	if before, found := strings.CutSuffix(path, "/"+rest); found {
		path = before + "/**"
	} else if before, found := strings.CutSuffix(path, rest); found {
		path = before + "/**"
	}
	return strings.ReplaceAll(path, rest, blank)
}

// numbered names the values that have no name: id, id2, id3.
func numbered(path string) string {
	for n := 1; strings.Contains(path, blank); n++ {
		name := "{id}"
		if n > 1 {
			name = "{id" + strconv.Itoa(n) + "}"
		}
		if !strings.Contains(path, name) {
			path = strings.Replace(path, blank, name, 1)
		}
	}
	return path
}
