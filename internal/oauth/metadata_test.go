package oauth

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMetadataClaimsWhatIsOffered: each thing that is offered adds its facts, and nothing else is said.
func TestMetadataClaimsWhatIsOffered(t *testing.T) {
	by := []any{"client_secret_basic", "client_secret_post"}
	always := map[string]any{
		"issuer": "https://x/oauth", "token_endpoint": "https://x/oauth/v2/accessToken",
		"introspection_endpoint": "https://x/oauth/v2/introspectToken", "revocation_endpoint": "https://x/oauth/v2/revoke", "jwks_uri": "https://x/oauth/v2/jwks",
		"response_types_supported": []any{}, "grant_types_supported": []any{"client_credentials"}, "token_endpoint_auth_methods_supported": by,
		"introspection_endpoint_auth_methods_supported": by, "revocation_endpoint_auth_methods_supported": by,
	}
	for name, c := range map[string]struct {
		site   Site
		offers Offers
		more   map[string]any
	}{
		"nothing": {},
		"scopes and docs": {Site{Scopes: []string{"r_a", "openid"}, Docs: "https://docs"}, Offers{}, map[string]any{
			"scopes_supported": []any{"r_a", "openid"}, "service_documentation": "https://docs",
		}},
		"authorization": {Site{}, Offers{Authorization: true}, map[string]any{
			"authorization_endpoint": "https://x/oauth/v2/authorization", "response_types_supported": []any{"code"}, "response_modes_supported": []any{"query"},
			"code_challenge_methods_supported": []any{"S256"}, "prompt_values_supported": []any{"none", "login", "consent", "select_account"},
			"authorization_response_iss_parameter_supported": true, "request_uri_parameter_supported": false,
			"grant_types_supported": []any{"client_credentials", "authorization_code"},
		}},
		"refresh": {Site{}, Offers{Refresh: true}, map[string]any{"grant_types_supported": []any{"client_credentials", "refresh_token"}}},
		"id_tokens": {Site{}, Offers{IDTokens: true}, map[string]any{
			"subject_types_supported": []any{"public"}, "id_token_signing_alg_values_supported": []any{"RS256"},
			"claims_supported": []any{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified"},
		}},
		"userinfo": {Site{}, Offers{UserInfo: true}, map[string]any{"userinfo_endpoint": "https://x/oauth/v2/userinfo"}},
		"public apps": {Site{}, Offers{Public: true}, map[string]any{
			"token_endpoint_auth_methods_supported":      []any{"client_secret_basic", "client_secret_post", "none"},
			"revocation_endpoint_auth_methods_supported": []any{"client_secret_basic", "client_secret_post", "none"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c.site.URL = "https://x"
			want := maps.Clone(always)
			maps.Copy(want, c.more)
			var got map[string]any
			if err := json.Unmarshal(AppendMetadata(nil, &c.site, c.offers), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
