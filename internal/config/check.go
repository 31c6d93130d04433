package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/upstream"
)

// check notes what is wrong between one part of the file and another. A part that is broken in
// itself has been noted already; its empty rest is not judged again.
func (r *reader) check() {
	r.define()
	r.checkListeners()
	r.checkListenerCORS()
	r.checkAdmin()
	r.checkWWW()
	r.checkOAuth()
	r.checkSignIn()
	r.checkUpstreams()
	r.checkScopes()
	r.checkApps()
	r.checkIssuers()
	r.checkAPIs()
	r.checkOverrides()
	r.checkErrors()
}

// define gathers the names that the file defines.
func (r *reader) define() {
	r.upstreams = define("upstream", "upstreams", r.cfg.Upstreams, func(u *upstream.Spec) string { return u.Name })
	r.scopes = define("scope", "scopes", r.cfg.Scopes, func(s *Scope) string { return s.Name })
	r.products = define("product", "products", r.cfg.Products, func(p *Product) string { return p.Name })
	r.quotas = define("quota", "quotas", r.cfg.Quotas, func(q *quota.Spec) string { return q.Name })
}

// wrongAt notes a mistake at a place of the file.
func (r *reader) wrongAt(text string, path ...any) {
	line, column := r.cfg.Position(path...)
	r.at(line, column, text)
}

// warn notes a warning at a place of the file.
func (r *reader) warn(text string, path ...any) {
	r.warnings = append(r.warnings, r.cfg.Mistake(text, path...))
}

func (r *reader) checkListeners() {
	if len(r.cfg.Listeners) == 0 && r.cfg.Said("listeners") {
		r.wrongAt("the list is empty; Candor needs one listener at least. Leave listeners: out for 127.0.0.1:8080", "listeners")
	}
	for i := range r.cfg.Listeners {
		l := &r.cfg.Listeners[i]
		for j := range i {
			if samePort(l.Address, r.cfg.Listeners[j].Address) {
				r.wrongAt(fmt.Sprintf("%s is taken by the listener on line %d", quoted(l.Address), r.line("listeners", j, "address")), "listeners", i, "address")
				break
			}
		}
		r.checkBalancers(i)
		r.checkTLS(l.TLS, l.Address, "listeners", i, "tls", "certificates")
	}
}

// checkTLS notes certificates that cannot be used.
func (r *reader) checkTLS(t *TLS, listener string, path ...any) {
	if t == nil {
		return
	}
	if len(t.Certificates) == 0 && r.cfg.Said(path...) {
		r.wrongAt("the list is empty; tls needs one certificate at least", path...)
	}
	for j, c := range t.Certificates {
		r.checkCertificate(c, listener, append(slices.Clip(path), j)...)
	}
}

func (r *reader) line(path ...any) int {
	line, _ := r.cfg.Position(path...)
	return line
}

// samePort tells whether two listeners cannot both have their address: same port, and same host or
// every interface on either side.
func samePort(a, b string) bool {
	hostA, portA := splitAddress(a)
	hostB, portB := splitAddress(b)
	if portA != portB || portA == "0" || addressRule(a) != "" || addressRule(b) != "" {
		return false
	}
	return hostA == hostB || isEvery(hostA) || isEvery(hostB)
}

func splitAddress(s string) (host, port string) {
	at := strings.LastIndexByte(s, ':')
	if at < 0 {
		return s, ""
	}
	return strings.Trim(s[:at], "[]"), s[at+1:]
}

func isEvery(host string) bool { return host == "" || host == "0.0.0.0" || host == "::" }

// leastToken is how many characters the operator's token has at least.
const leastToken = 16

func (r *reader) checkAdmin() {
	a := r.cfg.Admin
	if a == nil || addressRule(a.Address) != "" {
		return
	}
	for j := range r.cfg.Listeners {
		if samePort(a.Address, r.cfg.Listeners[j].Address) {
			r.takenByAdmin(a.Address, j)
		}
	}
	if n := len(a.Token.Value()); n > 0 && n < leastToken {
		r.wrongAt(fmt.Sprintf("this token has %d characters, and whoever guesses it can make access tokens; expected %d or more, as openssl rand -hex 16 makes them", n, leastToken), "admin", "token")
	}
	if host, _ := splitAddress(a.Address); a.Token.Value() == "" && !access.IsLoopback(host) && !r.failed("admin", "token") {
		r.wrongAt(fmt.Sprintf("the admin address %s can be reached from other machines, so admin needs token: here; or listen on 127.0.0.1", quoted(a.Address)), "admin", "address")
	}
}

// takenByAdmin notes an address for calls and for the operator. Where admin: says none it is the listener's that can be changed.
func (r *reader) takenByAdmin(address string, listener int) {
	if r.cfg.Said("admin") {
		r.wrongAt(fmt.Sprintf("the admin address %s is also that of the listener on line %d; choose another, or say admin: off",
			quoted(address), r.line("listeners", listener, "address")), "admin", "address")
		return
	}
	r.wrongAt(fmt.Sprintf("%s is where admin listens unless it is told otherwise; say admin: with another address, as in 127.0.0.1:9091, or admin: off",
		quoted(r.cfg.Listeners[listener].Address)), "listeners", listener, "address")
}

// failed reports whether the file has a value at a place, and a mistake has been noted there.
func (r *reader) failed(path ...any) bool { return r.cfg.Said(path...) && r.noted(path...) }

// noted reports whether a mistake has been noted where a place is shown, or in what stands there.
func (r *reader) noted(path ...any) bool {
	at, value, _ := find(r.cfg.root, path)
	return r.notedAt(at) || r.notedIn(value)
}

func (r *reader) notedAt(n *yaml.Node) bool { return r.places[[2]int{n.Line, n.Column}] }

func (r *reader) notedIn(n *yaml.Node) bool {
	return r.notedAt(n) || slices.ContainsFunc(n.Content, r.notedIn)
}

func (r *reader) checkUpstreams() {
	if len(r.cfg.Upstreams) == 0 && r.cfg.Said("upstreams") && !r.failed("upstreams") {
		r.wrongAt("there is no upstream here; name one, as in people: http://10.0.0.5:9000", "upstreams")
	}
	for i := range r.cfg.Upstreams {
		u := &r.cfg.Upstreams[i]
		if u.CA != "" {
			r.checkAuthorities(u.CA, u.Name, "upstreams", u.Name, "tls", "ca")
		}
	}
	r.checkTargets()
	r.checkShedding()
}
