package oauth

// Offers are what a server does beyond tokens of apps alone. Its metadata says nothing else.
type Offers struct {
	Authorization bool // the authorization endpoint, with codes of PKCE
	Refresh       bool // refresh tokens
	IDTokens      bool // id_tokens beside the tokens of a code
	Public        bool // apps without a secret
	UserInfo      bool // what is known of a member, for an access token
}

// Site is what metadata says of a server beside what it offers.
type Site struct {
	URL    string   // where it stands
	Scopes []string // that can be asked for
	Docs   string   // an address for developers; "" none
}

// metadata is what RFC 8414 §2 and OpenID Connect Discovery 1.0 §3 have: what is there, and nothing else.
type metadata struct {
	Issuer            string   `json:"issuer"`
	Authorization     string   `json:"authorization_endpoint,omitempty"`
	Token             string   `json:"token_endpoint"`
	UserInfo          string   `json:"userinfo_endpoint,omitempty"`
	Introspection     string   `json:"introspection_endpoint"`
	Revocation        string   `json:"revocation_endpoint"`
	Keys              string   `json:"jwks_uri"`
	ResponseTypes     []string `json:"response_types_supported"` // required, also of who has none
	ResponseModes     []string `json:"response_modes_supported,omitempty"`
	GrantTypes        []string `json:"grant_types_supported"`
	Challenges        []string `json:"code_challenge_methods_supported,omitempty"`
	Prompts           []string `json:"prompt_values_supported,omitempty"`
	NamesIssuer       bool     `json:"authorization_response_iss_parameter_supported,omitempty"` // RFC 9207 §3
	TokenAuth         []string `json:"token_endpoint_auth_methods_supported"`
	IntrospectionAuth []string `json:"introspection_endpoint_auth_methods_supported"`
	RevocationAuth    []string `json:"revocation_endpoint_auth_methods_supported"`
	Subjects          []string `json:"subject_types_supported,omitempty"`
	Algorithms        []string `json:"id_token_signing_alg_values_supported,omitempty"`
	Claims            []string `json:"claims_supported,omitempty"`
	RequestURI        *bool    `json:"request_uri_parameter_supported,omitempty"` // who does not say so has it
	Scopes            []string `json:"scopes_supported,omitempty"`
	Documentation     string   `json:"service_documentation,omitempty"`
}

// Issuer is the name of the authorization server of a site.
func Issuer(publicURL string) string { return publicURL + issuerPath }

// AppendMetadata appends the document that tells clients of the server.
func AppendMetadata(dst []byte, site *Site, offers Offers) []byte {
	by := []string{"client_secret_basic", "client_secret_post"}
	m := metadata{
		Issuer: Issuer(site.URL), Token: site.URL + TokenPath, Introspection: site.URL + IntrospectPath,
		Revocation: site.URL + RevokePath, Keys: site.URL + KeysPath, ResponseTypes: []string{}, GrantTypes: []string{ClientCredentials},
		TokenAuth: by, IntrospectionAuth: by, RevocationAuth: by, Scopes: site.Scopes, Documentation: site.Docs,
	}
	if offers.Authorization {
		m.Authorization, m.ResponseTypes, m.ResponseModes, m.Challenges = site.URL+AuthorizationPath, []string{"code"}, []string{"query"}, []string{"S256"}
		m.Prompts, m.NamesIssuer, m.RequestURI = []string{"none", "login", "consent", "select_account"}, true, new(false)
		m.GrantTypes = append(m.GrantTypes, "authorization_code")
	}
	if offers.Refresh {
		m.GrantTypes = append(m.GrantTypes, "refresh_token")
	}
	if offers.IDTokens {
		m.Subjects, m.Algorithms, m.Claims = []string{"public"}, []string{"RS256"}, claims
	}
	if offers.UserInfo {
		m.UserInfo = site.URL + UserInfoPath
	}
	if offers.Public {
		m.TokenAuth, m.RevocationAuth = append(m.TokenAuth, "none"), append(m.RevocationAuth, "none")
	}
	return appendJSON(dst, m)
}
