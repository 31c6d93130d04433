package heads

import "github.com/candor-gateway/candor/internal/http1"

// movers are the fields by which something behind us takes a call for one to another path than that of its request line, so that what was checked here is
// not what is done there. By length, since a field of any other can be none of them.
var movers = byLength(
	"x-original-url", "x-rewrite-url", // IIS URL Rewrite and its heirs: Symfony and Drupal before 2018, Zend and Laminas, Yii, WordPress, MediaWiki
	"x-override-url", "x-original-uri", "x-rewrite-uri", "x-original-path", "x-forwarded-uri", "x-forwarded-path", // authentication by a second request, and middlewares for it
	"script-name", "path-info", "x-script-name", // Gunicorn, and snippets for Flask
	"x-invoke-path", "x-matched-path", // Next.js
)

// Untold are the names of fields that are dropped from a call: none of them may come as a trailer either.
func Untold() (names []string) {
	names = append(names, "proxy")
	for _, some := range movers {
		names = append(names, some...)
	}
	return names
}

func byLength(names ...string) (table [longestMover + 1][]string) {
	for _, name := range names {
		table[len(name)] = append(table[len(name)], name)
	}
	return table
}

const longestMover = 16

// Moves reports whether a field may make something behind us take a call for one to another path: one of movers, in any case and with '_' for '-'.
func Moves(f *http1.Field, buf []byte) bool {
	if f.Like != http1.Other || f.Name.Len() > longestMover {
		return false
	}
	for _, name := range movers[f.Name.Len()] {
		if http1.SameName(f.Name.Of(buf), name) {
			return true
		}
	}
	return false
}

// isProxy knows the field Proxy: no standard has it, and CGI makes of it the variable HTTP_PROXY, by which libraries choose their proxy.
func isProxy(f *http1.Field, buf []byte) bool {
	return f.Like == http1.Other && f.Name.Len() == len("proxy") && http1.SameName(f.Name.Of(buf), "proxy")
}
