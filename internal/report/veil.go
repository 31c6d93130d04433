package report

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/redact"
)

// veil hides secrets. It remembers each that it has met by its name or place, so that the same one is hidden where nothing tells of it: an answer that repeats a
// token, a cookie's value in a body.
type veil struct {
	known map[string]bool
}

// The fewest characters of a secret that is looked for elsewhere, and the most secrets: a shorter one would hide half of the words.
const (
	leastKnown = 6
	mostKnown  = 4096
)

var (
	privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`)
	jwt        = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*)*`)
	ourToken   = regexp.MustCompile(`cdr_[a-z]{2}_[A-Za-z0-9_-]+`)
	// makersKey has the look of the keys that some makers give out.
	makersKey = regexp.MustCompile(`\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|sk_test_|rk_live_|pk_live_|sk-|AKIA|ASIA|AIza|ya29\.|SG\.|hf_|npm_|dop_v1_|shpat_)[A-Za-z0-9._-]{4,}`)
)

// learn remembers a secret, also as it reads once its escapes are undone.
func (v *veil) learn(secret string) {
	secret = strings.TrimSpace(secret)
	v.add(secret)
	if plain, err := url.QueryUnescape(secret); err == nil {
		v.add(plain)
	}
	v.add(strings.Trim(secret, `"'`))
}

func (v *veil) add(secret string) {
	if len(secret) < leastKnown || secret == redact.Mark || len(v.known) >= mostKnown {
		return
	}
	if v.known == nil {
		v.known = map[string]bool{}
	}
	v.known[secret] = true
}

// sweeper replaces what is known, in each spelling, the longest first.
func (v *veil) sweeper() *strings.Replacer {
	spelled := map[string]bool{}
	for s := range v.known {
		inJSON, _ := json.Marshal(s) // a string always can be
		for _, spelling := range []string{
			s, url.QueryEscape(s), url.PathEscape(s), string(inJSON[1 : len(inJSON)-1]),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s)),
		} {
			spelled[spelling] = true
		}
	}
	all := make([]string, 0, len(spelled))
	for s := range spelled {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(all))
	for _, s := range all {
		pairs = append(pairs, s, redact.Mark)
	}
	return strings.NewReplacer(pairs...)
}

// target is a URL without its secrets.
func (v *veil) target(s string) string {
	_, query, _ := strings.Cut(s, "?")
	query, fragment, _ := strings.Cut(query, "#")
	v.learnPairs(query)
	v.learnPairs(fragment)
	if u, err := url.Parse(s); err == nil && u.User != nil {
		password, _ := u.User.Password()
		v.learn(password)
	}
	return v.looks(string(redact.AppendTarget(nil, []byte(strings.Map(printable, s)))))
}

// learnPairs learns the secret values of a query or a form.
func (v *veil) learnPairs(query string) {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if redact.IsSecret([]byte(name)) {
			v.learn(value)
		}
	}
}

// looks hides what its look alone gives away.
func (v *veil) looks(s string) string {
	s = privateKey.ReplaceAllString(s, redact.Mark)
	s = jwt.ReplaceAllStringFunc(s, v.hide)
	s = ourToken.ReplaceAllStringFunc(s, v.hide)
	return makersKey.ReplaceAllStringFunc(s, v.hide)
}

func (v *veil) hide(secret string) string {
	if strings.HasSuffix(secret, "_"+redact.Mark) {
		return secret // its kind was kept
	}
	v.learn(secret)
	return redact.Mark
}

// prose is a sentence of somebody's, without what could be a secret.
func (v *veil) prose(s string) string {
	return explain.Hide(v.looks(s))
}

// printable leaves no character that a terminal would obey.
func printable(r rune) rune {
	switch {
	case unicode.IsPrint(r):
		return r
	case unicode.IsSpace(r):
		return ' '
	}
	return '\ufffd'
}

// printableText is the same for a text of several lines.
func printableText(r rune) rune {
	if r == '\n' || r == '\t' {
		return r
	}
	return printable(r)
}
