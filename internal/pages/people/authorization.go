package people

import "slices"

// Who can change what went wrong.
type Who uint8

// Those who can.
const (
	Developer Who = iota // of the app
	Operator             // of this site
	Member               // who signs in
)

// whos say it, and what a member can do.
var whos = [...]struct{ who, member string }{
	Developer: {
		"whoever makes the app",
		"The app got nothing, and nothing is wrong with your account. Go back to the app and begin once more. If you come to this page again, tell its makers.",
	},
	Operator: {
		"whoever runs this site",
		"The app got nothing, and nothing is wrong with your account. It may help to go back to the app and begin once more a little later.",
	},
	Member: {"you", "The app got nothing, and nothing is wrong with your account."},
}

// AuthorizationProblem tells why a request of an app was not taken, where there is nobody to lead the browser back to.
type AuthorizationProblem struct {
	Site       Site
	Title      string   // as in: Redirect_uri doesn't match
	What       string   // what was wrong, as a sentence
	Field      string   // the parameter to change
	Sent       string   // what it was; never a secret
	Absent     bool     // it was not sent at all
	Registered []string // what would have been taken; none: it is not said
	Who        Who      // can fix it
	Fix        string   // how, as a sentence
	Cause      string   // its name in the reference; "": it is not there
	ID         string   // of the call
	Home       Link     // where else to go; no Href: nowhere
}

// shownRegistered is how many registered values a page shows.
const shownRegistered = 10

// HTML is the page.
func (v AuthorizationProblem) HTML() ([]byte, error) {
	if v.Title == "" {
		v.Title = "The app's request cannot be taken"
	}
	if int(v.Who) >= len(whos) {
		v.Who = Operator
	}
	return frame{Site: v.Site, Heading: v.Title, Failed: true, ID: v.ID, V: v}.render("authorization-problem")
}

// Policy is its own.
func (v AuthorizationProblem) Policy() string { return policy() }

// WhoCan says who can fix it.
func (v AuthorizationProblem) WhoCan() string { return whos[v.Who].who }

// Members says what a member can do.
func (v AuthorizationProblem) Members() string { return whos[v.Who].member }

// ForDevelopers reports whether a part of the page is for them.
func (v AuthorizationProblem) ForDevelopers() bool { return v.Who == Developer }

// Pieces are what was sent, marked where it differs from the nearest that is registered.
func (v AuthorizationProblem) Pieces() []piece {
	if near := nearest(v.Sent, v.Registered); near >= 0 {
		return pieces(v.Sent, Differ(v.Sent, v.Registered[near]))
	}
	return pieces(v.Sent, -1)
}

// Known are the registered values, each marked where it differs from what was sent, the nearest first.
func (v AuthorizationProblem) Known() (all [][]piece) {
	order := slices.Clone(v.Registered)
	if near := nearest(v.Sent, order); near > 0 {
		order[0], order[near] = order[near], order[0]
	}
	for _, r := range order[:min(len(order), shownRegistered)] {
		all = append(all, pieces(r, Differ(v.Sent, r)))
	}
	return all
}

// More is how many registered values are not shown.
func (v AuthorizationProblem) More() int { return max(0, len(v.Registered)-shownRegistered) }

// Difference says in words where the nearest differs.
func (v AuthorizationProblem) Difference() string {
	near := nearest(v.Sent, v.Registered)
	if near < 0 || v.Absent {
		return ""
	}
	return difference(v.Sent, v.Registered[near])
}

// Hint says what alone differs, if that often does, from the first registered value of which it can be said.
func (v AuthorizationProblem) Hint() string {
	for _, r := range v.Registered {
		if h := hint(v.Sent, r); h != "" && !v.Absent {
			return h
		}
	}
	return ""
}
