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
	uuid     = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	longWord = regexp.MustCompile(`[A-Za-z0-9._~+/=%-]{20,}`)
	// credential is what stands behind a word that announces one.
	credential = regexp.MustCompile(`(?i)\b((?:bearer|basic|digest|apikey)\s+|[a-z0-9_-]*(?:token|secret|password|passwd|cookie|code|api[_-]?key|credential|signature)["']?\s*[=:]\s*["']?)([^\s"',;&]+)`)
	link       = regexp.MustCompile(`(?:https?:/)?/[^\s"'<>]*`)
)

// said is a sentence of an answer, made printable and cut, with all that could be a secret hidden.
func said(s string) string {
	s = strings.Map(printable, s)
	if utf8.RuneCountInString(s) > saidMax {
		s = string([]rune(s)[:saidMax-1]) + "…"
	}
	return Hide(s)
}

// Hide hides all that could be a secret in a sentence of somebody else's.
func Hide(s string) string {
	s = link.ReplaceAllStringFunc(s, func(l string) string { return string(redact.AppendTarget(nil, []byte(l))) })
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

// hideCredential keeps the placeholder that our own fixes write.
func hideCredential(s string) string {
	m := credential.FindStringSubmatch(s)
	if value := strings.TrimRight(m[2], ".;,"); value == "TOKEN" || value == redact.Mark {
		return s
	}
	return m[1] + redact.Mark
}

// hideLong hides long words that mix letters and digits, as tokens do; paths, dates and ids are none.
func hideLong(s string) string {
	word := strings.TrimRight(s, ".")
	if strings.HasPrefix(word, "/") || uuid.MatchString(word) || !strings.ContainsAny(word, "0123456789") {
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
