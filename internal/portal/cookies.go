package portal

import (
	"net/http"
	"net/url"
	"time"
)

// cookies are those that we set. What people call us by, and never the connection, decides how: behind a balancer that ends TLS all connections are plain.
type cookies struct {
	session, browser string
	secure           bool
}

// cookiesOf gives those of https the prefix for which browsers take them from nobody but this very host (RFC 6265bis §4.1.3.2). Without https they have the port in
// their names, since cookies of one host are seen at all its ports.
func cookiesOf(public *url.URL) cookies {
	if public.Scheme == "https" {
		return cookies{"__Host-candor", "__Host-candor-browser", true}
	}
	port := public.Port()
	if port == "" {
		port = "80"
	}
	return cookies{"candor_" + port, "candor_browser_" + port, false}
}

// secret is what is in the session's cookie; "" where that is none of ours.
func (c *cookies) secret(r *http.Request) string {
	cookie, err := r.Cookie(c.session)
	if err != nil || len(cookie.Value) > longestToken {
		return ""
	}
	return cookie.Value
}

// set adds a cookie; without an age (in seconds) the browser has it until it is closed, and with a negative one it lets go of it.
func (c *cookies) set(head http.Header, name, value string, age int) {
	cookie := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode} //nolint:gosec // Secure is what the URL says
	head.Add("Set-Cookie", cookie.String())
}

// tell gives the browser the secret of its session.
func (c *cookies) tell(head http.Header, secret string) { c.set(head, c.session, secret, 0) }

// forget lets the browser forget the secret.
func (c *cookies) forget(head http.Header) { c.set(head, c.session, "", -1) }

// mark gives the browser what it is known by.
func (c *cookies) mark(head http.Header, value string) {
	c.set(head, c.browser, value, int(knownFor/time.Second))
}
