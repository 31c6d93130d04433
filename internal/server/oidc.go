package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/problem"
)

// oidcPaths are what clients read to find the authorization server and to believe it.
var oidcPaths = []wwwPath{
	{oauth.MetadataPath, "www/oauth_metadata", reading, serveMetadata, noAuthorization, false},
	{oauth.DiscoveryPath, "www/openid_configuration", reading, serveMetadata, noAuthorization, false},
	{oauth.KeysPath, "www/oauth_keys", reading, serveKeys, noAuthorization, false},
}

// offers are what this server does: what is not in here its metadata does not say.
func (a *authorization) offers(s *site) oauth.Offers {
	members := !noMembers(s)
	return oauth.Offers{Authorization: members, Refresh: members, IDTokens: members, Public: members, UserInfo: true}
}

// serveMetadata tells clients of the server, of any origin.
func serveMetadata(s *site, w http.ResponseWriter, _ *http.Request) *problem.Problem {
	a := s.auth
	a.s.mu.Lock()
	cfg := a.s.cfg
	a.s.mu.Unlock()
	about := oauth.Site{URL: a.url}
	for i := range cfg.Scopes {
		about.Scopes = append(about.Scopes, cfg.Scopes[i].Name)
	}
	if strings.HasPrefix(a.docs, "http") {
		about.Docs = a.docs
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	send(w, http.StatusOK, oauth.AppendMetadata(nil, &about, a.offers(s)))
	return nil
}

// keysKept is for how many seconds clients may keep the published keys. A key is published a day before it signs.
const keysKept = 3600

// serveKeys publishes the keys of id_tokens, to any origin. The first may be in the making.
func serveKeys(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
	a := s.auth
	set, err := a.keys.AppendJWKS(r.Context(), nil, a.s.o.Now())
	if err != nil {
		v, _ := w.(*visit)
		a.refuse(w, v, a.unavailable("publish its keys", err))
		return nil
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(keysKept))
	send(w, http.StatusOK, set)
	return nil
}

// prepareSigning begins to make the first signing key, where there is none and an authorization server asks for one.
func (s *Server) prepareSigning() {
	if s.cfg.OAuth != nil {
		s.core.signing.Prepare(s.o.Now())
	}
}

// sought are words in paths at which clients look, by habit or by what another server has, and what is meant by them here.
var sought = []struct{ word, at string }{
	{"openid-configuration", oauth.DiscoveryPath},
	{"oauth-authorization-server", oauth.MetadataPath},
	{"jwks", oauth.KeysPath},
	{"userinfo", oauth.UserInfoPath},
	{"", oauth.MetadataPath}, // it names all the others
}

// nearestOAuth is the path of the authorization server that is meant by one that is none; "" where the first segment is not of its.
func nearestOAuth(first, rest string) string {
	if first != ".well-known" && first != "oauth" || rest == "" {
		return ""
	}
	for _, s := range sought {
		if strings.Contains(strings.ToLower(rest), s.word) {
			return s.at
		}
	}
	return ""
}
