package people

import "time"

// Services are the apps that a member has given access, each with a button that takes it back.
type Services struct {
	Site  Site
	Email string // who is signed in
	Usage bool   // they may look at how apps are used
	All   []Service
	Done  string // what was just done, as a sentence; "": nothing
}

// Service is one of them.
type Service struct {
	App     string // its name
	Maker   string // who made it; "": not known
	Since   time.Time
	LastUse time.Time // zero: not known
	Scopes  []Scope
	Live    bool   // it has access now
	Grant   string // FieldGrant of its form
}

// HTML is the page.
func (v Services) HTML() ([]byte, error) {
	return frame{Site: v.Site, Heading: "Permitted services", Here: ServicesPath, Usage: v.Usage, V: v}.render("services")
}

// Policy is its own: where no app has access there is no form.
func (v Services) Policy() string {
	if len(v.Live()) == 0 {
		return policy()
	}
	return formPolicy("")
}

// Live are those that have access.
func (v Services) Live() []Service { return v.those(true) }

// Ended are those that had.
func (v Services) Ended() []Service { return v.those(false) }

func (v Services) those(live bool) (those []Service) {
	for _, s := range v.All {
		if s.Live == live {
			those = append(those, s)
		}
	}
	return those
}
