package api

import (
	"net/http"
	"strings"
)

// resources is what GET / and the page of the sandbox list.
var resources = [...]Resource{
	{"me", "GET", "/v2/me", "r_liteprofile or profile", "the member whose token was sent; takes projection=(id,firstName)"},
	{"emailAddress", "GET", "/v2/emailAddress?q=members&projection=(elements*(handle~))", "r_emailaddress or email", "the member's e-mail address"},
	{"userinfo", "GET", "/v2/userinfo", "openid", "OpenID Connect claims; POST too"},
	{"people", "GET", "/v2/people/id={personId}", "r_liteprofile or profile", "another member; also /v2/people/(id:{id})"},
	{"connections", "GET", "/v2/connections?q=viewer&start=0&count=10", "r_liteprofile or profile", "whom the member knows; five calls a day"},
	{"ugcPosts", "POST", "/v2/ugcPosts", "w_member_social", "a post, in the older shape"},
	{"posts", "POST", "/rest/posts", "w_member_social", "a post; 201 and x-restli-id"},
	{"", "GET", "/rest/posts/{urn}", "w_member_social", "one post; the URN percent-encoded"},
	{"", "DELETE", "/rest/posts/{urn}", "w_member_social", "takes a post back"},
	{"organizations", "GET", "/rest/organizations/{id}", "any token", "one organization"},
	{"adAccounts", "GET", "/rest/adAccounts", "r_ads and the advertising product", "advertising accounts; absent for other apps"},
}

// Resources gives what the API offers, in the order in which it is best read.
func Resources() []Resource { return resources[:] }

// index is GET /: what is here, for a person with curl as for a program; indented on purpose.
func (a *API) index(*http.Request, caller) answer { return answer{status: 200, body: welcome{}} }

// welcome is the body of GET /, one resource a line.
type welcome struct{}

func (welcome) append(dst []byte) []byte {
	dst = append(dst, "{\n  \"name\": \"Candor sandbox\",\n"...)
	dst = append(dst, "  \"about\": \"A LinkedIn-like API behind the Candor gateway. Every person and company is invented.\",\n"...)
	dst = append(dst, "  \"credentials\": \"Authorization: Bearer TOKEN; tokens in every state are in sandbox.json\",\n"...)
	dst = append(dst, "  \"versions\": \"/rest/* needs LinkedIn-Version: YYYYMM, of the last twelve months\",\n"...)
	dst = append(dst, "  \"faults\": \"X-Sandbox-Fault: NAME answers with that problem; an unknown name lists them all\",\n"...)
	dst = append(dst, "  \"resources\": [\n"...)
	for i, r := range resources {
		dst = append(dst, "    "...)
		dst = appendJSON(dst, object{
			{key: "call", value: r.Method + " " + r.Path},
			{key: "scopes", value: r.Scopes},
			{key: "about", value: r.About},
		})
		dst = append(dst, strings.Repeat(",", min(1, len(resources)-1-i))...)
		dst = append(dst, '\n')
	}
	return append(dst, "  ]\n}\n"...)
}
