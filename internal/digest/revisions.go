package digest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Revision is a configuration that was taken, as far as routes are served otherwise since.
type Revision struct {
	Number     int       `json:"number"`
	At         time.Time `json:"at"`
	Routes     []string  `json:"routes"` // that it changed; none where the configuration is otherwise and no route is, or where they are again as they were
	MoreRoutes int       `json:"moreRoutes,omitempty"`
}

// The most that is told of revisions: the latest of them, and the first routes of each.
const (
	revisionsMax = 10
	routesMax    = 5
)

// revisionsTaken are the revisions of the days, the latest first, and how many of them are not told.
func (w *week) revisionsTaken() (told []Revision, more int) {
	for _, r := range w.in.Revisions {
		if r.At.Before(w.in.From) || r.At.After(w.in.To) {
			continue
		}
		routes := slices.Sorted(slices.Values(r.Routes))
		shown := append([]string{}, routes[:min(len(routes), routesMax)]...)
		told = append(told, Revision{Number: r.Number, At: r.At.UTC(), Routes: shown, MoreRoutes: len(routes) - len(shown)})
	}
	slices.SortFunc(told, func(a, b Revision) int { return cmp.Compare(b.Number, a.Number) })
	more = max(0, len(told)-revisionsMax)
	return told[:len(told)-more], more
}

// since says of a revision when it was taken; "" where that is not known.
func (w *week) since(number int) string {
	for _, r := range w.in.Revisions {
		if r.Number == number {
			return ", taken " + day(r.At) + ","
		}
	}
	return ""
}

// text is "Revision 13, taken 2026-11-24 10:00 UTC, changed the routes me and posts".
func (r *Revision) text() string {
	s := "Revision " + strconv.Itoa(r.Number) + ", taken " + day(r.At) + ", "
	if len(r.Routes) == 0 {
		return s + "changed no route, or took a change back"
	}
	s += "changed " + strings.Join(r.Routes, ", ")
	if r.MoreRoutes > 0 {
		s += " and " + count(int64(r.MoreRoutes), "more route", "more routes")
	}
	return s
}
