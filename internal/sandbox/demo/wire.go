package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// message is a request to be sent.
type message struct {
	method, url string
	header      http.Header
	body        string
	stalls      bool // its body never comes to its end
}

// answer is what came.
type answer struct {
	outcome
	header http.Header
	fields map[string]any // of a body in JSON
}

// text is a field of the body; "" where it is none.
func (a *answer) text(name string) string {
	s, _ := a.fields[name].(string)
	return s
}

const formType = "application/x-www-form-urlencoded"

// post is a form.
func post(to string, form url.Values) message {
	return message{method: http.MethodPost, url: to, header: http.Header{"Content-Type": {formType}}, body: form.Encode()}
}

// with adds a header field.
func (m message) with(name, value string) message {
	m.header = m.header.Clone()
	if m.header == nil {
		m.header = http.Header{}
	}
	m.header.Add(name, value)
	return m
}

// basic authenticates a client as RFC 6749 §2.3.1 has it.
func (m message) basic(c *Client) message {
	pair := url.QueryEscape(c.ID) + ":" + url.QueryEscape(c.Secret)
	return m.with("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 256 << 10

// send sends a message and notes what came in a step.
func (d *App) send(ctx context.Context, title string, expected want, m message) (answer, Step) {
	s := Step{Title: title, want: expected, Sent: d.shown(&m)}
	a, got, err := d.exchange(ctx, &m)
	if err != nil {
		s.Got = "No answer: " + d.hide(err.Error())
		s.answer.error = "no answer"
		return a, s
	}
	s.answer, s.Got = a.outcome, d.hide(got)
	return a, s
}

func (d *App) exchange(ctx context.Context, m *message) (a answer, got string, err error) {
	r, err := m.request(ctx)
	if err != nil {
		return a, "", err
	}
	res, err := d.o.Client.Do(r)
	if err != nil {
		return a, "", err
	}
	defer func() { _ = res.Body.Close() }() // it was read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return a, "", fmt.Errorf("read the answer: %w", err)
	}
	a = answer{outcome: outcome{status: res.StatusCode}, header: res.Header}
	if json.Unmarshal(body, &a.fields) == nil {
		a.error, a.cause = a.text("error"), causeOf(a.text("error_uri"))
	}
	if p := res.Header.Get("Candor-Problem"); p != "" { // an API's answer has its name there
		a.error = p
	}
	if back, is := backOf(&a); is {
		a.outcome = back
	}
	return a, textOf(res, body), nil
}

func (m *message) request(ctx context.Context) (*http.Request, error) {
	var body io.Reader = strings.NewReader(m.body)
	if m.stalls {
		held, _ := io.Pipe()
		body = io.MultiReader(body, held)
		context.AfterFunc(ctx, func() { _ = held.Close() })
	}
	r, err := http.NewRequestWithContext(ctx, m.method, m.url, body)
	if err != nil {
		return nil, fmt.Errorf("make a request to %s: %w", m.url, err)
	}
	if m.stalls {
		r.ContentLength = int64(len(m.body)) + 1
	}
	maps.Copy(r.Header, m.header)
	return r, nil
}

// causeOf is the cause that an error_uri leads to.
func causeOf(uri string) string {
	_, cause, _ := strings.Cut(uri, "#")
	return cause
}

// maxShown bounds what is shown of a body.
const maxShown = 3 << 10

// shown is a request as it goes over the wire, but for the line ends within a form.
func (d *App) shown(m *message) string {
	u, err := url.Parse(m.url)
	if err != nil {
		return m.method + " " + d.hide(m.url)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\nHost: %s\n", m.method, u.RequestURI(), u.Host)
	writeFields(&b, m.header, slices.Sorted(maps.Keys(m.header)))
	body := m.body
	if len(body) > maxShown {
		body = body[:maxShown/10] + fmt.Sprintf("… (%d bytes in all)", len(m.body))
	}
	if body != "" {
		if m.header.Get("Content-Type") == formType {
			body = strings.ReplaceAll(body, "&", "\n&")
		}
		b.WriteString("\n" + body)
	}
	return d.hide(b.String())
}

// told are the fields of an answer that are worth a look.
var told = []string{"Content-Type", "Location", "Allow", "Retry-After", "Www-Authenticate", "Access-Control-Allow-Origin", "Candor-Problem", "X-Request-Id", "X-Li-Request-Id"}

func writeFields(b *strings.Builder, h http.Header, names []string) {
	for _, name := range names {
		for _, value := range h[http.CanonicalHeaderKey(name)] {
			fmt.Fprintf(b, "%s: %s\n", name, value)
		}
	}
}

var heading = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)

// textOf is an answer as it came; of a page the heading alone.
func textOf(res *http.Response, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", res.Proto, cmp.Or(res.Status, "200"))
	writeFields(&b, res.Header, told)
	switch h := heading.FindSubmatch(body); {
	case len(body) == 0:
	case strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && h != nil:
		fmt.Fprintf(&b, "\n(a page of %d bytes, with the heading “%s”)", len(body), h[1])
	default:
		b.WriteByte('\n')
		b.Write(indented(body))
	}
	return b.String()
}

func indented(body []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, bytes.TrimSpace(body), "", "  ") == nil {
		body = b.Bytes()
	}
	if len(body) > maxShown {
		return append(body[:maxShown:maxShown], "…"...)
	}
	return body
}

var (
	ours    = regexp.MustCompile(`cdr_[a-z]{2}_[A-Za-z0-9_-]{12,}`)
	signed  = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`)
	pairing = regexp.MustCompile(`(Authorization: Basic )\S+`)
)

// hide shortens tokens and secrets in a text that is shown: enough is left to tell them apart.
func (d *App) hide(text string) string {
	cut := func(s string) string { return s[:12] + "…" + s[len(s)-4:] }
	text = ours.ReplaceAllStringFunc(text, cut)
	text = signed.ReplaceAllStringFunc(text, cut)
	text = pairing.ReplaceAllString(text, "${1}…")
	for _, c := range []*Client{&d.o.Confidential, &d.o.Other, &d.o.Narrow, &d.o.Keeper, &d.o.Disabled} {
		if c.Secret != "" {
			text = strings.ReplaceAll(text, c.Secret, "(the secret of "+c.Name+")")
		}
	}
	return text
}
