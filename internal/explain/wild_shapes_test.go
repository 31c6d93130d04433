package explain

import (
	"strings"
	"testing"
)

// What the facts of a paste show side by side is told, and speaks for its cause.
func TestShapes(t *testing.T) {
	id := token(`{"alg":"RS256","kid":"a"}`, `{"iss":"https://id.example/","aud":"abc","nonce":"n","at_hash":"h"}`)
	graph := token(`{"alg":"RS256","kid":"a"}`, `{"iss":"https://id.example/","aud":"00000003-0000-0000-c000-000000000000","scp":"User.Read"}`)
	refresh := token(`{"alg":"HS512"}`, `{"iss":"https://id.example/","typ":"Refresh"}`)
	inner := token(`{"alg":"RS256"}`, `{"iss":"http://keycloak:8080/realms/shop","aud":"x","scope":"a"}`)
	for _, tc := range []struct{ name, paste, seen, cause string }{
		{"slash", "https://a.example/v1/me/ is fine\nhttps://a.example/v1/me gives 401", "differ in the slash at their end alone", "auth-dropped-by-redirect"},
		{"scheme", "401 unauthorized with http://a.example/v1, with https://a.example/v1 all is well", "differ in their scheme alone", "auth-dropped-by-redirect"},
		{"two clocks", "401 invalid token, iat > time(): 1795712431 here and 1795712404 there", "27s apart", "clock-skew"},
		{"two refreshes", "10:00:00.100 POST /token grant_type=refresh_token 200\n10:00:00.140 POST /token grant_type=refresh_token 400 invalid_grant", "40ms apart", "refresh-race"},
		{"two exchanges", "10:00:00 GET /callback 200\n10:00:00 GET /callback 500 invalid_grant", "0s apart", "code-used-twice"},
		{"an error without CORS", "blocked by CORS policy: No 'Access-Control-Allow-Origin' header\nGET https://a.example/ net::ERR_FAILED 413", "is an error, 413", "body-too-large"},
		{"scopes", "HTTP/2 404\nx-oauth-scopes: gist, user\nx-accepted-oauth-scopes: repo\n\n{\"message\":\"Not Found\"}", "none of the scopes", "scope-missing"},
		{"ID token", "401 invalid token\nAuthorization: Bearer " + id, "marks of an ID token", "wrong-token-kind"},
		{"refresh token", "401 invalid token\nAuthorization: Bearer " + refresh, "refresh token by its own words", "wrong-token-kind"},
		{"Graph", "signature validation failed\nAuthorization: Bearer " + graph, "Its audience is Microsoft Graph", "jwt-aud"},
		{"encrypted", "not enough segments: eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..abcd.efgh.ijkl", "is encrypted (enc A256GCM)", "wrong-token-kind"},
		{"issuer", "401 invalid_token\nissuer-uri: http://localhost:8080/realms/shop\nBearer " + inner, "differ in their host or port alone", "jwt-issuer"},
		{"empty scheme", "Authorization: Bearer \nHTTP/1.1 401 Unauthorized", "no token is behind it", "token-not-sent"},
		{"broken value", "not a valid key=value pair 'Credential=\nAKIAEXAMPLE/2026'", "broken by a line end", "hidden-character"},
		{"quoted host", "Error: getaddrinfo ENOTFOUND \"db.example\"", "part of the host name", "hidden-character"},
		{"object as a token", "Authorization: Bearer [object Object] gives 401", "an object that was made a text", "template-not-filled"},
		{"placeholder that a server repeats", "AADSTS700016: Application with identifier '{clientId}' was not found", "a placeholder of 10 characters", "template-not-filled"},
		{"another scheme asked for", "GET /items Authorization: Bearer S3CRETvalue\n401\nWWW-Authenticate: Token", "asks for another word", "auth-scheme-wrong"},
		{"a redirect to itself", "$ curl -I https://css.example.com/\nHTTP/2 302\nlocation: https://css.example.com/\n", "asked already", "redirect-loop"},
		{"an object as a text", "Error: [object Object]", "what it held is lost", "evidence-lost"},
		{"axios", "AxiosError: Request failed with status code 403", "error.response.data", "evidence-lost"},
		{"requests", "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://a.example/", "r.text", "evidence-lost"},
		{".NET", "Response status code does not indicate success: 401 (Unauthorized).", "EnsureSuccessStatusCode", ""},
		{"Go", "unexpected status code: 500", "The client tells the status alone", ""},
		{"a script", "TypeError: Failed to fetch", "error.cause", ""},
		{"an underscore", "curl -H 'api_key: S3CRET' https://a.example/ answers 401 missing key through nginx", "an underscore in its name", "header-dropped"},
		{"well, then refused", "POST https://id.example/oauth2/token 200\nPOST https://id.example/oauth2/token 400 {\"error\":\"invalid_grant\"}", "answered one call well", "code-used-twice"},
		{"two names of a machine", "opened at http://localhost:3000, the callback is http://127.0.0.1:3000/callback and its session is empty", "are both shown", "state-lost"},
		{"nothing of it", "https://a.example/v1/items and https://b.example/v1/items answer 401, 1795712431", "", ""},
	} {
		e, _ := At([]byte(tc.paste), wildNow)
		seen := strings.Join(e.Seen, "\n")
		if tc.seen == "" && seen != "" || !strings.Contains(seen, tc.seen) {
			t.Errorf("%s: seen %q, want %q", tc.name, seen, tc.seen)
		}
		if tc.cause != "" && (len(e.Ranked) == 0 || e.Ranked[0].Name != tc.cause) {
			t.Errorf("%s: %+v, want %s first", tc.name, e.Ranked, tc.cause)
		}
		if strings.Contains(e.Text(), "eyJ") || strings.Contains(e.Text(), "AKIAEXAMPLE") || strings.Contains(e.Text(), "S3CRET") {
			t.Errorf("%s repeats a credential", tc.name)
		}
	}
}
