package people

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Usage is what an app did today and in the last 24 hours, what is left of its limits, and what it may do.
type Usage struct {
	Site      Site
	Signed    bool     // somebody has signed in, and sees where else to go
	Apps      []string // of which one can be chosen
	App       string   // the one; "": there is none
	Now       time.Time
	Used      Used // today
	Resources []UsedResource
	Plot      Plot // of the last 24 hours
	Disabled  bool // the app is switched off
	Products  []string
	Scopes    []string
	Asked     []ScopeUse // of the last 24 hours
	Failures  []Failure  // of today, the latest first
	Later     bool       // this is not the first page of them
	Next      string     // the cursor of the page behind this one; "": there is none
	Notes     []string   // what could not be told
}

// Used is how calls ended.
type Used struct {
	Calls, LetThrough, Repeated, Failed int64
	Errors                              []Ended // the most frequent first
}

// Ended is how many calls ended in a problem.
type Ended struct {
	Problem string
	Href    string // its page in the reference; "": it has none
	Calls   int64
}

// UsedResource is what an app did with one.
type UsedResource struct {
	Name string // "": none was found
	Used
	Limits    []Limit
	Throttled []Ended // members whom a limit has refused
}

// Limit is one limit of a resource for the app.
type Limit struct {
	Quota     string // application, member, burst
	Window    string
	Limit     int64
	Known     bool // what follows is: there is one number of it
	Used      int64
	Left      int64
	ResetsAt  time.Time
	PerMember bool // each member has its own
}

// ScopeUse is what became of a scope that an app asked for.
type ScopeUse struct {
	Scope                   string // "": those together that there are not
	Asked, Granted, Refused int64
}

// Failure is a call in a list.
type Failure struct {
	ID   string
	Call string
	End  string
	Time time.Time
}

// HTML is the page.
func (v Usage) HTML() ([]byte, error) {
	f := frame{Site: v.Site, Heading: "Usage and limits", Usage: true, Wide: true, V: v}
	if v.App != "" {
		f.Heading = "Usage of " + name(v.App)
	}
	if v.Signed {
		f.Here = UsagePath
	}
	return f.render("usage")
}

// Policy lets its forms choose an app and look up a call.
func (v Usage) Policy() string { return formPolicy("") }

// Further is where the list of failures goes on.
func (v Usage) Further() string { return v.at(v.Next) }

// Latest is where it begins.
func (v Usage) Latest() string { return v.at("") }

func (v Usage) at(cursor string) string {
	q := url.Values{FieldApp: {v.App}}
	if cursor != "" {
		q.Set(FieldCursor, cursor)
	}
	return UsagePath + "?" + q.Encode() + "#failures"
}

// At is the page of a call.
func (f Failure) At() string { return CallPath + "/" + url.PathEscape(f.ID) }

// Clock is the time of a moment of today.
func (f Failure) Clock() string { return f.Time.UTC().Format("15:04:05 UTC") }

// Again says how much of what was let through repeated an earlier call; "": nothing did.
func (u Used) Again() string {
	if u.Repeated == 0 {
		return ""
	}
	return fmt.Sprintf("%s of today's %s repeated an earlier one.", grouped(u.Repeated), inCalls(u.LetThrough))
}

// Says is what became of the calls, as a sentence.
func (u Used) Says() string {
	switch {
	case u.Calls == 0:
		return "No calls today."
	case u.Failed == 0:
		return inCalls(u.Calls) + " today, and none failed."
	}
	return fmt.Sprintf("%s today, of which %s failed.", inCalls(u.Calls), grouped(u.Failed))
}

// limitBar is how long the bar of a limit is.
const limitBar = 200

// Bar is how much of it is filled.
func (l Limit) Bar() int64 {
	if l.Limit <= 0 {
		return limitBar
	}
	filled := float64(limitBar) * float64(min(max(l.Used, 0), l.Limit)) / float64(l.Limit)
	if l.Used > 0 {
		return max(minBar, int64(filled))
	}
	return 0
}

// Full reports whether nothing is left.
func (l Limit) Full() bool { return l.Known && l.Left <= 0 }

// Says is what is left of it, as a sentence.
func (l Limit) Says() string {
	if !l.Known {
		return inCalls(l.Limit) + " for each member: what is left differs from one to the other."
	}
	return fmt.Sprintf("%s of %s used, %s left.", grouped(l.Used), inCalls(l.Limit), grouped(l.Left))
}

// Resets says how long it takes until all of it is there again.
func (l Limit) Resets(now time.Time) string {
	if !l.Known || l.ResetsAt.IsZero() {
		return ""
	}
	at := l.ResetsAt.UTC().Format("15:04 UTC")
	if l.ResetsAt.Sub(now) < time.Minute {
		at = l.ResetsAt.UTC().Format("15:04:05 UTC")
	}
	return "Resets in " + until(l.ResetsAt.Sub(now)) + ", at " + at + "."
}

// until is a time that is left, in two units, the smaller one rounded up: nobody should come too early.
func until(d time.Duration) string {
	if d <= 0 {
		return "a moment"
	}
	if d < time.Minute {
		return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10) + " s"
	}
	minutes := int64((d + time.Minute - 1) / time.Minute)
	days, hours, left := minutes/(24*60), minutes/60%24, minutes%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, left)
	}
	return fmt.Sprintf("%d min", left)
}

// grouped is a number as people read it: 12 400.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u00a0" + s[i:]
	}
	return s
}

// inCalls is a number of calls.
func inCalls(n int64) string {
	if n == 1 {
		return "1 call"
	}
	return grouped(n) + " calls"
}
