package route

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// CORS answers preflights from its block alone (Fetch standard, "CORS protocol"): the same for known, unknown and hidden paths. Nil is off.
type CORS struct {
	every       bool // "*" among the origins
	origins     map[string]bool
	methods     allowed
	headers     allowed
	expose      string
	credentials bool
	maxAge      string
}

// allowed is a list of methods or headers as a preflight is told it.
type allowed struct {
	echo  bool // "*" is in it: what was asked for is allowed, by its name, since "*" itself means nothing to a call with credentials
	names []string
	text  []byte
}

func newAllowed(names []string) allowed {
	return allowed{echo: slices.Contains(names, "*"), names: names, text: []byte(strings.Join(names, ", "))}
}

// Preflight is what a preflight is answered with. An empty field is not sent.
type Preflight struct {
	Origin      []byte // Access-Control-Allow-Origin; empty: the origin is not allowed, and nothing else is said
	Methods     []byte // Access-Control-Allow-Methods, borrowed from the request or the block
	Headers     []byte // Access-Control-Allow-Headers, likewise
	MaxAge      string // Access-Control-Max-Age, seconds
	Credentials bool   // Access-Control-Allow-Credentials: true

	Denied  problem.Detail // what the browser will not let the script do; NoDetail: nothing
	Lacking []byte         // the method or header that is not allowed, borrowed from the request
}

// NewCORS makes a spec ready; nil stays nil. Its error says what is wrong with it.
func NewCORS(spec *CORSSpec) (*CORS, error) {
	if spec == nil {
		return nil, nil
	}
	if err := checkCORS(spec); err != nil {
		return nil, err
	}
	c := &CORS{
		origins: make(map[string]bool, len(spec.Origins)), methods: newAllowed(spec.Methods), headers: newAllowed(spec.Headers),
		expose: strings.Join(spec.Expose, ", "), credentials: spec.Credentials,
	}
	for _, origin := range spec.Origins {
		c.origins[origin] = true
	}
	c.every = c.origins["*"]
	if spec.MaxAge > 0 {
		c.maxAge = seconds(spec.MaxAge)
	}
	return c, nil
}

func checkCORS(spec *CORSSpec) error {
	if len(spec.Origins) == 0 {
		return errors.New(`the origins are missing, as in ["https://app.example.com"]`)
	}
	for _, origin := range spec.Origins {
		if fault := OriginFault(origin); fault != "" {
			return fmt.Errorf("%q %s", origin, fault)
		}
	}
	for _, name := range slices.Concat(spec.Methods, spec.Headers, spec.Expose) {
		if !ascii.IsToken(name) {
			return fmt.Errorf("%q is not a valid name of a method or header", name)
		}
	}
	if !spec.Credentials {
		return nil
	}
	switch {
	case slices.Contains(spec.Origins, "*"):
		return errors.New(`credentials: true would let every web site act for whoever visits it; list the origins in place of "*"`)
	case slices.Contains(spec.Origins, "null"):
		return errors.New(`credentials: true would let every web site act for whoever visits it, since a sandboxed frame of any site has the origin "null"; leave "null" out`)
	case slices.Contains(spec.Expose, "*"):
		return errors.New(`expose: ["*"] means nothing to a script that sends credentials (Fetch standard); list the headers`)
	}
	return nil
}

// Origin is what Access-Control-Allow-Origin says to a call with that Origin, empty if the origin is not allowed: an origin is said back only if it is
// listed. vary reports whether another origin is told something else.
func (c *CORS) Origin(origin []byte) (allowed []byte, vary bool) {
	switch {
	case c == nil:
		return nil, false
	case c.every:
		return star, false
	case c.origins[string(origin)]:
		return origin, true
	}
	return nil, true
}

var star = []byte("*")

// Credentials reports whether a script may read the answer to a call that it sent with cookies or the like.
func (c *CORS) Credentials() bool { return c != nil && c.credentials }

// Expose is the names of the answer's fields that a script may read beside those that we set: "Link, X-Total-Count".
func (c *CORS) Expose() string {
	if c == nil {
		return ""
	}
	return c.expose
}

// Preflight decides about a preflight from its Origin, Access-Control-Request-Method and Access-Control-Request-Headers. An origin that is allowed is told
// our lists, whether what it asked for is among them or not: the browser compares, and its console names what is missing.
func (c *CORS) Preflight(origin, method, headers []byte) Preflight {
	allowed, _ := c.Origin(origin)
	if len(allowed) == 0 {
		return Preflight{Denied: problem.DetailPreflightOrigin}
	}
	p := Preflight{Origin: allowed, Methods: c.methods.text, Headers: c.headers.text, MaxAge: c.maxAge, Credentials: c.credentials}
	if c.methods.echo {
		p.Methods = echoed(ascii.IsToken(method), method)
	}
	if c.headers.echo {
		p.Headers = echoed(isList(headers), headers)
	}
	if !c.methods.takes(method, exactly) && !safelisted(method) {
		p.Denied, p.Lacking = problem.DetailPreflightMethod, method
		return p
	}
	if name := c.headers.lacks(headers); name != nil {
		p.Denied, p.Lacking = problem.DetailPreflightHeader, name
	}
	return p
}

func echoed(ok bool, value []byte) []byte {
	if !ok {
		return nil
	}
	return value
}

// safelisted reports whether a browser lets a method through whatever the list says (Fetch standard, "CORS-safelisted method").
func safelisted(method []byte) bool {
	switch string(method) {
	case "GET", "HEAD", "POST":
		return true
	}
	return false
}

// exactly compares methods, which are case-sensitive; names of headers are not.
func exactly(a string, b []byte) bool { return a == string(b) }

func (a *allowed) takes(name []byte, same func(string, []byte) bool) bool {
	if a.echo {
		return ascii.IsToken(name)
	}
	for _, known := range a.names {
		if same(known, name) {
			return true
		}
	}
	return false
}

// lacks is the first name of a comma-separated list that is not allowed, nil if all are.
func (a *allowed) lacks(list []byte) []byte {
	for len(list) > 0 {
		var name []byte
		name, list, _ = bytes.Cut(list, comma)
		if name = bytes.Trim(name, " \t"); len(name) > 0 && !a.takes(name, ascii.EqualFold[string, []byte]) {
			return name
		}
	}
	return nil
}

var comma = []byte(",")

// isList reports whether a value is a comma-separated list of names, fit to be sent back.
func isList(list []byte) bool {
	for _, c := range list {
		if !ascii.IsTokenByte(c) && c != ',' && c != ' ' && c != '\t' {
			return false
		}
	}
	return len(list) > 0
}
