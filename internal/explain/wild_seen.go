package explain

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// observation is a fact that a paste shows: what it is, without a word of the paste, and what it speaks for.
type observation struct {
	text  string
	fits  chances
	times map[string]float64 // what it does to the odds of causes that fit anyhow
}

// observe finds what eyes pass over.
func observe(raw, whole string, now time.Time) []observation {
	return slices.Concat(hiddenIn(raw), placeholdersIn(raw), redirected(whole), schemesIn(whole), evidence(raw), redirectURIs(whole), soonAfter(raw), shapesIn(whole), tokensIn(raw, now))
}

func seenOf(all []observation) []string {
	var seen []string
	for _, o := range all {
		if !slices.Contains(seen, o.text) {
			seen = append(seen, o.text)
		}
	}
	return seen
}

var hidden = chances{"hidden-character": 85}

// credentialValue is the value of what is named as a credential, up to the line's end: its name and the value.
var credentialValue = regexp.MustCompile(`(?i)((?:proxy-)?authorization|x-api-key|api[_-]?key|apikey|cookie|(?:[a-z]+_)*(?:token|secret|password|key)|(?:key|token|secret) provided)["']?[ \t]*[:=][ \t]?([^\r\n]+)`)

// quotedCredential is a value in quotes with an escape at its end, as repr, JSON and console.log show it.
var quotedEnd = regexp.MustCompile(`(["'\x60\[])([A-Za-z0-9._~+/=-]{6,})((?:\\[nrt]|\\u00a0|\\u200[b-f]|\\ufeff|\\x[0-9a-f]{2}| )+)(["'\x60\]])`)

// brokenValue is a credential in quotes, or behind its name, with a line end in its middle.
var brokenValue = regexp.MustCompile(`(?:'[A-Z0-9]{8,}|Credential=)[ ]*\r?\n[ ]*[/A-Za-z0-9]`)

// quotedHost is a host name that was looked up with quotes, a blank or a line end in it.
var quotedHost = regexp.MustCompile(`(?:ENOTFOUND|EAI_AGAIN|resolve host:?|UnknownHostException:?) (?:["'\x60]\S|\S+(?:%22|%0[aAdD]|%20|\\[nr]))|host(?:name)?["']?[:=] ?(?:'"|"'|"\\")`)

// emptyScheme is a field with a scheme and nothing behind it.
var emptyScheme = regexp.MustCompile(`(?im)authorization["']?[ \t]*[:=][ \t]*["'\x60]?(?:bearer|basic|token)[ \t]*(?:["'\x60](?:[\s,;})]|$)|\r?$)`)

// quotedField is a field of a head whose value begins with a quote.
var quotedField = regexp.MustCompile(`(?im)^[> \t]*(?:(?:proxy-)?authorization|(?:x-)?api-?key|x-[a-z-]*(?:key|token))[ \t]*:[ \t]*["']`)

// marks are what may stand around a value by mistake, by what it is called.
var marks = []struct {
	words *regexp.Regexp
	name  string
}{
	{regexp.MustCompile(`(?i)^(?:bearer|basic|token)[ \t]{2,}\S`), "more than one blank behind the scheme"},
	{regexp.MustCompile(`(?i)^bearer[ \t]+bearer\b`), "Bearer twice"},
	{regexp.MustCompile(`(?i)^(?:bearer|basic|token)[ \t]+["'\x60][^\s+,.;)]`), "a quote before the token"},
	{regexp.MustCompile(`^["'][^"']*["'].?$`), ""},
	{regexp.MustCompile(`(?i)^(?:bearer|basic|token)[ \t]+\S+[ \t]+$`), "a blank at its end"},
	{regexp.MustCompile(`(?i)(?:%0a|%0d|%20|\\n|\\r)["']?$`), "an escaped blank or line end at its end"},
	{regexp.MustCompile(`(?i)^(?:bearer|basic|token)[ \t]*[:=]`), "a colon or = behind the scheme"},
	{regexp.MustCompile(`^["“”‘’].*|.*[“”‘’]`), ""},
}

// hiddenIn finds characters in credentials that are not seen, and tells where and how long the value is, never the value.
func hiddenIn(text string) []observation {
	var found []observation
	for _, m := range credentialValue.FindAllStringSubmatch(text, -1) {
		name, value := strings.ToLower(m[1]), m[2]
		length := utf8.RuneCountInString(value)
		for i, r := range []rune(value) {
			if unseen(r) {
				found = append(found, observation{fmt.Sprintf("The value of %s, %d characters long, has %U as character %d: it is not seen.", name, length, r, i+1), hidden, nil})
				break
			}
		}
		for _, mark := range marks {
			if mark.name != "" && mark.words.MatchString(value) {
				found = append(found, observation{fmt.Sprintf("The value of %s, %d characters long, has %s.", name, length, mark.name), hidden, nil})
			}
		}
		if strings.HasSuffix(name, "provided") && strings.ContainsAny(value[:1], `"'`) {
			found = append(found, observation{"The key stands in quotes where the server repeats it: they were sent along.", chances{"hidden-character": 80}, map[string]float64{"hidden-character": 2}})
		}
	}
	if quotedHost.MatchString(text) {
		found = append(found, observation{"Quotes, a blank or a line end are part of the host name that is looked up.", hidden, map[string]float64{"hidden-character": 2, "name-not-found": 0.5}})
	}
	if emptyScheme.MatchString(text) {
		found = append(found, observation{"The scheme stands alone in Authorization: no token is behind it.", chances{"token-not-sent": 75, "template-not-filled": 25}, map[string]float64{"token-not-sent": 2, "hidden-character": 0.2}})
	}
	if brokenValue.MatchString(text) {
		found = append(found, observation{"A credential is broken by a line end, where the server repeats it.", chances{"hidden-character": 85}, map[string]float64{"hidden-character": 4}})
	}
	if quotedField.MatchString(text) {
		found = append(found, observation{"The value of a credential's field begins with a quote, which is sent along.", hidden, nil})
	}
	for _, m := range quotedEnd.FindAllStringSubmatch(text, -1) {
		if scheme := strings.ToLower(m[2]); scheme == "bearer" || scheme == "authorization" {
			continue // a program puts the credential behind it
		}
		if m[1] == m[4] || m[1]+m[4] == "[]" {
			found = append(found, observation{fmt.Sprintf("A quoted value of %d characters ends with a blank, a line end or another character that is not seen.", len(m[2])+1), hidden, map[string]float64{"hidden-character": 2}})
		}
	}
	return found
}

// unseen reports whether a character of a value is not seen, or looks like another: blanks of all kinds but the usual one, controls, marks of direction, curly quotes.
func unseen(r rune) bool {
	switch {
	case r == ' ', r == '\t':
		return false
	case strings.ContainsRune("“”‘’", r):
		return true
	}
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)
}

// placeholder is what stands where a value was meant: of templates, shells, pages and languages.
var placeholder = regexp.MustCompile(`(?i)(?:(?:bearer|basic|token)[ \t]+|(?:api[_-]?key|apikey|x-api-key|(?:access_)?token|client_?(?:id|secret)|refresh_token|code|authorization)["']?[ \t]*[:=][ \t]*["']?)` +
	`(\{\{?[^}\r\n"':]*\}\}?|\$\{\{?[^}\r\n]*\}\}?|\$[A-Z_]{3,}|%[A-Z_]{3,}%|<[A-Za-z _-]{3,}>|undefined|null|None|NaN|\[(?:copy|enter|your|insert|paste|put|replace|the)\b[^\]\r\n]{3,}\]|enter_[A-Za-z_]+|YOUR[_ -]?(?:access|api|auth|bearer|client|jwt|key|secret|token)[A-Za-z0-9_+/=-]*|YOUR[_-][A-Z_-]+|(?:change|replace)[_-]?me|(?:insert|put|paste)[_ -][A-Za-z_ -]+[_ -]here|x{4,}|function ?\()(?:["'&\s,;]|$)`)

// objectSent is an object that was made a text where a credential belongs; namedPlaceholder is a placeholder that a server repeats as the value it got.
var (
	objectSent       = regexp.MustCompile(`(?i)(?:bearer|basic|token)[ \t]+\[object [A-Za-z]+\]|authorization["']?[ \t]*[:=][ \t]*["']?\[object`)
	namedPlaceholder = regexp.MustCompile(`(?i)["'\x60](\{\{?[A-Za-z_ -]+\}?\}|\$\{[^}\r\n]+\}|<[A-Za-z_ -]*(?:token|key|secret|id|name|your|tenant|app|domain|value|password|code)[A-Za-z_ -]*>|%[A-Za-z_]+%|(?:insert|enter|put|paste|replace)[ _-][^"'\x60\r\n]{2,40}|your[ _-]?(?:client|app|tenant|api|key|secret|token|domain|project|account)[^"'\x60\r\n]{0,24})["'\x60]`)
)

// placeholdersIn finds them.
func placeholdersIn(text string) []observation {
	if objectSent.MatchString(text) {
		return []observation{{"Where a credential belongs stands an object that was made a text.", chances{"template-not-filled": 90}, map[string]float64{"template-not-filled": 2}}}
	}
	m := placeholder.FindStringSubmatch(text)
	if m == nil {
		m = namedPlaceholder.FindStringSubmatch(text)
	}
	if m == nil {
		return nil
	}
	return []observation{{fmt.Sprintf("Where a credential belongs stands a placeholder of %d characters that was not filled in (it begins with %q).", utf8.RuneCountInString(m[1]), m[1][:1]), chances{"template-not-filled": 90}, map[string]float64{"template-not-filled": 3}}}
}

// redirectFollowed is a call that was redirected, and whose successor was refused for want of a credential.
var redirectFollowed = regexp.MustCompile(`(?is)HTTP/[\d.]+ 30[1278]\b.*?\bLocation:.*HTTP/[\d.]+ (401|403)\b|history\b[^\n]*\n[^\n]*\[?30[1278]\b|\b30[1278]\b[^\n]*(?:->|→|=>|followed by|then)[^\n]{0,80}\b40[13]\b`)

func redirected(text string) []observation {
	if !redirectFollowed.MatchString(text) {
		return nil
	}
	return []observation{{"A redirect was followed before the call was refused.", chances{"auth-dropped-by-redirect": 85}, map[string]float64{"auth-dropped-by-redirect": 2}}}
}

// redirectURI is one in a paste, as a parameter or in words.
var redirectURI = regexp.MustCompile(`(?i)(?:redirect_?ur[il]|callback|registered|registration)[^\n]{0,24}?((?:https?)(?::|%3A)(?:/|%2F){2}[^\s"'&,;]+)`)

// redirectURIs compares those that a paste shows.
func redirectURIs(text string) []observation {
	var all []*url.URL
	for _, m := range redirectURI.FindAllStringSubmatch(text, -1) {
		plain, err := url.QueryUnescape(m[1])
		if err != nil {
			continue
		}
		if u, err := url.Parse(plain); err == nil {
			all = append(all, u)
		}
	}
	for _, other := range all[min(1, len(all)):] {
		if how := difference(all[0], other); how != "" {
			return []observation{{"Two redirect URIs are shown, and they differ in " + how + ".", nil, map[string]float64{"redirect-mismatch": 8, "redirect-not-registered": 8}}}
		}
	}
	return nil
}

// difference says in what two URLs differ.
func difference(a, b *url.URL) string {
	switch {
	case a.Scheme != b.Scheme:
		return "their scheme"
	case a.Host != b.Host:
		return "their host or port"
	case a.Path != b.Path && strings.TrimSuffix(a.Path, "/") == strings.TrimSuffix(b.Path, "/"):
		return "the slash at their end"
	case a.Path != b.Path && strings.EqualFold(a.Path, b.Path):
		return "the case of their path"
	case a.Path != b.Path:
		return "their path"
	case a.RawQuery != b.RawQuery:
		return "their query"
	}
	return ""
}

var (
	// issued is a line of a log in which a token endpoint answered well.
	issued = regexp.MustCompile(`(?im)^.*?\b(\d{2}:\d{2}:\d{2}(?:[.,]\d+)?).*(?:token|oauth)\S*.*\b20[01]\b.*$`)
	// refused is one in which a call was refused.
	refused = regexp.MustCompile(`(?im)^.*?\b(\d{2}:\d{2}:\d{2}(?:[.,]\d+)?).*\b40[013]\b.*$`)
)

// soon is how long a new token may be unknown to a server that has not heard of it.
const soon = 15 * time.Second

// soonAfter finds a call that was refused moments after its token was issued.
func soonAfter(text string) []observation {
	at, then := issued.FindStringSubmatch(text), refused.FindStringSubmatch(text)
	if at == nil || then == nil {
		return nil
	}
	first, err := time.Parse("15:04:05", strings.ReplaceAll(at[1], ",", "."))
	second, err2 := time.Parse("15:04:05", strings.ReplaceAll(then[1], ",", "."))
	if wait := second.Sub(first); err == nil && err2 == nil && wait >= 0 && wait <= soon {
		return []observation{{fmt.Sprintf("The call was refused %v after a token was issued.", wait), nil, map[string]float64{"replica-lag": 10, "clock-skew": 2, "member-revoked": 0.3}}}
	}
	return nil
}
