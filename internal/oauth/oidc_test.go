package oauth

import "testing"

// TestAtHash is the example of OpenID Connect Core 1.0, A.3.
func TestAtHash(t *testing.T) {
	if got, want := AtHash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestIDTokenSaysWhatIsKnown(t *testing.T) {
	all := IDToken{Issuer: "https://x/oauth", Subject: "ada", Audience: "shop", Ends: 4600, Issued: 1000, Authenticated: 900, Nonce: "n", TokenHash: "h"}
	all.About(Person{Email: "ada@example.com"})
	least := IDToken{Issuer: "https://x/oauth", Subject: "ada", Audience: "shop", Ends: 4600, Issued: 1000}
	least.About(Person{})
	for want, token := range map[string]IDToken{
		`{"iss":"https://x/oauth","sub":"ada","aud":"shop","exp":4600,"iat":1000,"auth_time":900,"nonce":"n","at_hash":"h","email":"ada@example.com","email_verified":false}` + "\n": all,
		`{"iss":"https://x/oauth","sub":"ada","aud":"shop","exp":4600,"iat":1000}` + "\n":                                                                                            least,
	} {
		if got := string(appendJSON(nil, token)); got != want {
			t.Errorf("got %swant %s", got, want)
		}
	}
}
