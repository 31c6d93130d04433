// Package digest tells the failures of some days as a person would report them: by cause and app, with what to do and whom to write to, and what is new.
package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// The most that a digest tells one by one; of the rest it says how much it is.
const (
	findingsMax = 20
	appsMax     = 5
	whomMax     = 10
	nearMax     = 3 // of findingsMax, for limits that are nearly used up
	oftenMax    = 3
	examplesMax = 3
)

// Input is all that a digest is made of.
type Input struct {
	From, To       time.Time
	Counts, Before []requestlog.Count   // of these days, and of as many before them
	Records        []*requestlog.Record // of these days, the latest first
	Cut            bool                 // there are more records than were looked at
	Apps           []App
	Revisions      []Revision // of the configuration, those of other days too
	Contacts       Contacts
	Unknown        []string // sentences of what else the digest cannot know
}

// App is one whose owners may be written to.
type App struct {
	Name   string
	Owners []string
	Limits []Limit // of which it has used something
}

// Limit is how far a limit is used up.
type Limit struct {
	Resource, Window string
	Used, Most       int64
}

// Contacts are those of the configuration; "" where it names none.
type Contacts struct {
	Support, Limits, StatusPage string
}

// Digest is what was found, the heaviest first.
type Digest struct {
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	Calls        int64     `json:"calls"`
	Failed       int64     `json:"failed"`
	CallsBefore  int64     `json:"callsBefore"` // in as many days before
	FailedBefore int64     `json:"failedBefore"`
	Findings     []Finding `json:"findings"`
	More         *More     `json:"more,omitempty"`   // what is not told one by one
	Recurs       []string  `json:"recurs,omitempty"` // what recurs most
	Notes        []string  `json:"notes,omitempty"`  // what the digest cannot know

	Revisions     []Revision `json:"revisions,omitempty"`     // of the configuration that were taken in these days, the latest first
	MoreRevisions int        `json:"moreRevisions,omitempty"` // before those
}

// Finding is one cause, of one app or of several.
type Finding struct {
	Sign     string   `json:"sign"` // what it is a case of
	What     string   `json:"what"`
	Trend    string   `json:"trend,omitempty"`
	New      bool     `json:"new,omitempty"` // there was none in the days before
	Do       string   `json:"do"`
	Whom     []string `json:"whom"` // to write to
	Calls    int64    `json:"calls"`
	Before   int64    `json:"before"`
	Apps     []Share  `json:"apps,omitempty"`
	MoreApps int      `json:"moreApps,omitempty"`
	Often    []string `json:"often,omitempty"`    // the calls that it came of most
	Examples []string `json:"examples,omitempty"` // ids
}

// Share is what one app has of a finding.
type Share struct {
	App    string   `json:"app"` // "": not known
	Calls  int64    `json:"calls"`
	Owners []string `json:"owners,omitempty"`
}

// More is what was left out.
type More struct {
	Causes int   `json:"causes"`
	Calls  int64 `json:"calls"`
}

// Make makes the digest.
func Make(in *Input) *Digest {
	w := newWeek(in)
	d := &Digest{From: in.From.UTC(), To: in.To.UTC(), Calls: w.now.all, Failed: w.now.failed, CallsBefore: w.before.all, FailedBefore: w.before.failed, Findings: []Finding{}}
	all, near := slices.Concat(w.causes(), w.outages(), w.revisions(), w.repeats()), w.nearLimits()
	slices.SortStableFunc(all, heavier)
	slots := min(len(near), nearMax)
	d.tell(w, all, findingsMax-slots)
	d.tell(w, near, slots)
	d.Recurs, d.Notes = w.recurs(), w.notes()
	d.Revisions, d.MoreRevisions = w.revisionsTaken()
	return d
}

// tell tells the first of them one by one, and of the others how many there are.
func (d *Digest) tell(w *week, all []found, most int) {
	most = min(most, len(all))
	for i := range all[:most] {
		w.evidence(&all[i])
		d.Findings = append(d.Findings, all[i].Finding)
	}
	for i := range all[most:] {
		if d.More == nil {
			d.More = &More{}
		}
		d.More.Causes++
		d.More.Calls += all[most+i].Calls
	}
}

func heavier(a, b found) int {
	return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(a.Sign, b.Sign), strings.Compare(a.What, b.What))
}
