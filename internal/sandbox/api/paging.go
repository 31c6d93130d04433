package api

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
)

// Bounds of a page.
const (
	usualCount = 10
	mostCount  = 50
)

// page is the part of a collection that start and count ask for.
type page struct{ start, count int }

// finder checks q, the name of the finder, which Rest.li collections ask for.
func finder(q url.Values, name string) *answer {
	var bad answer
	switch got := q.Get("q"); got {
	case name:
		return nil
	case "":
		bad = failInput([]inputError{{code: missingField, description: "The query parameter q is required; send q=" + name, fieldPath: "q"}})
	default:
		bad = failParameter("q", "There is no finder "+strconv.Quote(cut(got))+" here; send q="+name)
	}
	return &bad
}

// pageOf reads start and count; what is wrong with either is answered at once for both.
func pageOf(q url.Values) (page, *answer) {
	var wrong []inputError
	number := func(name string, least, most, usual int) int {
		if !q.Has(name) {
			return usual
		}
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < least || n > most {
			text := fmt.Sprintf("Parameter %s must be a whole number from %d to %d", name, least, most)
			wrong = append(wrong, inputError{code: fieldInvalid, description: text, fieldPath: name})
		}
		return n
	}
	p := page{start: number("start", 0, 1<<20, 0), count: number("count", 1, mostCount, usualCount)}
	if len(wrong) > 0 {
		bad := failInput(wrong)
		return p, &bad
	}
	return p, nil
}

// of gives the page's part of all, with the paging object that tells where the others are.
func (p page) of(all list, path string, q url.Values) object {
	from := min(p.start, len(all))
	to := min(p.start+p.count, len(all))
	links := list{}
	if p.start > 0 {
		links = append(links, p.link("prev", path, q, max(0, p.start-p.count)))
	}
	if to < len(all) {
		links = append(links, p.link("next", path, q, to))
	}
	return object{
		{key: "paging", value: object{
			{key: "start", value: p.start},
			{key: "count", value: p.count},
			{key: "links", value: links},
			{key: "total", value: len(all)},
		}},
		{key: "elements", value: all[from:to]},
	}
}

func (p page) link(rel, path string, q url.Values, start int) object {
	there := maps.Clone(q)
	there.Set("start", strconv.Itoa(start))
	there.Set("count", strconv.Itoa(p.count))
	return object{
		{key: "type", value: "application/json"},
		{key: "rel", value: rel},
		{key: "href", value: path + "?" + there.Encode()},
	}
}

// cut bounds what is echoed of a caller's text.
func cut(s string) string {
	const most = 64
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
