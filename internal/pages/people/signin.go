package people

import "strconv"

// SignIn asks who somebody is.
type SignIn struct {
	Site     Site
	Email    string // written already
	Request  string // the id of the request that waits; "": none
	Next     string // the page of ours to go on to; "": the first
	For      string // the name of the app that waits; "": none
	Redirect string // the redirect URI of that request, to which the form may lead in the end
	Problem  string // what went wrong, as a sentence; "": nothing did
	Wait     int    // seconds until the next try counts; 0: at once, and what was typed is wrong
	Password bool   // there are passwords here
	Provider Link   // Label is its name; no Href: there is none
	ID       string // of the call that failed
}

// HTML is the page.
func (v SignIn) HTML() ([]byte, error) {
	return frame{Site: v.Site, Heading: "Sign in", Failed: v.Problem != "", ID: v.ID, V: v}.render("sign-in")
}

// Policy lets its form go on to the app that waits.
func (v SignIn) Policy() string {
	if !v.Password && v.For == "" {
		return policy()
	}
	return formPolicy(v.Redirect)
}

// Wrong reports whether what was typed is.
func (v SignIn) Wrong() bool { return v.Problem != "" && v.Wait <= 0 }

// Again says when to try again.
func (v SignIn) Again() string {
	if v.Wait <= 0 {
		return ""
	}
	return "You can try again in " + wait(v.Wait) + "."
}

// wait is a time as people say it: never shorter than it is.
func wait(seconds int) string {
	const minute = 60
	if seconds < 2*minute {
		return count(seconds, "second")
	}
	return count((seconds+minute-1)/minute, "minute")
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return strconv.Itoa(n) + " " + of + "s"
}

// SignOut asks whether to: a link alone must not do it.
type SignOut struct {
	Site    Site
	Email   string
	Request string // what waits for whoever signs in next; "": nothing
}

// HTML is the page.
func (v SignOut) HTML() ([]byte, error) {
	return frame{Site: v.Site, Heading: "Sign out", Here: SignOutPath, V: v}.render("sign-out")
}

// Policy is its own.
func (v SignOut) Policy() string { return formPolicy("") }

// SignedOut says that somebody is.
type SignedOut struct{ Site Site }

// HTML is the page.
func (v SignedOut) HTML() ([]byte, error) {
	return frame{Site: v.Site, Heading: "You are signed out", V: v}.render("signed-out")
}

// Policy is its own.
func (v SignedOut) Policy() string { return policy() }
