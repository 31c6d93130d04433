package config

import (
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// How long what is issued lives, unless the file says otherwise.
const (
	applicationLife = 30 * time.Minute // a token that an app gets for itself
	accessLife      = 60 * 24 * time.Hour
	refreshLife     = 365 * 24 * time.Hour
	codeLife        = 5 * time.Minute
	contractCode    = 30 * time.Minute // a code in the linkedin profile
)

func oauthKeys(cfg *Config) object[OAuth] {
	return object[OAuth]{
		what: "oauth",
		start: func() OAuth {
			return OAuth{Profile: cfg.Profile, ApplicationLife: applicationLife, AccessLife: accessLife, RefreshLife: refreshLife, CodeLife: codeLife}
		},
		fields: []field[OAuth]{
			key("profile", func(o *OAuth) *problem.Profile { return &o.Profile }, profile),
			group("lives", "lives", []field[OAuth]{
				key("application", func(o *OAuth) *time.Duration { return &o.ApplicationLife }, span(time.Minute, token.MaxLife)),
				key("access", func(o *OAuth) *time.Duration { return &o.AccessLife }, span(time.Minute, token.MaxLife)),
				key("refresh", func(o *OAuth) *time.Duration { return &o.RefreshLife }, span(time.Minute, token.MaxLife)),
				key("code", func(o *OAuth) *time.Duration { return &o.CodeLife }, span(10*time.Second, time.Hour)).or(func(o *OAuth) {
					if o.Profile == problem.LinkedIn {
						o.CodeLife = contractCode
					}
				}),
			}),
		},
	}
}

// checkOAuth notes what the authorization server lacks, and warns where nobody could get a token of it.
func (r *reader) checkOAuth() {
	w := r.cfg.WWW
	switch {
	case r.cfg.OAuth == nil:
		return
	case w == nil:
		r.wrongAt("the authorization server is a part of www, which is off; say www: {address: 127.0.0.1:8081, public_url: https://auth.example.com}", "oauth")
	case w.PublicURL == "" && !r.failed("www", "public_url"):
		r.wrongAt("clients are told by what name the authorization server is reached; say public_url: under www:, as in https://auth.example.com", "oauth")
	case strings.HasPrefix(w.PublicURL, "http://") && !access.IsLoopback(hostOf(w.PublicURL)):
		r.warn("public_url: begins with http://, and clients send their secrets there; write https://", "www", "public_url")
	}
}
