package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// Front is a Candor in front of one URL, of which nothing else is known: every call goes there as it came, and is answered as the API answers.
type Front struct {
	URL         string
	Listen      string   // address
	Admin       string   // address; "" is none
	KeepHost    bool     // the caller's Host goes on, not the URL's
	Hosts       []string // further names that a loopback listener answers to
	NoForwarded bool     // X-Forwarded-For is left as it came
	CA          string   // file of authorities to trust; "" the system's
	Insecure    bool     // any certificate is taken
}

// FrontMistake is what is wrong with one of the values: which, what, and what to write instead, where that can be known.
type FrontMistake struct{ Flag, Text, Instead string }

func (m *FrontMistake) Error() string { return m.Text }

// frontHead is the largest head that passes either way: what an API itself would take is not known.
const frontHead = mib

// frontFields is the largest number of fields that pass either way.
const frontFields = 2000

// Config is the configuration that does so. An error is a *FrontMistake.
func (f *Front) Config() (*Config, error) {
	to, err := f.target()
	if err != nil {
		return nil, err
	}
	if err := f.check(to); err != nil {
		return nil, err
	}
	c := Default()
	c.Admin = nil
	if f.Admin != "" {
		c.Admin = &Admin{Address: f.Admin}
	}
	c.Listeners[0].Address = f.Listen
	if host, _ := splitAddress(f.Listen); access.IsLoopback(host) {
		c.Listeners[0].Names = f.names(to)
	}
	c.Limits.Body, c.Limits.JSONBody = 0, 0
	c.Limits.Head, c.Limits.RequestLine, c.Limits.Fields = frontHead, frontHead, frontFields
	c.Limits.UpstreamHead, c.Limits.UpstreamFields = frontHead, frontFields
	c.Limits.ChunkLine, c.Limits.Trailers = 16*kib, 64*kib
	c.Timeouts.FirstByte = c.Timeouts.Idle // a browser opens connections before it needs them
	c.Timeouts.BodyGap, c.Timeouts.WriteStall, c.Timeouts.AnyPace = 0, 0, true
	c.Upstreams = []upstream.Spec{f.upstream(to)}
	c.APIs = []route.APISpec{f.api()}
	return c, nil
}

// frontName is that of the API and of its upstream.
const frontName = "api"

func (f *Front) upstream(to *url.URL) upstream.Spec {
	u := upstreamStart()
	u.Name, u.Targets = frontName, []string{to.Scheme + "://" + to.Host}
	u.Prefix = strings.TrimRight(to.EscapedPath(), "/")
	u.Connect, u.TLS, u.Waits = 0, 0, upstream.Waits{}
	u.RequestID, u.NoForwarded = "", f.NoForwarded
	u.CA, u.InsecureSkipVerify, u.Lenient = f.ca(), f.Insecure, upstream.LenientAll
	if !f.KeepHost {
		u.Host = to.Host
	}
	return u
}

func (f *Front) ca() string {
	if f.CA == "" {
		return ""
	}
	if whole, err := filepath.Abs(f.CA); err == nil {
		return whole
	}
	return f.CA
}

func (f *Front) api() route.APISpec {
	public, off, accept := route.Credentials{Need: route.Public}, route.All(route.Off), route.AcceptAll
	return route.APISpec{
		Name: frontName, Upstream: frontName, Credentials: public, Preflight: route.PassPreflights, Unguarded: true, Untouched: true,
		Modes: off, Accept: accept,
		Headers: route.HeaderNames{RequestID: commonID},
		Routes:  []route.Spec{{Name: "all", Path: "/**", Credentials: &public, Upstream: frontName, Resource: frontName + "/all", VersionOff: true, Modes: &off, Accept: &accept}},
	}
}

// names are those that a loopback listener answers to beside literal addresses: a page of another site can make a name of its own lead here, but none of these.
func (f *Front) names(to *url.URL) []string {
	all := []string{"localhost", to.Hostname()}
	for _, name := range f.Hosts {
		host, _ := splitPort(name)
		all = append(all, host)
	}
	return all
}

// splitPort parts a name from the port behind it, if there is one.
func splitPort(s string) (name, port string) {
	if at := strings.LastIndexByte(s, ':'); at >= 0 && !strings.Contains(s[at:], "]") {
		return s[:at], s[at+1:]
	}
	return s, ""
}

func (f *Front) check(to *url.URL) error {
	if say := addressRule(f.Listen); say != "" {
		return &FrontMistake{"--listen", quoted(f.Listen) + " " + say, ""}
	}
	if say := addressRule(f.Admin); f.Admin != "" && say != "" {
		return &FrontMistake{"--admin", quoted(f.Admin) + " " + say, ""}
	}
	if host, _ := splitAddress(f.Admin); f.Admin != "" && !access.IsLoopback(host) {
		return &FrontMistake{"--admin", quoted(f.Admin) + " can be reached from other machines, and has no token here; listen on 127.0.0.1", ""}
	}
	for _, name := range f.Hosts {
		if !isHostPort(name) {
			return &FrontMistake{"--host", quoted(name) + " is not a valid host: expected a name, as in api.example.test", ""}
		}
	}
	return f.checkTLS(to)
}

func (f *Front) checkTLS(to *url.URL) error {
	const plain = "does nothing here, since the URL begins with http://; write https://, or leave it out"
	switch {
	case to.Scheme == "http" && f.CA != "":
		return &FrontMistake{"--ca", plain, ""}
	case to.Scheme == "http" && f.Insecure:
		return &FrontMistake{"--insecure", plain, ""}
	case f.CA == "":
		return nil
	}
	pem, why := readPEM(f.ca())
	if why == "" {
		why = pem.whyNoCertificate()
	}
	if why != "" {
		return &FrontMistake{"--ca", quotedPath(f.CA) + ": " + why, ""}
	}
	return nil
}

// Schemes that are http by another name.
var schemes = map[string]string{"ws": "http", "wss": "https"}

// Short ways to write a URL on this machine.
var (
	onlyPort   = regexp.MustCompile(`^:?[0-9]{1,5}(/.*)?$`)
	hostAndAll = regexp.MustCompile(`^(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/.*)?$`)
)

// target reads the URL.
func (f *Front) target() (*url.URL, error) {
	wrong := func(text, instead string) error { return &FrontMistake{"", text, instead} }
	s := strings.TrimSpace(f.URL)
	scheme, rest, whole := strings.Cut(s, "://")
	switch {
	case s == "":
		return nil, wrong("there is no URL", "http://127.0.0.1:3000")
	case !whole && onlyPort.MatchString(s):
		return nil, wrong(quoted(s)+" is no URL", "http://127.0.0.1:"+strings.TrimPrefix(s, ":"))
	case !whole && hostAndAll.MatchString(s):
		return nil, wrong(quoted(s)+" has no http:// or https:// before it", guessScheme(s)+s)
	case whole && strings.Contains(authorityOf(rest), "@"):
		return nil, wrong("a URL cannot hold credentials here (what stands before the @): callers send their own", scheme+"://"+rest[strings.LastIndexByte(authorityOf(rest), '@')+1:])
	case whole && schemes[strings.ToLower(scheme)] != "":
		begins := schemes[strings.ToLower(scheme)] + "://"
		return nil, wrong(quoted(scheme+"://")+" begins as "+begins+", and WebSockets pass", begins+rest)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHostPort(u.Host):
		return nil, wrong(urlFault(s))
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		before, _, _ := strings.Cut(s, "?")
		before, _, _ = strings.Cut(before, "#")
		return nil, wrong("a URL cannot have a query or a fragment here: callers send their own", before)
	}
	if say := prefixRule(u.EscapedPath()); say != "" {
		return nil, wrong(fmt.Sprintf("the path %s of the URL %s", quoted(u.EscapedPath()), say), "")
	}
	return u, nil
}

func authorityOf(rest string) string {
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

// guessScheme: port 443 most likely speaks TLS, as do names with a point.
func guessScheme(s string) string {
	host, port := splitPort(authorityOf(s))
	if port == "443" || port == "" && strings.Contains(host, ".") && !isIPv4(host) {
		return "https://"
	}
	return "http://"
}

// prefixRule is for a path that stands before those of calls.
func prefixRule(path string) string {
	if fault := (&route.Table{}).CheckURL(&route.Match{}, []byte(path), nil); fault.Bad() {
		return "can be read in two ways; write it without //, dots and escapes"
	}
	return ""
}
