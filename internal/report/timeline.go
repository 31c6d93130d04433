package report

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Moment is one thing that is known to have happened.
type Moment struct {
	At   *time.Time `json:"at,omitempty"`    // nil if no clock says it
	Time string     `json:"clock,omitempty"` // as curl said it, without a day
	What string     `json:"what"`
}

// timeline puts in order what clocks said: the client's, the answer's, that of the id, those in tokens.
func (x *exchange) timeline(b *Bundle) []Moment {
	var all []Moment
	add := func(at time.Time, what string) {
		if !at.IsZero() {
			at = at.UTC()
			all = append(all, Moment{At: &at, What: what})
		}
	}
	add(x.began, "the client began the call (its clock)")
	if !x.began.IsZero() && x.took > 0 {
		add(x.began.Add(x.took), "the call was over, after "+x.took.Round(time.Millisecond/10).String()+x.parts())
	}
	if id, ok := x.id(); ok {
		add(time.UnixMilli(int64(id[0])<<40|int64(id[1])<<32|int64(id[2])<<24|int64(id[3])<<16|int64(id[4])<<8|int64(id[5])), "the gateway took the call (its id says so)")
	}
	answered := x.answerDate()
	add(answered, "the answer was written (Date)")
	for i := range b.Tokens {
		for _, m := range b.Tokens[i].moments("the token " + b.Tokens[i].SHA256) {
			add(*m.At, m.What)
		}
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(*b.At) })
	if x.clock != "" {
		all = append(all, Moment{Time: x.clock, What: "the client sent the request (its local time, of a day that curl does not say)"})
	}
	if a := x.last(); a != nil && a.clock != "" {
		all = append(all, Moment{Time: a.clock, What: "the client got the answer (as well)"})
	}
	return all
}

func (x *exchange) answerDate() time.Time {
	a := x.last()
	if a == nil {
		return time.Time{}
	}
	at, _ := http.ParseTime(get(a.headers, "Date")) // zero if it says none
	return at
}

// parts is how long each part of the call took.
func (x *exchange) parts() string {
	var all []string
	for _, p := range x.phases {
		all = append(all, p.Name+" "+strconv.FormatFloat(float64(p.Took)/float64(time.Millisecond), 'f', 1, 64)+" ms")
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

func (t *Token) moments(name string) []Moment {
	var all []Moment
	for _, m := range []Moment{{At: t.Issued, What: " was issued"}, {At: t.NotYet, What: " becomes good"}, {At: t.Ends, What: " ends"}} {
		if m.At != nil {
			m.What = name + m.What
			all = append(all, m)
		}
	}
	return all
}
