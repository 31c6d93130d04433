package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxBody is enough for any command.
const maxBody = 64 << 10

// guard says why a request is not let in, nil if it is. e is nil where nothing is.
func (p *panel) guard(r *http.Request, e *endpoint) *Fault {
	if p.local {
		return nil
	}
	if r.Method != "GET" && r.Method != "HEAD" && fromPage(r) {
		return &Fault{403, "Commands are not taken from a web page", "Send it without Origin and Sec-Fetch-Site, as curl does."}
	}
	if e != nil && e.access == open {
		return nil
	}
	if e != nil && e.extra != nil {
		return e.extra.checkToken(r)
	}
	if p.Token != "" {
		return p.checkToken(r, e != nil && e.page)
	}
	if !p.knowsHost(r.Host) {
		return &Fault{403, fmt.Sprintf("This listener is not called %q", r.Host), "Call it by its loopback address, or set admin.token."}
	}
	if e != nil && e.access == trusted && slices.Contains(e.Methods, r.Method) {
		return &Fault{403, "Without a token this listener gives out no more than health and metrics: every process of this machine can reach it", p.howTo(r.Method, e.Path)}
	}
	return nil
}

// howTo says how an endpoint can be had all the same.
func (p *panel) howTo(method, path string) string {
	fix := "Set admin.token, 16 characters or more, and send it as Authorization: Bearer TOKEN."
	if p.Socket != "" {
		fix = fmt.Sprintf("Ask over the socket, as candor reload and candor token mint do: curl -X %s --unix-socket %s http://candor%s. Or s%s", method, p.Socket, path, fix[1:])
	}
	return fix
}

// fromPage reports whether a browser sent the request for a page (Fetch §3.2,
// Fetch Metadata §2.1); programs send neither field.
func fromPage(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return len(r.Header.Values("Origin")) > 0 || site != "" && site != "none"
}

// checkToken takes the token of a browser, which can send it as a password alone, for pages and for nothing else: what a browser has kept it sends unasked, whatever page
// of another site makes it.
func (p *panel) checkToken(r *http.Request, page bool) *Fault {
	const fix = "Send Authorization: Bearer TOKEN with the value of admin.token."
	sent := r.Header.Values("Authorization")
	if len(sent) == 0 {
		return &Fault{401, "No token was sent", fix}
	}
	if _, password, basic := r.BasicAuth(); page && basic && len(sent) == 1 && same(password, p.Token) {
		return nil
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if len(sent) > 1 || !strings.EqualFold(scheme, "Bearer") || !same(strings.TrimLeft(token, " "), p.Token) {
		return &Fault{401, "The token is wrong", fix}
	}
	return nil
}

// same compares in constant time; the hashes hide the lengths too.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// knowsHost guards against DNS rebinding: a page whose name was made to point
// to 127.0.0.1 still sends that name.
func (p *panel) knowsHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return isLoopback(host) || slices.ContainsFunc(p.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// read decodes a JSON body, strictly: a field that nobody knows is a mistake.
func read(w http.ResponseWriter, r *http.Request, into any) *Fault {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &Fault{415, "The body must be JSON", "Send Content-Type: application/json."}
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		_, err = d.Token()
		if err == nil {
			err = errors.New("something follows the object")
		}
	}
	if err == io.EOF { //nolint:errorlint // Token returns it as it is
		return nil
	}
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return &Fault{413, fmt.Sprintf("The body is longer than %d bytes", maxBody), "Send less."}
	}
	return &Fault{400, "The body is not what was expected: " + strings.TrimPrefix(err.Error(), "json: "), "Send one JSON object with the fields that are known here."}
}
