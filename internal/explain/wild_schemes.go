package explain

import (
	"regexp"
	"strings"
)

// scheme is the word before a credential.
var scheme = regexp.MustCompile(`(?i:authorization)["']?[ \t]*[:=][ \t]*["'\x60]?([A-Za-z][A-Za-z0-9-]{2,15})[ \t]`)

// schemesIn compares the words before credentials: what is sent, and what the documentation writes.
func schemesIn(text string) []observation {
	all := scheme.FindAllStringSubmatch(text, -1)
	for _, m := range all[min(1, len(all)):] {
		if m[1] != all[0][1] {
			return []observation{{"Two words are shown before the credential in Authorization, and they differ; capitals can count.", chances{"auth-scheme-wrong": 75}, nil}}
		}
	}
	return wanted(text, all)
}

// wantedScheme is the word of a challenge.
var wantedScheme = regexp.MustCompile(`(?i)www-authenticate["']?[ \t]*[:=][ \t]*["'\x60]?([A-Za-z][A-Za-z0-9-]{2,15})\b`)

// wanted compares the word that was sent with the ones that the server asks for.
func wanted(text string, sent [][]string) []observation {
	asked := wantedScheme.FindAllStringSubmatch(text, twinsMax)
	if len(asked) == 0 || len(sent) == 0 {
		return nil
	}
	for _, m := range asked {
		if strings.EqualFold(m[1], sent[0][1]) {
			return nil
		}
	}
	return []observation{{"The server asks for another word before the credential (WWW-Authenticate) than the one that was sent.", chances{"auth-scheme-wrong": 80}, map[string]float64{"auth-scheme-wrong": 4}}}
}
