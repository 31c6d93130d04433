package digest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// unwell are the ways in which an API can be away, in words.
var unwell = map[string]string{
	"upstream_unreachable": "was unreachable", "upstream_broke": "broke off its answers", "upstream_invalid": "answered what is no HTTP", "gateway_timeout": "did not answer in time",
}

// apart is how long an API must be well for the next failure to be another outage.
const apart = 10 * time.Minute

// outage is a stretch of calls that failed for one reason at one upstream.
type outage struct {
	first, last time.Time
	calls       int64
}

// trouble is an upstream and what was wrong with it.
type trouble struct{ upstream, problem string }

// troubles are the records of each, the latest first.
func (w *week) troubles() map[trouble][]*requestlog.Record {
	all := map[trouble][]*requestlog.Record{}
	for _, r := range w.in.Records {
		if unwell[r.Problem] != "" && r.Upstream != nil && r.Upstream.Name != "" {
			t := trouble{r.Upstream.Name, r.Problem}
			all[t] = append(all[t], r)
		}
	}
	return all
}

// takeOutages leaves to outages what they tell: the problems of which records name the upstream.
func (w *week) takeOutages() {
	named := map[string]bool{}
	for t := range w.troubles() {
		named[t.problem] = true
	}
	for c := range w.now.cells {
		if named[c.problem] {
			w.taken[c] = true
		}
	}
}

// outages tell of each upstream how often it was away, and when most.
func (w *week) outages() []found {
	of := w.troubles()
	var all []found
	for _, t := range slices.SortedFunc(maps.Keys(of), func(a, b trouble) int { return strings.Compare(a.problem+a.upstream, b.problem+b.upstream) }) {
		all = append(all, w.outage(t, of[t]))
	}
	return all
}

func (w *week) outage(t trouble, records []*requestlog.Record) found {
	f := found{Finding: Finding{Sign: "api_away", Do: "Look into the log of the API at that time; the status page may want a word.", Calls: int64(len(records)), Whom: w.whom(upstreams, nil)}}
	if w.in.Contacts.StatusPage != "" {
		f.Do = "Look into the log of the API at that time, and say it on " + w.in.Contacts.StatusPage + "."
	}
	var of shares
	for _, r := range records {
		of.add(r.App, 1)
	}
	w.name(&f, &of)
	stretches := stretchesOf(records)
	worst := slices.MaxFunc(stretches, func(a, b outage) int { return cmp.Compare(a.calls, b.calls) })
	f.What = "The upstream " + printable(t.upstream) + " " + unwell[t.problem] + " " + count(int64(len(stretches)), "time", "times") + ", worst " + worst.when() + " (" + calls(worst.calls) + "): " + calls(f.Calls)
	f.fits = func(r *requestlog.Record) bool {
		return r.Problem == t.problem && r.Upstream != nil && r.Upstream.Name == t.upstream
	}
	return f
}

func stretchesOf(records []*requestlog.Record) []outage {
	at := make([]time.Time, 0, len(records))
	for _, r := range records {
		at = append(at, r.Time.UTC())
	}
	slices.SortFunc(at, time.Time.Compare)
	var all []outage
	for _, t := range at {
		if n := len(all); n > 0 && t.Sub(all[n-1].last) <= apart {
			all[n-1].last = t
			all[n-1].calls++
			continue
		}
		all = append(all, outage{first: t, last: t, calls: 1})
	}
	return all
}

func (o *outage) when() string {
	from, to := o.first.Format("2006-01-02 15:04"), o.last.Format("15:04")
	if o.first.Format(time.DateOnly) != o.last.Format(time.DateOnly) {
		to = o.last.Format("2006-01-02 15:04")
	}
	if strings.HasSuffix(from, to) {
		return from + " UTC"
	}
	return from + "–" + to + " UTC"
}

// turn is a route that a revision of the configuration has turned against calls that it used to let pass.
type turn struct {
	revision, status int
	route            string
}

func turnOf(r *requestlog.Record) (turn, bool) {
	is := r.Revision > 0 && r.Route != "" && r.Status >= 400 && slices.ContainsFunc(r.Changed, func(d requestlog.Difference) bool { return d.Feature == "configuration" })
	return turn{r.Revision, r.Status, r.Route}, is
}

// revisions tell which revision of the configuration stands behind failures.
func (w *week) revisions() []found {
	of := map[turn][]*requestlog.Record{}
	for _, r := range w.in.Records {
		if t, is := turnOf(r); is {
			of[t] = append(of[t], r)
		}
	}
	var all []found
	for _, t := range slices.SortedFunc(maps.Keys(of), func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.revision, b.revision), strings.Compare(a.route, b.route), cmp.Compare(a.status, b.status))
	}) {
		all = append(all, w.revision(t, of[t]))
	}
	return all
}

func (w *week) revision(t turn, records []*requestlog.Record) found {
	f := found{Finding: Finding{
		Sign: "since_revision", Calls: int64(len(records)), Whom: w.whom(operators, nil),
		Do: "Compare the route in that revision with the one before: calls that had worked fail since then. Take the change back, or tell the owners.",
	}}
	var of shares
	for _, r := range records {
		of.add(r.App, 1)
	}
	w.name(&f, &of)
	f.What = "Since revision " + strconv.Itoa(t.revision) + " of the configuration" + w.since(t.revision) + " the route " + printable(t.route) + " answers " + strconv.Itoa(t.status) + " where calls had worked, to " +
		count(int64(len(of.all)), "app", "apps") + ": " + calls(f.Calls)
	f.fits = func(r *requestlog.Record) bool {
		of, is := turnOf(r)
		return is && of == t
	}
	return f
}

// The least that is told of repeated calls: so many, and one in so many.
const (
	repeatedLeast = 100
	repeatedOneIn = 4
)

// repeats tell who asks again and again for what has not changed.
func (w *week) repeats() []found {
	var of shares
	var again, good, before int64
	for _, app := range slices.Sorted(maps.Keys(w.now.repeated)) {
		if n := w.now.repeated[app]; n >= repeatedLeast && n*repeatedOneIn >= w.now.good[app] {
			of.add(app, n)
			again, good, before = again+n, good+w.now.good[app], before+w.before.repeated[app]
		}
	}
	if len(of.all) == 0 {
		return nil
	}
	f := found{Finding: Finding{Sign: "repeats", Calls: again, Before: before, Do: "Keep answers for as long as they may be kept, and ask with If-None-Match; each of these calls counts against a limit."}}
	named := w.name(&f, &of)
	f.Whom = w.whom(owners, named)
	told := number(again) + " of " + calls(good) + " that went well asked again within a minute for what had not changed"
	f.What = who(named) + " repeats itself: " + told
	if len(named) > 1 {
		f.What = number(int64(len(named))) + " apps repeat themselves: " + told
	}
	w.trend(&f)
	return []found{f}
}

// nearLimit is the part of a limit from which on an app is told to be near it.
const nearLimit = 0.8

// nearLimits tell who is closest to a limit.
func (w *week) nearLimits() []found {
	var all []found
	for i := range w.in.Apps {
		app := &w.in.Apps[i]
		for _, l := range app.Limits {
			if l.Most <= 0 || float64(l.Used) < nearLimit*float64(l.Most) {
				continue
			}
			of := []Share{{App: app.Name, Calls: l.Used, Owners: app.Owners}}
			all = append(all, found{near: float64(l.Used) / float64(l.Most), Finding: Finding{
				Sign: "near_limit", Apps: of, Whom: w.whom(ownersAndLimits, of), Do: "Look for redundant calls, or ask for more before it is used up.",
				What: who(of) + " has used " + number(l.Used) + " of " + calls(l.Most) + " of " + printable(cmp.Or(l.Resource, "all resources")) + " (" + printable(strings.ToLower(l.Window)) + ")",
			}})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.near, a.near) })
	return all
}

// recurs says which failures came most often, of one caller, route and problem.
func (w *week) recurs() []string {
	type failure struct{ app, route, problem string }
	worst := map[failure]*requestlog.Record{}
	for _, r := range w.in.Records {
		f := failure{r.App, r.Route, problemOf(r)}
		if r.Recurs != nil && r.Recurs.Times > 1 && (worst[f] == nil || worst[f].Recurs.Times < r.Recurs.Times) {
			worst[f] = r
		}
	}
	all := slices.SortedFunc(maps.Values(worst), func(a, b *requestlog.Record) int {
		return cmp.Or(cmp.Compare(b.Recurs.Times, a.Recurs.Times), strings.Compare(a.RequestID, b.RequestID))
	})
	var told []string
	for _, r := range all[:min(len(all), oftenMax)] {
		app := "a caller whose app is not known"
		if r.App != "" {
			app = "the app " + r.App
		}
		told = append(told, printable(problemOf(r)+" of "+app+" at "+cmp.Or(r.Route, "no route")+": "+atLeast(r.Recurs)+count(r.Recurs.Times, "time", "times")+" since "+r.Recurs.Since.UTC().Format("2006-01-02 15:04")+" UTC, such as "+r.RequestID))
	}
	return told
}

// atLeast comes before a number that is not all.
func atLeast(r *requestlog.Recurs) string {
	if r.AtLeast {
		return "at least "
	}
	return ""
}

// missing is why there is no record of a call, in words.
var missing = map[string]string{
	"dropped.detail": "more came in a second than requests.detail keeps", "dropped.full": "they came faster than they could be written", "dropped.store": "the store did not take them",
}

func (w *week) notes() []string {
	var all []string
	for _, why := range slices.Sorted(maps.Keys(w.now.missing)) {
		all = append(all, "There is no record of "+count(w.now.missing[why], "failed call", "failed calls")+", which may stand in the counts: "+cmp.Or(missing[why], printable(why))+".")
	}
	if w.in.Cut {
		all = append(all, "Only the latest "+count(int64(len(w.in.Records)), "record was", "records were")+" looked at; outages, revisions and examples of the time before are missing.")
	}
	if w.before.all == 0 {
		all = append(all, "There is nothing of the days before to compare with.")
	}
	return append(all, w.in.Unknown...)
}
