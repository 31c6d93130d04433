package explain

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// jwt is a token of RFC 7519, signed or not.
var jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.(?:eyJ|e30)[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*`)

// tokensMax is how many tokens of a paste are decoded.
const tokensMax = 3

// claimMax is how many characters of a claim are told.
const claimMax = 120

// claims are what is told of a token. Who it is about is not.
type claims struct {
	Alg string          `json:"alg"`
	Kid string          `json:"kid"`
	Iss string          `json:"iss"`
	Aud json.RawMessage `json:"aud"`
	Exp json.Number     `json:"exp"`
	Nbf json.Number     `json:"nbf"`
	Iat json.Number     `json:"iat"`
	// The rest tells which kind of token it is.
	Enc    string `json:"enc"`
	Typ    string `json:"typ"`
	Use    string `json:"token_use"`
	Nonce  string `json:"nonce"`
	AtHash string `json:"at_hash"`
	CHash  string `json:"c_hash"`
	Scope  any    `json:"scope"`
	Scp    any    `json:"scp"`
}

// tokensIn decodes the tokens of a paste, here and without their signature being checked; none is repeated.
func tokensIn(text string, now time.Time) []observation {
	found := encryptedIn(text)
	around := jwt.ReplaceAllString(text, "")
	for _, token := range jwt.FindAllString(text, tokensMax) {
		head, rest, _ := strings.Cut(token, ".")
		body, _, _ := strings.Cut(rest, ".")
		var c claims
		if !c.read(head) || !c.read(body) {
			continue
		}
		found = append(found, observation{text: c.text()})
		found = append(found, c.times(now)...)
		found = append(found, c.kinds()...)
		found = append(found, c.issuers(around)...)
	}
	return found
}

// read adds what a part of a token says.
func (c *claims) read(part string) bool {
	plain, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(plain, c) == nil
}

func (c *claims) text() string {
	facts := []string{"alg " + claim(c.Alg)}
	for _, f := range []struct{ name, value string }{{"kid", c.Kid}, {"iss", c.Iss}, {"aud", strings.Trim(string(c.Aud), `"`)}} {
		if f.value == "" {
			f.value = "none"
		}
		facts = append(facts, f.name+" "+claim(f.value))
	}
	for _, f := range []struct {
		name  string
		value json.Number
	}{{"iat", c.Iat}, {"nbf", c.Nbf}, {"exp", c.Exp}} {
		if at, ok := instant(f.value); ok {
			facts = append(facts, f.name+" "+at.Format(time.RFC3339))
		}
	}
	return "A JWT, decoded here and not checked: " + strings.Join(facts, ", ") + "."
}

// claim is a value of a token as it is told.
func claim(s string) string {
	s = strings.Map(printable, s)
	if r := []rune(s); len(r) > claimMax {
		s = string(r[:claimMax]) + "…"
	}
	if strings.Contains(s, "://") {
		return target(s)
	}
	return s
}

// instant is a time of a token; false if there is none that a calendar has.
func instant(n json.Number) (time.Time, bool) {
	seconds, err := n.Float64()
	if err != nil || seconds <= 0 || seconds > 253402300799 { // the year 9999
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// times compares the times of a token with the clock. Without a clock nothing is compared.
func (c *claims) times(now time.Time) []observation {
	if now.IsZero() {
		return nil
	}
	var found []observation
	if c.Alg == "none" {
		found = append(found, observation{text: "It is not signed (alg none).", fits: chances{"jwt-algorithm": 85}})
	}
	if exp, ok := instant(c.Exp); ok && exp.Before(now) {
		found = append(found, observation{text: fmt.Sprintf("It expired %s ago by this machine's clock.", span(now.Sub(exp))), fits: chances{"jwt-expired": 95}})
	}
	for _, f := range []struct {
		name  string
		value json.Number
	}{{"nbf", c.Nbf}, {"iat", c.Iat}} {
		if at, ok := instant(f.value); ok && at.After(now) {
			return append(found, observation{text: fmt.Sprintf("Its %s is %s in the future by this machine's clock.", f.name, span(at.Sub(now))), fits: chances{"clock-skew": 90, "jwt-not-yet": 80}})
		}
	}
	return found
}

// span is a duration in its largest unit or two.
func span(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return d.Round(time.Second).String()
}
