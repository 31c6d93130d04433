// Package account knows who signs in at the pages: accounts and their roles, how their passwords are kept, and how often somebody may try. It does no I/O.
package account

import (
	"fmt"
	"strings"
)

// ID is an account's number. It is given once and never used again.
type ID int64

// Role is what an account may be. An account has any number of them.
type Role uint8

// The roles.
const (
	Member    Role = iota // has data behind the API, and grants access to it
	Developer             // owns apps
	Operator              // runs this Candor
	roleCount
)

var roleNames = [roleCount]string{Member: "member", Developer: "developer", Operator: "operator"}

// String is the role's word.
func (r Role) String() string { return roleNames[r] }

// Roles is a set of roles.
type Roles uint8

// Has reports whether r is in the set.
func (s Roles) Has(r Role) bool { return s&(1<<r) != 0 }

// With returns the set and r.
func (s Roles) With(r Role) Roles { return s | 1<<r }

// String names the roles, by blanks; a store keeps them so.
func (s Roles) String() string {
	var all []string
	for r := range roleCount {
		if s.Has(r) {
			all = append(all, r.String())
		}
	}
	return strings.Join(all, " ")
}

// ParseRoles reads what String wrote. A word that is no role is left out: a later Candor may have known it.
func ParseRoles(text string) (s Roles) {
	for word := range strings.FieldsSeq(text) {
		for r := range roleCount {
			if word == r.String() {
				s = s.With(r)
			}
		}
	}
	return s
}

// Account is somebody who can sign in.
type Account struct {
	ID       ID
	Email    string // as access.Email spells it, or what stands instead (see Address); of all accounts different
	Member   string // the operator's own id of the member that it is; "" none
	Roles    Roles
	Password string // the hash as a PHC string; "" for who signs in elsewhere alone
	Issuer   string // the OpenID provider at which it signs in, and
	Subject  string // its sub there; both "" for none
	Created  int64  // unix seconds
	Voided   int64  // unix milliseconds: sessions begun until then are over, as after a password change
}

// Address is the e-mail address; "" where it is not known, and instead of it stands what a provider calls them. That has a blank in it, as no address has.
func (a *Account) Address() string {
	if strings.Contains(a.Email, " ") {
		return ""
	}
	return a.Email
}

// TakenError says that an account cannot have what another one has: of e-mail addresses, members, and subjects of an issuer each belongs to one.
type TakenError struct {
	What Taken
	By   ID // the account that has it
}

// Taken is what can be taken.
type Taken string

// What an account has alone.
const (
	TakenEmail   Taken = "e-mail address"
	TakenMember  Taken = "member"
	TakenSubject Taken = "subject"
)

// Error names it, and not its value: an address is nobody else's business.
func (e *TakenError) Error() string {
	return fmt.Sprintf("account %d has the same %s", e.By, e.What)
}

// Erased is by which name a member is kept who was erased: one that is nobody's, since no member's id has a blank in it.
func Erased(id int64) string { return fmt.Sprintf("erased %d", id) }
