package digest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// found is a finding, and which records it came of; nil: none.
type found struct {
	Finding
	fits func(*requestlog.Record) bool
	near float64 // of a limit: the part that is used up
}

// causes are the findings by the table, and by the problem where no row fits.
func (w *week) causes() []found {
	w.takeOutages()
	var all []found
	for i := range signs {
		all = append(all, w.bySign(&signs[i])...)
	}
	for _, c := range w.order {
		if !w.taken[c] {
			row := rowOf(c.problem)
			all = append(all, w.bySign(&row)...)
		}
	}
	return all
}

// bySign is what a row finds: one finding, or one for each resource.
func (w *week) bySign(s *sign) []found {
	groups := map[string][]cell{}
	for _, c := range w.enough(s) {
		key := ""
		if s.resources {
			key = c.resource
		}
		groups[key] = append(groups[key], c)
		w.taken[c] = true
	}
	var all []found
	for _, resource := range slices.Sorted(maps.Keys(groups)) {
		all = append(all, w.cause(s, resource, groups[resource]))
	}
	return all
}

// enough are the cells of a row, of apps that have enough such calls to be named for them.
func (w *week) enough(s *sign) []cell {
	of := map[string]int64{}
	var all []cell
	for _, c := range w.order {
		if !w.taken[c] && slices.Contains(s.problems, c.problem) {
			of[c.app] += w.now.cells[c]
			all = append(all, c)
		}
	}
	return slices.DeleteFunc(all, func(c cell) bool {
		return of[c.app] < s.least || float64(of[c.app]) < s.share*float64(w.now.of[c.app])
	})
}

func (w *week) cause(s *sign, resource string, cells []cell) found {
	f := found{Finding: Finding{Sign: s.name, Do: s.do}}
	var of shares
	is := make(map[cell]bool, len(cells))
	for _, c := range cells {
		f.Calls += w.now.cells[c]
		f.Before += w.before.cells[c]
		of.add(c.app, w.now.cells[c])
		is[c] = true
	}
	all := w.name(&f, &of)
	f.What = sentence(s, resource, all, f.Calls)
	f.Whom = w.whom(s.to, all)
	if !strings.HasPrefix(s.name, passedOn) { // which is in records alone, and there are none of before
		w.trend(&f)
	}
	f.fits = func(r *requestlog.Record) bool { return is[cell{r.App, r.Resource, problemOf(r)}] }
	return f
}

// shares are calls by app, in the order in which the apps were met.
type shares struct {
	at  map[string]int
	all []Share
}

func (s *shares) add(app string, calls int64) {
	if s.at == nil {
		s.at = map[string]int{}
	}
	i, known := s.at[app]
	if !known {
		i = len(s.all)
		s.at[app] = i
		s.all = append(s.all, Share{App: app})
	}
	s.all[i].Calls += calls
}

// name names the apps with most, says how many more there are, and returns them all.
func (w *week) name(f *found, of *shares) []Share {
	all := of.all
	slices.SortStableFunc(all, func(a, b Share) int { return cmp.Compare(b.Calls, a.Calls) })
	for i := range all {
		if app := w.apps[all[i].App]; app != nil {
			all[i].Owners = app.Owners
		}
	}
	f.Apps = slices.Clone(all[:min(len(all), appsMax)])
	f.MoreApps = len(all) - len(f.Apps)
	return all
}

// trend compares with the days before, where there were any.
func (w *week) trend(f *found) {
	if w.before.all == 0 {
		return
	}
	f.New = f.Before == 0
	f.Trend = trend(f.Calls, f.Before)
}

// evidence are the calls that a finding came of most, and ids to look at.
func (w *week) evidence(f *found) {
	calls := map[string]int64{}
	for _, r := range w.in.Records {
		if f.fits == nil || !f.fits(r) {
			continue
		}
		if len(f.Examples) < examplesMax {
			f.Examples = append(f.Examples, r.RequestID)
		}
		path, _, _ := strings.Cut(r.Target, "?")
		if call := printable(strings.TrimSpace(r.Method + " " + path)); call != "" {
			calls[call]++
		}
	}
	f.Often = most(calls, oftenMax)
}

// rowOf is the row of a problem that the table does not have: what the catalogue says of it.
func rowOf(name string) sign {
	s := sign{name: name, problems: []string{name}}
	if status, passed := strings.CutPrefix(name, passedOn); passed {
		s.one, s.many, s.to = "{who} got "+status+" from the API itself: {calls}", "{n} apps got "+status+" from the API itself: {calls}", upstreams
		s.do = "Look into the log of the API at the times of the examples: the gateway passed its answer on."
		return s
	}
	e := explain.Record(&requestlog.Record{Problem: name, By: requestlog.ByGateway})
	m := &e.Meanings[0]
	s.one, s.many = "{who} got "+name+" ("+m.Title+"): {calls}", "{n} apps got "+name+" ("+m.Title+"): {calls}"
	s.do, s.to = m.How[0], menders[m.Who]
	return s
}

// menders are by what explain says who can fix it.
var menders = map[string]whom{
	"you, the caller": owners, "the member whose data it is": owners, "the operator of the gateway": operators, "the operator of the API behind the gateway": upstreams,
}

// whom are those to write to.
func (w *week) whom(to whom, of []Share) []string {
	var all []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(all, n) && len(all) < whomMax {
				all = append(all, n)
			}
		}
	}
	switch to {
	case operators:
		add("you, who run this gateway", w.support())
		return all
	case upstreams:
		add("whoever runs the API behind the gateway", w.support())
		return all
	case owners, ownersAndLimits:
	}
	for i := range of {
		add(of[i].Owners...)
		if len(of[i].Owners) == 0 && isApp(of[i].App) {
			add("the owners of " + of[i].App + ", of whom no address is known")
		}
	}
	if to == ownersAndLimits && w.in.Contacts.Limits != "" {
		add("for more: " + w.in.Contacts.Limits)
	}
	if len(all) == 0 {
		add("the callers are not known: look at the addresses and the User-Agent of the examples")
	}
	return all
}

func (w *week) support() string {
	if w.in.Contacts.Support == "" {
		return ""
	}
	return w.in.Contacts.Support + ", whom callers ask"
}
