package report

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/har"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/internal/token"
)

// Token identifies a token to support without telling it. What it says of itself nobody has proven, unless it is Genuine.
type Token struct {
	Where    string     `json:"where"`
	Kind     string     `json:"kind"`
	SHA256   string     `json:"sha256"`            // its first 8 hex digits
	Genuine  bool       `json:"genuine,omitempty"` // the instance has proven it
	Length   int        `json:"length,omitempty"`  // 0: not told
	App      string     `json:"app"`               // "unknown" where the token does not tell
	Scopes   string     `json:"scopes"`            // by blanks; "unknown" as well
	Issuer   string     `json:"issuer,omitempty"`
	Audience string     `json:"audience,omitempty"`
	Issued   *time.Time `json:"issuedAt,omitempty"`
	NotYet   *time.Time `json:"notBefore,omitempty"`
	Ends     *time.Time `json:"endsAt,omitempty"`
	Fault    string     `json:"fault,omitempty"` // of one that was cut, for example
}

// tokensMax is how many are told, leastToken the fewest characters of one: of a shorter secret the digits of a hash would tell too much.
const (
	tokensMax  = 8
	leastToken = 16
)

const unknown = "unknown"

// tokenName are parameters and members that hold tokens.
var tokenName = regexp.MustCompile(`(?i)^(?:oauth2_access_token|access_token|refresh_token|id_token|token|code|assertion|client_assertion|subject_token|actor_token|id_token_hint)$`)

// sighting is a token and where it was seen.
type sighting struct{ where, value string }

// tokens tells the tokens of a call: first that of Authorization, then those of the URL, of the bodies, and wherever one shows by its look.
func (x *exchange) tokens() []Token {
	var seen []sighting
	for _, f := range x.headers {
		if m := schemes.FindStringSubmatch(f.Value); m != nil && strings.HasSuffix(strings.ToLower(f.Name), "authorization") && isToken[strings.ToLower(m[1])] {
			seen = append(seen, sighting{"request field " + f.Name, strings.TrimSpace(m[2])})
		}
	}
	_, query, _ := strings.Cut(x.url, "?")
	seen = inPairs(seen, "query parameter ", query)
	seen = inPairs(seen, "request body, ", string(x.body))
	for _, p := range x.params {
		seen = inPairs(seen, "request body, ", p.Name+"="+p.Value)
	}
	seen = inJSON(seen, "request body, ", x.body)
	if a := x.last(); a != nil {
		seen = inJSON(seen, "response body, ", a.body)
	}
	seen = x.byLook(seen)
	var all []Token
	told := map[string]bool{}
	for _, s := range seen {
		if len(s.value) < leastToken || told[s.value] || len(all) == tokensMax {
			continue
		}
		told[s.value] = true
		all = append(all, identify(s.where, s.value))
	}
	return all
}

// isToken are the schemes whose credential is one.
var isToken = map[string]bool{"bearer": true, "dpop": true, "token": true}

func inPairs(seen []sighting, where, text string) []sighting {
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if tokenName.MatchString(name) {
			seen = append(seen, sighting{where + name, unescaped(value)})
		}
	}
	return seen
}

func inJSON(seen []sighting, where string, body []byte) []sighting {
	all, ok := members(body)
	if !ok {
		return seen
	}
	for _, m := range all {
		var value string
		if tokenName.MatchString(m.name) && json.Unmarshal(m.value, &value) == nil && !errorCode.MatchString(value) {
			seen = append(seen, sighting{where + m.name, value})
		}
	}
	return seen
}

// byLook finds our own tokens and JWTs anywhere.
func (x *exchange) byLook(seen []sighting) []sighting {
	find := func(where, text string) {
		for _, look := range []*regexp.Regexp{ourToken, jwt} {
			for _, value := range look.FindAllString(text, tokensMax) {
				seen = append(seen, sighting{where, value})
			}
		}
	}
	inFields := func(of string, all []har.Field) {
		for _, f := range all {
			find(of+f.Name, f.Value)
		}
	}
	inFields("request field ", x.headers)
	inFields("cookie ", x.cookies)
	find("URL", x.url)
	find("request body", string(x.body))
	if a := x.last(); a != nil {
		inFields("response field ", a.headers)
		find("response body", string(a.body))
	}
	return slices.DeleteFunc(seen, func(s sighting) bool { return strings.HasSuffix(s.value, "_"+redact.Mark) })
}

// identify tells what a token says without a key.
func identify(where, value string) Token {
	t := Token{Where: safe(where), Kind: "opaque", SHA256: redact.Fingerprint([]byte(value)), Length: len(value), App: unknown, Scopes: unknown}
	switch {
	case token.Ours([]byte(value)):
		t.ours(value)
	case jwt.FindString(value) == value:
		t.jwt(value)
	}
	return t
}

// The kinds of our own tokens, in words.
var kinds = [...]string{token.Access: "Candor access token", token.Refresh: "Candor refresh token", token.Code: "Candor authorization code"}

func (t *Token) ours(value string) {
	is, why, at := token.ReadUnproven([]byte(value))
	if why == token.NeverOurs {
		t.Kind, t.Fault = "of no kind that is known here", "it begins as a token of Candor's does, and is none"
		return
	}
	t.Kind = kinds[is.Kind]
	switch why {
	case token.NoFault:
		t.Issued, t.Ends = seconds(is.Issued), seconds(is.Ends)
	case token.Truncated:
		t.Fault = "it is cut: " + count(at-1, "character", "characters") + " of " + count(token.Length, "", "")
	case token.Overlong:
		t.Fault = "it is too long: " + count(len(value), "character", "characters") + " where it has " + count(token.Length, "", "")
	default:
		t.Fault = "it was changed on the way: it cannot be read"
	}
	t.Fault = strings.TrimRight(t.Fault, " ")
}

// claims are what a JWT says (RFC 7519 §4.1), in the spellings that are about.
type claims struct {
	Iss      string   `json:"iss"`
	Aud      listed   `json:"aud"`
	Exp      *float64 `json:"exp"`
	Nbf      *float64 `json:"nbf"`
	Iat      *float64 `json:"iat"`
	Azp      string   `json:"azp"`
	ClientID string   `json:"client_id"`
	AppID    string   `json:"appid"`
	CID      string   `json:"cid"`
	Scope    listed   `json:"scope"`
	Scp      listed   `json:"scp"`
}

// listed is one string or several.
type listed []string

// UnmarshalJSON takes both, and leaves out what is neither.
func (l *listed) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = listed{one}
		return nil
	}
	var all []string
	if json.Unmarshal(text, &all) == nil {
		*l = all
	}
	return nil
}

func (t *Token) jwt(value string) {
	t.Kind = "JWT"
	parts := strings.Split(value, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var c claims
	if len(parts) == 5 {
		t.Kind, t.Fault = "encrypted JWT", "it cannot be read without a key"
		return
	}
	if err != nil || json.Unmarshal(text, &c) != nil {
		t.Fault = "its claims cannot be read"
		return
	}
	t.Issuer, t.Audience = safe(c.Iss), safe(strings.Join(c.Aud, " "))
	for _, app := range []string{c.Azp, c.ClientID, c.AppID, c.CID} {
		if app = safe(app); app != "" {
			t.App = app
			break
		}
	}
	if scopes := safe(strings.Join(slices.Concat(c.Scope, c.Scp), " ")); scopes != "" {
		t.Scopes = scopes
	}
	t.Issued, t.NotYet, t.Ends = numericDate(c.Iat), numericDate(c.Nbf), numericDate(c.Exp)
}

// numericDate is a time of a JWT; nil if it is none that can be.
func numericDate(at *float64) *time.Time {
	if at == nil || *at < 0 || *at > 1<<34 {
		return nil
	}
	return seconds(int64(*at))
}

func seconds(at int64) *time.Time {
	t := time.Unix(at, 0).UTC()
	return &t
}

// safe is a name that a token says, without what could be a secret.
func safe(s string) string {
	return cut(string(redact.AppendTarget(nil, []byte(strings.Map(printable, s)))), 300)
}
