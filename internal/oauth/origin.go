package oauth

import (
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
)

// MayRead reports whether a page of an origin may read answers of the token and the revocation endpoint: where a public app runs in a browser, its own pages are
// where its members come back to.
func (f *Facts) MayRead(origin string) bool {
	return slices.ContainsFunc(f.Apps, func(app *access.App) bool {
		return app != nil && app.Public && !app.Disabled && app.External == "" &&
			slices.ContainsFunc(app.RedirectURIs, func(uri string) bool { return sameOrigin(uri, origin) })
	})
}

var defaultPorts = map[string]string{"http": ":80", "https": ":443"}

// sameOrigin reports whether a redirect URI is of an origin, as browsers spell it (RFC 6454 §6.2). On this machine the port may be another.
func sameOrigin(uri, origin string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), defaultPorts[u.Scheme])
	if origin == u.Scheme+"://"+host {
		return true
	}
	known, ok := withoutPort(u.Scheme + "://" + host)
	sent, is := withoutPort(origin)
	return ok && is && known == sent
}
