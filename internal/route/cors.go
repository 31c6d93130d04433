package route

import (
	"fmt"
	"slices"
	"strings"
)

// CORS answers preflights from its block alone (Fetch §3.2): the same for known, unknown and hidden paths. Nil is off.
type CORS struct {
	every   bool // "*" among the origins
	origins map[string]bool
	echo    bool // "*" among the headers: what was asked for is allowed
	methods string
	headers []byte
	maxAge  string
}

// Preflight is what a preflight is answered with. An empty field is not sent.
type Preflight struct {
	Origin  []byte // Access-Control-Allow-Origin; empty: the origin is not allowed, and nothing else is said
	Methods string // Access-Control-Allow-Methods
	Headers []byte // Access-Control-Allow-Headers, borrowed from the request or the block
	MaxAge  string // Access-Control-Max-Age, seconds
	Vary    bool   // whether the answer depends on Origin
}

// NewCORS makes a spec ready; nil stays nil. Its error says what is wrong with it.
func NewCORS(spec *CORSSpec) (*CORS, error) {
	if spec == nil {
		return nil, nil
	}
	c := &CORS{origins: make(map[string]bool, len(spec.Origins)), methods: strings.Join(spec.Methods, ", ")}
	if len(spec.Origins) == 0 {
		return nil, fmt.Errorf(`the origins are missing, as in ["https://app.example.com"]`)
	}
	for _, origin := range spec.Origins {
		if origin != "*" && origin != "null" && !strings.Contains(origin, "://") {
			return nil, fmt.Errorf("%q is no origin; expected one as in https://app.example.com", origin)
		}
		c.origins[origin] = true
	}
	for _, name := range slices.Concat(spec.Methods, spec.Headers) {
		if !isToken([]byte(name)) {
			return nil, fmt.Errorf("%q is no name of a method or header", name)
		}
	}
	c.every, c.echo = c.origins["*"], slices.Contains(spec.Headers, "*")
	c.headers = []byte(strings.Join(spec.Headers, ", "))
	if spec.MaxAge > 0 {
		c.maxAge = seconds(spec.MaxAge)
	}
	return c, nil
}

// Origin is what Access-Control-Allow-Origin says to a call with that Origin, empty if the origin is not allowed. vary says whether another origin is
// told something else.
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

// Preflight decides about a preflight from its Origin, Access-Control-Request-Method and Access-Control-Request-Headers. The methods that are allowed are
// told whether the one asked for is among them or not: the browser compares.
func (c *CORS) Preflight(origin, method, headers []byte) Preflight {
	allowed, vary := c.Origin(origin)
	if len(allowed) == 0 || len(method) == 0 {
		return Preflight{Vary: vary}
	}
	p := Preflight{Origin: allowed, Methods: c.methods, MaxAge: c.maxAge, Vary: vary}
	switch {
	case !c.echo:
		p.Headers = c.headers
	case isList(headers):
		p.Headers = headers
	}
	return p
}

// isList reports whether a value is a comma-separated list of names, fit to be sent back.
func isList(list []byte) bool {
	for _, c := range list {
		if !tokenByte(c) && c != ',' && c != ' ' && c != '\t' {
			return false
		}
	}
	return len(list) > 0
}

// isToken is RFC 9110 §5.6.2.
func isToken(s []byte) bool {
	for _, c := range s {
		if !tokenByte(c) {
			return false
		}
	}
	return len(s) > 0
}

func tokenByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c > ' ' && c < 0x7f && strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
