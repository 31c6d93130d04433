package report

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/har"
	"github.com/candor-gateway/candor/internal/redact"
)

// Field is a header field whose value may be shown.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// fieldsMax is how many fields a head shows, valueMax how much of each.
const (
	fieldsMax = 200
	valueMax  = 2000
)

var (
	schemes = regexp.MustCompile(`(?i)^(bearer|basic|digest|dpop|negotiate|ntlm|apikey|api-key|token|hawk|aws4-hmac-sha256|mac)[ \t]+(.*)$`)
	// idField are fields with the id of a call, which support looks for; idValue is what such an id can look like.
	idField = regexp.MustCompile(`(?i)(?:request-?id|correlation-?id|-uuid|trace-?id|cf-ray|amz-cf-id|x-amz-id-2|x-amz-request|traceparent|x-li-fabric)$`)
	idValue = regexp.MustCompile(`^[A-Za-z0-9._:/=+-]{1,128}$`)
	// secretPart is what of a credential in parts, as of Digest, proves who one is.
	secretPart = regexp.MustCompile(`(?i)^(?:response|nonce|nextnonce|cnonce|opaque|rspauth|token|signature|mac|credential)$`)
	// challenged is a scheme, or a parameter of one with its value.
	challenged = regexp.MustCompile(`(?:^|[\s,])([A-Za-z][A-Za-z0-9_-]*)(?:[\s,]|$)|([A-Za-z][A-Za-z0-9_-]*)=("(?:[^"\\]|\\.)*"|[^,\s"]*)`)
	// attributes of a cookie are no secrets (RFC 6265 §4.1).
	attribute = regexp.MustCompile(`(?i)^(?:path|domain|expires|max-age|samesite|secure|httponly|partitioned|priority)(?:=|$)`)
)

// plain are fields whose long words are names and numbers of products, types and times, and no secrets.
var plain = map[string]bool{
	"accept": true, "accept-encoding": true, "accept-language": true, "content-type": true, "date": true, "expires": true, "last-modified": true, "linkedin-version": true,
	"ratelimit": true, "ratelimit-policy": true, "sec-ch-ua": true, "server": true, "server-timing": true, "user-agent": true, "via": true,
}

// fields is a head that may be shown. It learns what it hides.
func (v *veil) fields(all []har.Field) []Field {
	shown := make([]Field, 0, min(len(all), fieldsMax))
	for _, f := range all[:min(len(all), fieldsMax)] {
		name := strings.Map(printable, f.Name)
		shown = append(shown, Field{Name: v.looks(name), Value: strings.Map(printable, v.field(f.Name, strings.TrimSpace(f.Value)))})
	}
	return shown
}

func (v *veil) field(name, value string) string {
	switch lower := strings.ToLower(name); {
	case value == "":
		return ""
	case lower == "authorization", lower == "proxy-authorization":
		return v.authorization(value)
	case lower == "cookie":
		return v.cookies(value, false)
	case lower == "set-cookie":
		return v.cookies(value, true)
	case lower == "www-authenticate", lower == "proxy-authenticate":
		return v.challenge(value)
	case lower == "authentication-info", lower == "proxy-authentication-info":
		v.learnParts(value)
		return redact.Mark
	case idField.MatchString(name) && isID(value):
		return value
	case plain[lower]:
		return v.looks(string(redact.AppendTarget(nil, []byte(value))))
	case redact.IsSecret([]byte(name)):
		v.learn(value)
		return redact.Mark
	}
	hidden := string(redact.AppendField(nil, []byte(name), []byte(name+": "+value)))[len(name)+2:]
	if hidden == redact.Mark {
		v.learn(value)
		return hidden
	}
	v.target(value) // for what it learns of a URL
	return v.prose(hidden)
}

func isID(value string) bool {
	if _, ok := callid.Parse(value); ok {
		return true
	}
	return idValue.MatchString(value) && !ourToken.MatchString(value) && !jwt.MatchString(value) && !makersKey.MatchString(value)
}

// authorization keeps the scheme, if it is one that is known.
func (v *veil) authorization(value string) string {
	v.learn(value)
	m := schemes.FindStringSubmatch(value)
	if m == nil {
		return redact.Mark
	}
	v.learn(m[2])
	if user, password, ok := basic(m[1], m[2]); ok {
		v.learn(user + ":" + password)
		v.learn(password)
		if password == "" {
			v.learn(user) // a key
		}
	}
	v.learnParts(m[2])
	return m[1] + " " + redact.Mark
}

// learnParts learns from credentials in parts, as those of Digest are.
func (v *veil) learnParts(credentials string) {
	for part := range strings.SplitSeq(credentials, ",") {
		if name, is, _ := strings.Cut(strings.TrimSpace(part), "="); secretPart.MatchString(name) {
			v.learn(is)
		}
	}
}

// challenge keeps the schemes, and of their parameters those that tell what is wrong (RFC 6750 §3, RFC 9728 §5.1).
func (v *veil) challenge(value string) string {
	var w strings.Builder
	between := "" // parameters, and those before the next scheme; behind a scheme a blank
	for _, m := range challenged.FindAllStringSubmatch(value, fieldsMax) {
		switch scheme, name, is := m[1], m[2], m[3]; {
		case scheme != "" && w.Len() > 0:
			w.WriteString(", " + v.prose(scheme))
		case scheme != "":
			w.WriteString(v.prose(scheme))
		case redact.IsChallengeFact(strings.ToLower(name)):
			w.WriteString(between + name + "=" + v.quoted(is))
		default:
			v.learn(strings.Trim(is, `"`))
			w.WriteString(between + v.prose(name) + "=" + redact.Mark)
		}
		if between = ", "; m[1] != "" {
			between = " "
		}
	}
	return w.String()
}

// quoted is prose that may stand in quotation marks.
func (v *veil) quoted(s string) string {
	if inner := strings.TrimSuffix(strings.TrimPrefix(s, `"`), `"`); len(inner) == len(s)-2 {
		return `"` + v.prose(inner) + `"`
	}
	return v.prose(s)
}

// basic reads the credentials of the scheme Basic (RFC 7617).
func basic(scheme, credentials string) (user, password string, ok bool) {
	if !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(credentials))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(text), ":")
}

// cookies keeps their names, and of one that is set its attributes.
func (v *veil) cookies(value string, set bool) string {
	parts := strings.Split(value, ";")
	for i, part := range parts {
		name, is, named := strings.Cut(strings.TrimSpace(part), "=")
		v.learn(is)
		switch {
		case set && i > 0 && attribute.MatchString(strings.TrimSpace(part)):
			parts[i] = v.looks(strings.TrimSpace(part))
		case named:
			parts[i] = v.prose(name) + "=" + redact.Mark
		default:
			v.learn(name)
			parts[i] = redact.Mark
		}
	}
	return strings.Join(parts, "; ")
}
