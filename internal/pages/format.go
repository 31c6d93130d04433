package pages

import (
	"strconv"
	"strings"
)

// format is one of the formats of a page.
type format uint8

const (
	asHTML format = iota
	asMarkdown
	asJSON
)

// formats are their media types, and the suffix by which a path asks for one. Of several that a caller likes best the first counts that it names: a program that
// reads names text/markdown, and no browser does.
var formats = [...]struct{ media, suffix, kind string }{
	asHTML:     {"text/html", ".html", "text/html; charset=utf-8"},
	asMarkdown: {"text/markdown", ".md", "text/markdown; charset=utf-8"},
	asJSON:     {"application/json", ".json", "application/json"},
}

// others are media types that are read as one of ours is.
var others = map[string]format{
	"application/xhtml+xml": asHTML, "application/problem+json": asJSON, "application/vnd.candor.contract+json": asJSON,
}

// choose is the format that Accept likes best (RFC 9110 §12.5.1), and otherwise if it names none of ours: there is never a 406. A type that is named goes
// before one that a range with a star covers at the same weight.
func choose(accept []string, otherwise format) format {
	var named [len(formats)]float64
	best, found := otherwise, 0.0
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, params, _ := strings.Cut(element, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		for f := range formats {
			if media == formats[f].media || isOther(media, format(f)) {
				named[f] = max(named[f], weight(params))
			}
		}
	}
	for _, f := range []format{asMarkdown, asHTML, asJSON} {
		if named[f] > found {
			best, found = f, named[f]
		}
	}
	return best
}

func isOther(media string, f format) bool {
	of, known := others[media]
	return known && of == f
}

// weight reads q; what is no weight is 0.
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(value, 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

// bySuffix takes the suffix of a path that asks for a format.
func bySuffix(name string) (bare string, f format, said bool) {
	for f := range formats {
		if bare, said = strings.CutSuffix(name, formats[f].suffix); said {
			return bare, format(f), true
		}
	}
	return name, asHTML, false
}
