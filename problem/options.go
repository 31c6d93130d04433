package problem

import (
	"fmt"
	"strings"
)

// Options say how a profile is worded by one API or listener.
type Options struct {
	Profile   Profile
	ErrorsURL string // where the error pages stand, one a name below it; "" = no links

	RequestIDHeader string // as configured; "" = the profile's own, NoHeader = none
	VersionHeader   string // as configured; "" = the profile's own
	AuthDocs        string // where a caller learns how to get a token
	VersionStatus   int    // of nonexistent_version; 0 = 426

	ResourceMetadata string // where it is told whose tokens are taken (RFC 9728); "" = nowhere

	Overrides []Override
	Support   Support
	Envelope  *Envelope // the operator's own format; nil: the profile's
}

// NoHeader is the name of a header that is not sent.
const NoHeader = "off"

// Override replaces what a row says. Empty fields leave it. Message and Fix are sentences in which {limit}, {name} and the like stand for
// facts of the case, and a part in [brackets] is said only if its facts are known; where a fact outside brackets is lacking, the row's own sentence is used.
type Override struct {
	Type    Type
	Status  int // of the standard profile alone, within the row's class; 0: the row's
	Code    string
	Subcode *int
	Message string
	Fix     string
}

// Support says whom to ask.
type Support struct {
	Default    string // address or link
	Partner    string // for apps with a partner product
	Limits     string // on 429
	MoreLimits string // how to get more
	StatusPage string // on 502 to 504
}

// CheckSentence reports what is wrong with an override's message or fix.
func CheckSentence(text string) error {
	_, err := compile(text)
	return err
}

// needy are statuses whose answers need a field that only their own rows have: WWW-Authenticate, Allow, Proxy-Authenticate, Upgrade (RFC 9110 §15.5).
var needy = map[int]bool{401: true, 405: true, 407: true, 426: true}

// CheckStatus reports why a row may not be answered with a status.
func CheckStatus(t Type, status int) error {
	own := rows[t].status
	switch {
	case status == own:
		return nil
	case byStatus(t):
		return fmt.Errorf("%s has the status that the API answered with", t)
	case t == NonexistentVersion:
		return fmt.Errorf("the status of %s is said where versions are: version: {status: %d}", t, status)
	case status < 400 || status > 599 || status/100 != own/100:
		return fmt.Errorf("%s is a %d; expected a status from %d to %d, the class that tells clients whose fault it is", t, own, own/100*100, own/100*100+99)
	case needy[status]:
		return fmt.Errorf("an answer of status %d needs a field that %s has not; expected another", status, t)
	}
	return nil
}

func (o *Options) check() error {
	if o.VersionStatus != 0 && (o.VersionStatus < 400 || o.VersionStatus > 599) {
		return fmt.Errorf("versions.status is %d; expected a status from 400 to 599", o.VersionStatus)
	}
	if u := o.ErrorsURL; u != "" && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
		return fmt.Errorf("docs.errors is %q; expected a link that begins with https://", u)
	}
	for i := range o.Overrides {
		if err := o.Overrides[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (o *Override) check() error {
	if o.Type == None || o.Type >= typeCount {
		return fmt.Errorf("an override names no problem of the catalogue")
	}
	if o.Subcode != nil && *o.Subcode < 0 {
		return fmt.Errorf("%s: subcode is %d; expected 0 or more", o.Type, *o.Subcode)
	}
	if o.Status != 0 {
		if err := CheckStatus(o.Type, o.Status); err != nil {
			return err
		}
	}
	for _, text := range [...]string{o.Message, o.Fix} {
		if err := CheckSentence(text); err != nil {
			return fmt.Errorf("%s: %w", o.Type, err)
		}
	}
	return nil
}
