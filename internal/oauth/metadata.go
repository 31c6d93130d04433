package oauth

// metadata is RFC 8414 §2's: what is there, and nothing else.
type metadata struct {
	Issuer            string   `json:"issuer"`
	Token             string   `json:"token_endpoint"`
	Introspection     string   `json:"introspection_endpoint"`
	Revocation        string   `json:"revocation_endpoint"`
	ResponseTypes     []string `json:"response_types_supported"` // required; there is no authorization endpoint yet
	GrantTypes        []string `json:"grant_types_supported"`
	TokenAuth         []string `json:"token_endpoint_auth_methods_supported"`
	IntrospectionAuth []string `json:"introspection_endpoint_auth_methods_supported"`
	RevocationAuth    []string `json:"revocation_endpoint_auth_methods_supported"`
	Scopes            []string `json:"scopes_supported,omitempty"`
	Documentation     string   `json:"service_documentation,omitempty"`
}

// Issuer is the name of the authorization server of a site.
func Issuer(publicURL string) string { return publicURL + issuerPath }

// AppendMetadata appends the document that tells clients of the server.
func AppendMetadata(dst []byte, publicURL string, scopes []string, docs string) []byte {
	by := []string{"client_secret_basic", "client_secret_post"}
	return appendJSON(dst, metadata{
		Issuer: Issuer(publicURL), Token: publicURL + TokenPath, Introspection: publicURL + IntrospectPath, Revocation: publicURL + RevokePath,
		ResponseTypes: []string{}, GrantTypes: []string{ClientCredentials}, TokenAuth: by, IntrospectionAuth: by, RevocationAuth: by, Scopes: scopes, Documentation: docs,
	})
}
