package oauth

import (
	"net/url"
	"strings"
)

// resourceWords are what is put between host and path of a resource (RFC 9728 §3).
const resourceWords = "/.well-known/oauth-protected-resource"

// Resource is an API as clients find out about it.
type Resource struct {
	URL     string   // where it is called, which is its name
	Name    string   // for people
	Servers []string // the issuers whose tokens it takes
	Scopes  []string // that its routes ask for
}

// resourceMetadata is RFC 9728 §2's.
type resourceMetadata struct {
	Resource string   `json:"resource"`
	Servers  []string `json:"authorization_servers"`
	Scopes   []string `json:"scopes_supported,omitempty"`
	Methods  []string `json:"bearer_methods_supported"`
	Name     string   `json:"resource_name,omitempty"`
}

// MetadataURL is where the metadata of a resource stands (RFC 9728 §3.1), with its host, without a port, and its path.
func (r *Resource) MetadataURL() (whole, host, path string, err error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return "", "", "", err
	}
	path = resourceWords + strings.TrimSuffix(u.EscapedPath(), "/")
	return u.Scheme + "://" + u.Host + path, strings.TrimSuffix(u.Host, ":"+u.Port()), path, nil
}

// AppendResource appends the document that tells clients of an API.
func AppendResource(dst []byte, r *Resource, inQuery bool) []byte {
	methods := []string{"header"}
	if inQuery {
		methods = append(methods, "query")
	}
	return appendJSON(dst, resourceMetadata{r.URL, r.Servers, r.Scopes, methods, r.Name})
}
