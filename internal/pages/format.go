package pages

import (
	"slices"
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

// How a caller may mean a format, the most telling last.
const (
	notAtAll = iota
	byStar   // */*
	byKind   // text/*
	byName
)

// wish is how much a caller likes a format, and how it said so: the most telling way counts.
type wish struct {
	how    int
	weight float64
}

// choose is the format that Accept likes best (RFC 9110 §12.5.1), and otherwise if it names none of ours: there is never a 406. A type that is named goes
// before one that a range with a star covers at the same weight, and of several ranges' the one that is otherwise.
func choose(accept []string, otherwise format) format {
	var wishes [len(formats)]wish
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, params, _ := strings.Cut(element, ";")
		media = strings.ToLower(strings.TrimSpace(media))
		for f := range wishes {
			how, q := meant(media, format(f)), weight(params)
			if how > wishes[f].how || how > notAtAll && how == wishes[f].how && q > wishes[f].weight {
				wishes[f] = wish{how, q}
			}
		}
	}
	return best(wishes, otherwise)
}

// best is the first of those liked best that is named, or else otherwise if it is among them.
func best(wishes [len(formats)]wish, otherwise format) format {
	order := [...]format{asMarkdown, asHTML, asJSON}
	most := max(wishes[asHTML].weight, wishes[asMarkdown].weight, wishes[asJSON].weight)
	for _, f := range order {
		if wishes[f] == (wish{byName, most}) && most > 0 {
			return f
		}
	}
	if wishes[otherwise].weight == most {
		return otherwise
	}
	return order[slices.IndexFunc(order[:], func(f format) bool { return wishes[f].weight == most })]
}

// meant reports how a range of Accept means a format.
func meant(media string, f format) int {
	kind, _, _ := strings.Cut(formats[f].media, "/")
	of, known := others[media]
	switch {
	case media == formats[f].media, known && of == f:
		return byName
	case media == kind+"/*":
		return byKind
	case media == "*/*":
		return byStar
	}
	return notAtAll
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
