package changes

import "fmt"

// Feature is one thing that is looked at in a call. The numbers are written into exports: new ones go to the end of their kind only with a new version of
// the encoding.
type Feature uint8

// The features: sets of names, each of which is there or not; single values; and numbers, of which the largest that worked is known.
const (
	Field Feature = iota
	Param
	Member
	Scope
	Product

	Media
	TokenKind
	TokenPlace
	Token
	Version
	Agent
	AgentVersion
	Method
	Path
	Origin
	Upstream
	Revision

	Age
	Life
	Skew
	Calls
	BodySize
	URLSize
	HeadSize

	// Configuration is what developers are told in the place of Upstream and Revision; it is never kept.
	Configuration

	features    = int(Configuration)
	sets        = int(Media)
	firstNumber = Age
	singles     = int(Age) - sets
	numbers     = features - int(Age)
	noFeature   = Feature(255)
)

// featureRow is how a feature is named, for programs and for people.
type featureRow struct {
	name   string
	noun   string
	chars  string    // beyond letters, digits and ._- that a name may have and still be kept
	ours   [2]string // values that we give, and no caller
	longer bool      // up to 100 characters: it is not callers who make it up
	above  string    // a number that is above all good ones, with its unit in it
	hidden bool      // never shown: what it is says nothing, only that it is another
	inside bool      // of the inside of the API: for operators
	moment bool      // it has a time of its own: "at 14:02", not "since"
	grows  bool      // no value comes back, so many of them are no noise
}

// rows has the words of each Feature.
var rows = [...]featureRow{
	Field:   {name: "field", noun: "header field"},
	Param:   {name: "parameter", noun: "query parameter"},
	Member:  {name: "member", noun: "body member"},
	Scope:   {name: "scope", noun: "scope", chars: ":/", longer: true},
	Product: {name: "product", noun: "product", chars: ":/", longer: true},

	Media:        {name: "media_type", noun: "media type", chars: "/+"},
	TokenKind:    {name: "token_kind", noun: "kind of token", ours: [2]string{"access token", "external token"}},
	TokenPlace:   {name: "token_place", noun: "place of the token"},
	Token:        {name: "token", noun: "token", hidden: true},
	Version:      {name: "version", noun: "version"},
	Agent:        {name: "user_agent", noun: "User-Agent"},
	AgentVersion: {name: "user_agent_version", noun: "version of the User-Agent"},
	Method:       {name: "method", noun: "method"},
	Path:         {name: "path", noun: "shape of the path"},
	Origin:       {name: "network", noun: "network of the caller", hidden: true},
	Upstream:     {name: "upstream", noun: "upstream target", chars: ":/[]", longer: true, inside: true},
	Revision:     {name: "revision", noun: "configuration revision", inside: true, moment: true, grows: true},

	Age:      {name: "token_age", noun: "age of the token", above: "the token is %s old, at most %s in calls that worked"},
	Life:     {name: "token_life", noun: "life of the token", above: "the token lives %s, at most %s in calls that worked"},
	Skew:     {name: "clock", noun: "clock", above: "the caller's clock is off by %s, at most %s in calls that worked"},
	Calls:    {name: "calls_today", noun: "calls today", above: "call %s of today, at most %s in calls that worked"},
	BodySize: {name: "body_size", noun: "size of the body", above: "the body has %s bytes, at most %s in calls that worked"},
	URLSize:  {name: "url_size", noun: "length of the URL", above: "the URL has %s bytes, at most %s in calls that worked"},
	HeadSize: {name: "head_size", noun: "size of the head", above: "the head has %s bytes, at most %s in calls that worked"},

	Configuration: {name: "configuration", noun: "the API's configuration", moment: true},
}

// String is the name for programs, like "scope".
func (f Feature) String() string {
	if int(f) < len(rows) {
		return rows[f].name
	}
	return "feature " + number(int64(f))
}

// MarshalText is String, so that JSON has the name.
func (f Feature) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name back.
func (f *Feature) UnmarshalText(text []byte) error {
	for i := range rows {
		if rows[i].name == string(text) {
			*f = Feature(i)
			return nil
		}
	}
	return fmt.Errorf("%q is no feature of a call", text)
}

// isSet reports whether f has many names, each of which is there or not.
func (f Feature) isSet() bool { return int(f) < sets }
