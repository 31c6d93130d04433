package explain

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/redact"
)

// saidMax is how many characters of an answer's own sentence are repeated.
const saidMax = 500

var (
	uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	// longWord is a long word, or what stands behind the port of a URL.
	longWord = regexp.MustCompile(`://[A-Za-z0-9.-]+:[0-9]{1,5}/[A-Za-z0-9._~+/=%-]*|[A-Za-z0-9._~+/=%-]{20,}`)
	// credential is what stands behind a word that announces one.
	credential = regexp.MustCompile(`(?i)\b((?:bearer|basic|digest|apikey)\s+|[a-z0-9_-]*(?:token|secret|password|passwd|passphrase|pwd|cookie|code|api[_-]?key|credential|signature)["']?\s*[=:]\s*["']?)([^\s"',;&]+)`)
	// announced is what stands behind such a word with nothing but blanks, quotes or brackets between: whether it is one is judged by its look.
	announced = regexp.MustCompile(`(?i)(\bunexpected\s+)?\b((?:[a-z0-9]+[_-])*(pass(?:word|wd|phrase|code)|pwd|secret|token|api[ _-]?key|(?:access|secret|private|license|signing)[ _-]key|` +
		`credential|cookie|session(?:[ _-]?id)?|otp|pin)(?:\s+(?:is|was|id|value|no\.?))?\s+)(?:(["'\x60])([^"'\x60]+)|([(<\[]?)([A-Za-z0-9._~+/=%$!-]+))`)
	// userinfo is a user and password before a host without a scheme, and as Go's drivers of databases take them.
	userinfo = regexp.MustCompile(`[^\s"'<>(),;@:/]*:(?:[^\s"'<>]*@((?:tcp|tcp4|tcp6|udp|unix|cloudsql)\()|[^\s"'<>()/]+@)`)
	link     = regexp.MustCompile(`(?:https?:/)?/[^\s"'<>]*`)
)

// said is a sentence of an answer, made printable and cut, with all that could be a secret hidden.
func said(s string) string {
	s = strings.Map(printable, s)
	if utf8.RuneCountInString(s) > saidMax {
		s = string([]rune(s)[:saidMax-1]) + "…"
	}
	return Hide(s)
}

// Hide hides all that could be a secret in a text of somebody else's. What is word for word the catalogue's stays.
func Hide(s string) string {
	before, at, found := strings.Cut(s, howToGet)
	if where, _, _ := strings.Cut(at, " "); !found || !strings.HasPrefix(where, "http://") && !strings.HasPrefix(where, "https://") {
		return exceptOurs(s, hide)
	}
	return exceptOurs(before, hide) + howToGet + exceptOurs(at, hide)
}

func hide(s string) string {
	s = link.ReplaceAllStringFunc(s, func(l string) string { return string(redact.AppendTarget(nil, []byte(l))) })
	s = userinfo.ReplaceAllString(s, redact.Mark+"@$1")
	s = announced.ReplaceAllStringFunc(s, hideAnnounced)
	s = credential.ReplaceAllStringFunc(s, hideCredential)
	return longWord.ReplaceAllStringFunc(s, hideLong)
}

func printable(r rune) rune {
	switch {
	case unicode.IsPrint(r):
		return r
	case unicode.IsSpace(r):
		return ' '
	}
	return '\ufffd'
}

// howToGet is how a fix leads to where tokens are given out, at an address that is configured. What of that is secret is hidden as in any link.
const howToGet = "How to get a token: "

// hideCredential keeps the placeholder that our own fixes write.
func hideCredential(s string) string {
	m := credential.FindStringSubmatch(s)
	if value := strings.TrimRight(m[2], ".;,"); value == "TOKEN" || value == redact.Mark {
		return s
	}
	return m[1] + redact.Mark
}

// hideAnnounced hides what is quoted behind the word for a password, and what looks like no word behind that for another secret. A parser's unexpected token is none.
func hideAnnounced(s string) string {
	m := announced.FindStringSubmatch(s)
	unexpected, words, kind, quote, quoted, bracket, bare := m[1], m[2], strings.ToLower(m[3]), m[4], m[5], m[6], m[7]
	personal := strings.HasPrefix(kind, "pass") || kind == "pwd" || kind == "secret" || kind == "pin" || kind == "otp"
	switch {
	case unexpected != "":
	case quote != "" && (personal || isNoWord(quoted)):
		return words + quote + redact.Mark
	case quote == "" && isNoWord(bare):
		return words + bracket + redact.Mark
	}
	return s
}

// The fewest characters of what is taken for a secret behind a word that announces one: with a digit, and with capitals among its letters.
const (
	leastMixed   = 6
	leastLetters = 20
)

// isNoWord reports whether a text looks like a secret and like no word.
func isNoWord(s string) bool {
	switch {
	case strings.ContainsAny(s, "0123456789"):
		return len(s) >= leastMixed
	case len(s) < leastLetters || strings.ContainsAny(s, " "):
		return false
	}
	return strings.ToLower(s) != s || !strings.ContainsAny(s, "-_.")
}

// hideLong hides long words that mix letters and digits, as tokens do; paths, dates and ids are none.
func hideLong(s string) string {
	word := strings.TrimRight(s, ".")
	if strings.HasPrefix(word, "/") || strings.HasPrefix(word, "://") || uuid.MatchString(word) || !strings.ContainsAny(word, "0123456789") {
		return s
	}
	return redact.Mark + s[len(word):]
}

// idOf is a call id in one of its three spellings, and nothing else: what stands in its place could be a secret.
func idOf(s string) string {
	s = strings.TrimSpace(s)
	if uuid.MatchString(s) {
		return strings.ToLower(s)
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		b, err = base64.StdEncoding.DecodeString(s)
	}
	if err != nil || len(b) != 16 {
		return ""
	}
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// target is a URL without its secrets.
func target(s string) string {
	if s == "" {
		return ""
	}
	return strings.Map(printable, string(redact.AppendTarget(nil, []byte(s[:min(len(s), saidMax)]))))
}
