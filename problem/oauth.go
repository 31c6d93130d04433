package problem

import (
	"strconv"
	"strings"
)

// OAuthProblem is one failure with its facts.
type OAuthProblem struct {
	Cause      OAuthCause
	Parameter  string // of the form
	Value      string // what was sent for it; never a secret
	Known      string // what would have been taken
	RetryAfter int    // seconds; 0: not said
	TwoLegged  bool   // the client asks for a token of its own
	Basic      bool   // it has used Authorization
}

// OAuthRow is a cause as one profile says it.
type OAuthRow struct {
	Name, Error, Description, Fix string
	Status                        int
}

type oauthRow struct {
	name            string
	status          [profileCount]int
	error           [profileCount]string
	description     [profileCount]string // $parameter, $value and $known are facts
	fix             string
	fixesOfOperator bool
}

// both is a word that both profiles have.
func both[T any](word T) [profileCount]T { return [profileCount]T{word, word} }

// pair is what the linkedin profile says, and what the standard one does.
func pair[T any](linkedin, standard T) (p [profileCount]T) {
	p[LinkedIn], p[Standard] = linkedin, standard
	return p
}

// Name is the cause's own, by which its page is found.
func (c OAuthCause) Name() string { return oauthRows[c].name }

// Word is what stands in cause of an answer, for programs: only of some, and several can have the same.
func (c OAuthCause) Word() string { return oauthWords[c] }

// OAuthCauseNamed finds a cause by its name.
func OAuthCauseNamed(name string) (OAuthCause, bool) {
	for c := range OAuthCause(oauthCauses) {
		if name != "" && oauthRows[c].name == name {
			return c, true
		}
	}
	return 0, false
}

// OAuthCauses are all of them.
func OAuthCauses() (all []OAuthCause) {
	for c := range OAuthCause(oauthCauses) {
		all = append(all, c)
	}
	return all
}

// Operators reports whether only who runs the API can mend it.
func (c OAuthCause) Operators() bool { return oauthRows[c].fixesOfOperator }

// Row is what a profile says of a problem. A description holds what RFC 6749 §5.2 allows in the standard profile; the linkedin one keeps its quotation marks.
func (p *OAuthProblem) Row(profile Profile) OAuthRow {
	row := &oauthRows[p.Cause]
	r := OAuthRow{Name: row.name, Error: row.error[profile], Status: row.status[profile], Fix: row.fix}
	if profile == LinkedIn && p.Cause == OAuthWrongSecret && p.TwoLegged {
		r.Error = "invalid_client_id"
	}
	r.Description = strings.NewReplacer("$parameter", p.Parameter, "$value", short(p.Value), "$known", p.Known).Replace(row.description[profile])
	r.Description = describable(r.Description, profile)
	return r
}

// maxValue bounds what is said of a value that a caller sent, so that what would have been taken is still told.
const maxValue = 100

func short(value string) string {
	if len(value) > maxValue {
		return value[:maxValue] + "..."
	}
	return value
}

// maxDescription bounds a description: what a caller sent for it is as long as the caller likes.
const maxDescription = 300

// describable leaves of a text what an error_description may hold (RFC 6749 §5.2): visible ASCII and blanks without quotation mark and backslash.
func describable(text string, profile Profile) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r < ' ' || r > '~' || r == '\\' || r == '"' && profile != LinkedIn {
			r = '?'
		}
		if len(out) == maxDescription {
			return string(out) + "..."
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// Page is where to read of this cause; "" where pages is. Nobody finds out there which clients there are.
func (p *OAuthProblem) Page(profile Profile, pages string) string {
	if pages == "" {
		return ""
	}
	name := p.Cause.Name()
	if profile == Standard && p.Cause == OAuthUnknownClient {
		name = OAuthWrongSecret.Name()
	}
	return strings.TrimSuffix(pages, "/") + "/oauth#" + name
}

// AppendOAuth appends the body of an answer: error and error_description, where to read more, if pages is not empty, and the id of the call.
func (p *OAuthProblem) AppendOAuth(dst []byte, profile Profile, pages, id string) []byte {
	r := p.Row(profile)
	dst = append(append(dst, `{"error":"`...), r.Error...)
	dst = append(append(dst, `","error_description":`...), strconv.Quote(r.Description)...)
	if word := oauthWords[p.Cause]; word != "" {
		dst = append(append(append(dst, `,"cause":"`...), word...), '"')
	}
	if page := p.Page(profile, pages); page != "" {
		dst = append(append(dst, `,"error_uri":`...), strconv.Quote(page)...)
	}
	return append(append(append(dst, `,"requestId":"`...), id...), "\"}\n"...)
}
