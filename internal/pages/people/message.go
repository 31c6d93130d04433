package people

// Message is whatever else has to be said.
type Message struct {
	Site  Site
	Title string // "": Something went wrong
	Text  string // what happened and what to do, as sentences
	Link  Link   // the next step; no Href: there is none
	ID    string // of the call that failed; "": nothing failed
}

// HTML is the page.
func (v Message) HTML() ([]byte, error) {
	title := v.Title
	if title == "" {
		title = "Something went wrong"
	}
	return frame{Site: v.Site, Heading: title, Failed: v.ID != "", ID: v.ID, V: v}.render("message")
}

// Policy is its own.
func (v Message) Policy() string { return policy() }

// TooLong tells of a request that has waited until it was forgotten.
func TooLong(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "This page has been open too long",
		Text: "What the app asked for is forgotten by now, and nothing has been given to it. Go back to the app and begin there again.",
	}
}

// Answered tells of a request that somebody comes back to after their answer.
func Answered(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "You have answered this already",
		Text: "The app was told, and nothing more was given to it now. Go back to the app. If it needs to ask again, begin there once more.",
		Link: Link{"Permitted services", ServicesPath},
	}
}

// OtherBrowser tells of a request that began elsewhere.
func OtherBrowser(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "This request belongs to another browser",
		Text: "It can only be answered where it began. Go on in that browser, or go back to the app and begin there again in this one. If somebody sent you this link, close the page.",
	}
}

// SignedOutMeanwhile tells somebody that their session is over.
func SignedOutMeanwhile(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "You have been signed out",
		Text: "You were signed in for a long time without doing anything, or signed out elsewhere. Nothing was changed. Sign in and do it once more.",
		Link: Link{"Sign in", SignInPath},
	}
}

// OtherSite tells of a form that stood on a page of others.
func OtherSite(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "This came from another site",
		Text: "The form was not sent from a page of this site, so nothing was done. If you wanted it, open the page here and send it from there.",
		Link: Link{"Permitted services", ServicesPath},
	}
}

// TooBusy tells of a sign-in that found no room.
func TooBusy(site Site, seconds int, id string) Message {
	return Message{
		Site: site, ID: id, Title: "Too many people sign in at this moment",
		Text: "You can try again in " + wait(max(1, seconds)) + ". Your password was not checked, and nothing is wrong with your account.",
		Link: Link{"Sign in", SignInPath},
	}
}

// Restricted tells a member whom the operator keeps out.
func Restricted(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "This account is restricted",
		Text: "Who runs this site has restricted it, so nobody can sign in with it. Ask them why; they can lift it.",
	}
}

// NotADeveloper tells somebody that a page is for those who make apps.
func NotADeveloper(site Site, id string) Message {
	return Message{
		Site: site, ID: id, Title: "This page is for developers",
		Text: "It shows what became of the calls of an app to those who make it. If you make one, ask who runs this site to make your account a developer's.",
		Link: Link{"Your account", AccountPath},
	}
}
