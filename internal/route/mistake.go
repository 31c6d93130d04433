package route

import (
	"fmt"
	"strings"
)

// Mistake is one thing wrong with a configuration, and where it stands in it.
type Mistake struct {
	API   int    // index among the specs
	Route int    // index in the API; -1: the API itself
	Field string // as the configuration spells it: "path", "scopes", "request.rewrite"; "" the whole
	Item  int    // index in the field's list; -1: the whole field
	Inner int    // index in a list in that list; -1: the whole item
	First []any  // the way to what was there before and cannot be twice; nil: none
	Who   string // route "people/me", API "people"
	Text  string // what is wrong, for whoever sees where
}

// Error names the route, or the API, so that it can be read without the file.
func (m *Mistake) Error() string { return m.Who + ": " + m.Text }

// Where is the way to the field through the configuration: "apis", 0, "routes", 2, "scopes", 1.
func (m *Mistake) Where() []any {
	way := place{api: m.API, route: m.Route}.way()
	if m.Field != "" {
		for key := range strings.SplitSeq(m.Field, ".") {
			way = append(way, key)
		}
	}
	if m.Item >= 0 {
		way = append(way, m.Item)
	}
	if m.Inner >= 0 {
		way = append(way, m.Inner)
	}
	return way
}

// place is where the builder is; it makes mistakes.
type place struct {
	api, route int
	who        string // route "people/me", API "people"
}

func (p place) way() []any {
	if p.route < 0 {
		return []any{"apis", p.api}
	}
	return []any{"apis", p.api, "routes", p.route}
}

func (p place) mistake(field string, format string, args ...any) *Mistake {
	return p.at(field, -1, -1, format, args...)
}

func (p place) at(field string, item, inner int, format string, args ...any) *Mistake {
	return &Mistake{API: p.api, Route: p.route, Field: field, Item: item, Inner: inner, Who: p.who, Text: fmt.Sprintf(format, args...)}
}
