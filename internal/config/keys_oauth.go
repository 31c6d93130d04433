package config

import (
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// applicationLife is how long a token lives that an app gets for itself, unless the file says otherwise.
const applicationLife = 30 * time.Minute

func oauthKeys(cfg *Config) object[OAuth] {
	return object[OAuth]{
		what:  "oauth",
		start: func() OAuth { return OAuth{Profile: cfg.Profile, ApplicationLife: applicationLife} },
		fields: []field[OAuth]{
			key("profile", func(o *OAuth) *problem.Profile { return &o.Profile }, profile),
			group("lives", "lives", []field[OAuth]{
				key("application", func(o *OAuth) *time.Duration { return &o.ApplicationLife }, span(time.Minute, token.MaxLife)),
				later[OAuth]("access", "tokens of members"),
				later[OAuth]("refresh", "tokens of members"),
				later[OAuth]("code", "tokens of members"),
			}),
		},
	}
}

// checkOAuth notes what the authorization server lacks, and warns where nobody could get a token of it.
func (r *reader) checkOAuth() {
	w := r.cfg.WWW
	host := ""
	if w != nil {
		if to, err := url.Parse(w.PublicURL); err == nil {
			host = to.Hostname()
		}
	}
	switch {
	case r.cfg.OAuth == nil:
		return
	case w == nil:
		r.wrongAt("the authorization server is a part of www, which is off; say www: {address: 127.0.0.1:8081, public_url: https://auth.example.com}", "oauth")
	case w.PublicURL == "" && !r.failed("www", "public_url"):
		r.wrongAt("clients are told by what name the authorization server is reached; say public_url: under www:, as in https://auth.example.com", "oauth")
	case strings.HasPrefix(w.PublicURL, "http://") && !access.IsLoopback(host):
		r.warn("public_url: begins with http://, and clients send their secrets there; write https://", "www", "public_url")
	}
}
