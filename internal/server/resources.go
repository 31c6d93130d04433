package server

import (
	"slices"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/route"
)

// resources are the APIs that tell clients whose tokens they take: those whose address is said, and that take tokens of our authorization server.
func resources(cfg *config.Config) (all []gateway.Resource) {
	if cfg.OAuth == nil {
		return nil
	}
	for i := range cfg.APIs {
		api := &cfg.APIs[i]
		if api.PublicURL == "" || !api.Credentials.Kinds.Has(access.OwnToken) {
			continue
		}
		of := oauth.Resource{URL: api.PublicURL, Name: api.Name, Servers: serversOf(cfg, api), Scopes: scopesOfAPI(api)}
		whole, host, path, err := of.MetadataURL()
		if err != nil { // the configuration was checked
			continue
		}
		all = append(all, gateway.Resource{API: i, URL: whole, Host: host, Path: path, Document: oauth.AppendResource(nil, &of, api.TokenInQuery)})
	}
	return all
}

// serversOf are the issuers whose tokens an API takes, ours first.
func serversOf(cfg *config.Config, api *route.APISpec) []string {
	all := []string{oauth.Issuer(cfg.WWW.PublicURL)}
	for i := range cfg.Issuers {
		if api.Credentials.Issuers&(1<<i) != 0 {
			all = append(all, cfg.Issuers[i].Issuer)
		}
	}
	return all
}

// scopesOfAPI are those that some route asks for.
func scopesOfAPI(api *route.APISpec) (all []string) {
	for i := range api.Routes {
		for _, together := range api.Routes[i].Scopes {
			all = append(all, together...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
