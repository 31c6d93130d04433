package oauth

import (
	"cmp"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// Request is a POST to one of the endpoints, read and not yet judged.
type Request struct {
	Form   map[string]string
	Client string // by Authorization: Basic
	Secret string
	Basic  bool
	App    *access.App // that has shown its secret, whatever else is wrong; nil: none yet
}

// Begin is what is wrong with a request before its body is read: method and media type.
func Begin(r *http.Request) *problem.OAuthProblem {
	if r.Method != http.MethodPost {
		return &problem.OAuthProblem{Cause: problem.OAuthMethod, Value: r.Method, Known: http.MethodPost}
	}
	sent := strings.Join(r.Header.Values("Content-Type"), ",")
	if kind, _, err := mime.ParseMediaType(sent); err != nil || kind != "application/x-www-form-urlencoded" {
		return &problem.OAuthProblem{Cause: problem.OAuthMediaType, Value: cmp.Or(sent, "nothing: there is no Content-Type")}
	}
	return nil
}

// Read reads a request that has begun well, with its body, or returns what is wrong with it.
func Read(r *http.Request, body []byte) (*Request, *problem.OAuthProblem) {
	if name, found := firstParameter(r.URL.RawQuery); found {
		return nil, &problem.OAuthProblem{Cause: problem.OAuthInURL, Parameter: name}
	}
	q := &Request{Form: map[string]string{}}
	if p := q.readForm(string(body)); p != nil {
		return nil, p
	}
	return q, q.readAuthorization(r.Header.Values("Authorization"))
}

// firstParameter is the name of the first parameter of a query.
func firstParameter(query string) (name string, found bool) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, _, _ = strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		return name, true
	}
	return "", false
}

// readForm reads the parameters. One without a value is as good as none (RFC 6749 §3.2).
func (q *Request) readForm(body string) *problem.OAuthProblem {
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		left, right, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(left)
		if err != nil {
			return &problem.OAuthProblem{Cause: problem.OAuthMalformed, Value: "the name of a parameter has a percent sign without two hexadecimal digits behind it"}
		}
		value, err := url.QueryUnescape(right)
		if err != nil {
			return &problem.OAuthProblem{Cause: problem.OAuthMalformed, Value: "the parameter '" + name + "' has a percent sign without two hexadecimal digits behind it"}
		}
		if _, twice := q.Form[name]; twice {
			return &problem.OAuthProblem{Cause: problem.OAuthRepeated, Parameter: name}
		}
		q.Form[name] = value
	}
	return nil
}

// readAuthorization reads Basic credentials, whose parts are encoded as in a form (RFC 6749 §2.3.1).
func (q *Request) readAuthorization(fields []string) *problem.OAuthProblem {
	if len(fields) == 0 {
		return nil
	}
	q.Basic = true
	wrong := func(why string) *problem.OAuthProblem {
		return &problem.OAuthProblem{Cause: problem.OAuthScheme, Value: why, Basic: true}
	}
	if len(fields) > 1 {
		return wrong("it came more than once")
	}
	scheme, encoded, _ := strings.Cut(strings.TrimSpace(fields[0]), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return wrong("its scheme is another")
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return wrong("what follows Basic is no base64")
	}
	id, secret, found := strings.Cut(string(plain), ":")
	if !found {
		return wrong("there is no colon between client id and secret")
	}
	if q.Client, err = url.QueryUnescape(id); err != nil {
		return wrong("the client id is not encoded as in a form")
	}
	if q.Secret, err = url.QueryUnescape(secret); err != nil {
		return wrong("the secret is not encoded as in a form")
	}
	return nil
}

// ClientID is whom the request says that it is of.
func (q *Request) ClientID() string {
	if q.Basic {
		return q.Client
	}
	return q.Form["client_id"]
}

// has reports whether a parameter came with a value.
func (q *Request) has(name string) bool { return q.Form[name] != "" }
