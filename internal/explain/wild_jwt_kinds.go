package explain

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// encrypted is a token of RFC 7516: five parts, of which the first alone can be read.
var encrypted = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+`)

// encryptedIn finds tokens that nobody but their server can read.
func encryptedIn(text string) []observation {
	for _, token := range encrypted.FindAllString(text, tokensMax) {
		head, _, _ := strings.Cut(token, ".")
		var c claims
		if c.read(head) && c.Enc != "" {
			return []observation{{
				"A token of five parts is encrypted (enc " + claim(c.Enc) + "): whoever does not hold its key cannot check it. Authorization servers give such a one where no audience was asked for.",
				chances{"wrong-token-kind": 75},
				map[string]float64{"wrong-token-kind": 4},
			}}
		}
	}
	return nil
}

// wellKnown are audiences that are an API of their maker's, and no one else's.
var wellKnown = map[string]string{
	"00000003-0000-0000-c000-000000000000": "Microsoft Graph", "https://graph.microsoft.com": "Microsoft Graph",
	"00000002-0000-0000-c000-000000000000": "Azure AD Graph", "https://management.azure.com": "Azure Resource Manager", "https://management.core.windows.net": "Azure Resource Manager",
}

// kinds says which kind of token it is, where its claims give that away.
func (c *claims) kinds() []observation {
	use := strings.ToLower(c.Use + " " + c.Typ)
	wrong := func(what string) []observation {
		return []observation{{what, chances{"wrong-token-kind": 70}, map[string]float64{"wrong-token-kind": 4, "jwt-aud": 1.5}}}
	}
	aud := strings.TrimSuffix(strings.Trim(string(c.Aud), `"[]`), "/")
	if c.Alg != "" && c.Alg != "RS256" && !strings.HasPrefix(c.Alg, "HS") && c.Alg != "none" {
		return []observation{{"Its algorithm is " + claim(c.Alg) + ": libraries that are not told so expect RS256.", nil, map[string]float64{"jwt-algorithm": 3}}}
	}
	switch {
	case strings.Contains(use, "refresh") || strings.Contains(use, "offline"):
		return wrong("It is a refresh token by its own words: it goes to the token endpoint alone.")
	case strings.HasPrefix(use, "id ") || c.AtHash != "" || c.CHash != "" || c.Nonce != "" && c.Scope == nil && c.Scp == nil:
		return wrong("It has the marks of an ID token (nonce, at_hash or token_use): an API takes an access token.")
	case wellKnown[aud] != "":
		return []observation{{"Its audience is " + wellKnown[aud] + ": no other API can check it.", chances{"jwt-aud": 45}, map[string]float64{"jwt-aud": 3}}}
	}
	return nil
}

// issuers compares the issuer of a token with the addresses that the paste shows beside it.
func (c *claims) issuers(around string) []observation {
	mine, err := url.Parse(c.Iss)
	if err != nil || mine.Host == "" {
		return nil
	}
	for _, s := range address.FindAllString(around, twinsMax) {
		other, err := url.Parse(strings.TrimRight(s, ".:"))
		if err != nil || other.String() == mine.String() {
			continue
		}
		if how := issuersDiffer(mine, other); how != "" {
			return []observation{{"Its issuer and an address in the paste differ in " + how + " alone.", chances{"jwt-issuer": 40}, map[string]float64{"jwt-issuer": 2}}}
		}
	}
	return nil
}

// issuersDiffer says in what two addresses of an issuer differ, if they are nearly the same.
func issuersDiffer(a, b *url.URL) string {
	how := difference(a, b)
	paths := []string{strings.Trim(a.Path, "/"), strings.Trim(b.Path, "/")}
	switch {
	case how == "their scheme" && a.Host == b.Host && paths[0] == paths[1], how == "the slash at their end", how == "their host or port" && paths[0] == paths[1] && paths[0] != "":
		return how
	case how == "their path" && !slices.Contains(paths, "") && a.Host == b.Host && (strings.HasPrefix(paths[0], paths[1]) || strings.HasPrefix(paths[1], paths[0])):
		return how
	}
	return ""
}
