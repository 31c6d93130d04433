package people

import (
	"cmp"
	"strings"
)

// Account is what somebody can change of their own.
type Account struct {
	Site     Site
	Email    string // who is signed in
	Usage    bool   // they may look at how apps are used
	Password bool   // the account has one here, and not at a provider
	Rule     string // what a new password must be, as a sentence; "": not said
	Problem  string // what went wrong, as a sentence; "": nothing did
	Field    string // which of FieldPassword, FieldNew and FieldAgain is wrong
	Done     string // what was just done, as a sentence; "": nothing
	ID       string // of the call that failed
}

// HTML is the page.
func (v Account) HTML() ([]byte, error) {
	v.Field = cmp.Or(v.Field, FieldPassword)
	return frame{Site: v.Site, Heading: "Your account", Failed: v.Problem != "", Here: AccountPath, Usage: v.Usage, ID: v.ID, V: v}.render("account")
}

// Policy is its own.
func (v Account) Policy() string { return formPolicy("") }

// Wrong reports whether a field is.
func (v Account) Wrong(field string) bool { return v.Problem != "" && v.Field == field }

// Describes are the ids of what is said of the new password.
func (v Account) Describes() string {
	var ids []string
	if v.Rule != "" {
		ids = append(ids, "rule")
	}
	if v.Wrong(FieldNew) {
		ids = append(ids, "problem")
	}
	return strings.Join(ids, " ")
}
