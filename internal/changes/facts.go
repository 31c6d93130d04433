package changes

import "strings"

// Facts are what a call looked like. Names alone are in the lists; of the rest only what is no secret is ever kept, and values that callers make up are
// kept as hashes unless they are plain (see plain.go). All is borrowed: nothing of it is held on to.
type Facts struct {
	Fields   []string // header fields in lower case, without those that say what a feature of its own says: AppendFields
	Params   []string // query parameters: AppendParams
	Members  []string // members of the JSON body, dotted: AppendMembers
	Scopes   []string // of the token
	Products []string // of the app; looked at when the key has one

	Headless bool // the head could not be read: nothing that stands in it is known

	Body    bool // Members are known: the body was in hand and is JSON, or is empty
	Granted bool // Scopes are known

	Media      string // media type of the body without parameters, in lower case; "" is none
	TokenKind  string // like "candor", "jwt", "key"; "" is not known
	TokenPlace string // where the credential stood: "authorization", "x-api-key", "query.access_token"; "" is no credential
	Token      uint64 // fingerprint of the credential; 0 is not known
	Version    string // the version that the call asked for; "" is none
	// VersionPlace is the header field of the version, so that it is not looked at twice; "" if there is none.
	VersionPlace string

	Agent   string // product and
	AgentIs string // version of the User-Agent: CutAgent
	Method  string // "" is not known
	Path    string // its shape: Shape; "" is not known
	Network string // of the caller, like "203.0.113.0/24", kept as a hash alone; "" is not known or not to be kept

	Upstream   string // the target that was asked; "" is none
	Revision   int64  // of the configuration that last changed this route; 0 is not known
	RevisionAt int64  // when that was, Unix seconds

	Age, Life int64 // of the token, in seconds; 0 is not known
	Skew      int64 // seconds between the caller's clock and ours, whichever is ahead
	Calls     int64 // of the app today, this one included
	BodySize  int64 // in bytes, as are
	URLSize   int64
	HeadSize  int64
}

// sets are the lists of names and whether they are known, in the order of the features.
func (f *Facts) sets(app bool) [sets]struct {
	names []string
	known bool
} {
	return [sets]struct {
		names []string
		known bool
	}{
		Field: {f.Fields, !f.Headless}, Param: {f.Params, !f.Headless}, Member: {f.Members, f.Body}, Scope: {f.Scopes, f.Granted}, Product: {f.Products, app},
	}
}

// values are the features that have one value, by feature, and whether it is known: Media is the first.
func (f *Facts) values() [Age]struct {
	text  string
	known bool
} {
	token, revision := "", number(f.Revision)
	if f.Token != 0 {
		token = string(appendHex(nil, f.Token))
	}
	return [Age]struct {
		text  string
		known bool
	}{
		Media: {f.Media, !f.Headless}, TokenKind: {f.TokenKind, f.TokenKind != ""}, TokenPlace: {f.TokenPlace, !f.Headless},
		Token: {token, token != ""}, Version: {f.Version, !f.Headless}, Agent: {f.Agent, !f.Headless},
		AgentVersion: {f.AgentIs, !f.Headless},
		Method:       {f.Method, f.Method != ""}, Path: {f.Path, f.Path != ""}, Origin: {f.Network, f.Network != ""},
		Upstream: {f.Upstream, f.Upstream != ""}, Revision: {revision, revision != ""},
	}
}

// numbers are the features of which the largest good value is kept, by feature from Age on.
func (f *Facts) numbers() [numbers]int64 {
	return [numbers]int64{
		Age - firstNumber: f.Age, Life - firstNumber: f.Life, Skew - firstNumber: f.Skew, Calls - firstNumber: f.Calls,
		BodySize - firstNumber: f.BodySize, URLSize - firstNumber: f.URLSize, HeadSize - firstNumber: f.HeadSize,
	}
}

// sighting is one name or value of the call at hand.
type sighting struct {
	feature Feature
	text    string
	hash    uint64
}

// read takes the names and values of f that are known into m.seen.
func (m *Memory) read(k Key, f *Facts) {
	m.seen = m.seen[:0]
	m.shows = 0
	for i, set := range f.sets(k.Kind == App) {
		if !set.known {
			continue
		}
		m.shows |= of(Feature(i))
		for _, name := range set.names[:min(len(set.names), maxTraits)] {
			if !f.saidElsewhere(Feature(i), name) {
				m.see(Feature(i), name)
			}
		}
	}
	for i, v := range f.values() {
		if v.known {
			m.shows |= of(Feature(i))
			m.see(Feature(i), v.text)
		}
	}
}

// saidElsewhere reports whether a field or parameter is what TokenPlace or Version tell already.
func (f *Facts) saidElsewhere(of Feature, name string) bool {
	if of == Field {
		return name == f.TokenPlace || name == f.VersionPlace
	}
	place, inQuery := strings.CutPrefix(f.TokenPlace, "query.")
	return of == Param && inQuery && name == place
}

// see takes one name or value, once.
func (m *Memory) see(f Feature, text string) {
	s := sighting{feature: f, text: text, hash: m.hash(f, text)}
	for i := range m.seen {
		if m.seen[i].hash == s.hash {
			return
		}
	}
	m.seen = append(m.seen, s)
}

func appendHex(dst []byte, n uint64) []byte {
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[n>>shift&15])
	}
	return dst
}
