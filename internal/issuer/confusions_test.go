package issuer

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// TestConfusions: what is made to look like a good token is told for what it is, and none is remembered.
func TestConfusions(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	kid := map[string]any{"kid": "rsa"}
	rs := func(header, claims map[string]any) string { return signed("RS256", rsaKey(), header, o.claims(claims)) }
	with := func(claims map[string]any) string { return rs(kid, claims) }
	enc := base64.RawURLEncoding.EncodeToString
	good := o.token(nil)
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	publicPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(rsaKey().Public()))})
	hmac := func(secret []byte) string {
		return signed("HS256", secret, map[string]any{"kid": "rsa"}, o.claims(nil))
	}
	embedded := jose.JSONWebKey{Key: otherRSA().Public(), KeyID: "rsa"}
	encrypter := must(jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: rsaKey().Public()}, (&jose.EncrypterOptions{}).WithContentType("JWT")))
	nested := must(must(encrypter.Encrypt([]byte(good))).CompactSerialize())
	claims := text(o.claims(nil))
	now := func(add int) int { return noon + add }
	header := `{"alg":"RS256","kid":"rsa"}`

	for name, c := range map[string]struct {
		cred  string
		state State
		why   Why
	}{
		"good":                           {good, Good, NoFault},
		"good, ES256":                    {signed("ES256", ecKey(), map[string]any{"kid": "ec"}, o.claims(nil)), Good, NoFault},
		"good, EdDSA":                    {signed("EdDSA", edKey(), map[string]any{"kid": "ed"}, o.claims(nil)), Good, NoFault},
		"good, no kid":                   {rs(nil, nil), Good, NoFault},
		"good, typ JWT":                  {rs(map[string]any{"kid": "rsa", "typ": "jwt"}, nil), Good, NoFault},
		"good, typ with application/":    {rs(map[string]any{"kid": "rsa", "typ": "Application/AT+JWT"}, nil), Good, NoFault},
		"good, aud is a list":            {with(map[string]any{"aud": []string{"x", "https://api.example.com"}}), Good, NoFault},
		"good, exp is a float":           {raw(header, strings.Replace(claims, `"exp":`+text(now(3600)), `"exp":`+text(now(3600))+".75", 1)), Good, NoFault},
		"good, exp within the leeway":    {with(map[string]any{"exp": now(-59)}), Good, NoFault},
		"good, nbf within the leeway":    {with(map[string]any{"nbf": now(59)}), Good, NoFault},
		"good, jku is not looked at":     {rs(map[string]any{"kid": "rsa", "jku": "https://evil.example/keys"}, nil), Good, NoFault},
		"good, x5u is not looked at":     {rs(map[string]any{"kid": "rsa", "x5u": "https://evil.example/cert"}, nil), Good, NoFault},
		"alg none":                       {enc([]byte(`{"alg":"none"}`)) + "." + enc([]byte(claims)) + ".", Invalid, Algorithm},
		"alg None":                       {enc([]byte(`{"alg":"None"}`)) + "." + enc([]byte(claims)) + ".", Invalid, Algorithm},
		"alg none over a good signature": {enc([]byte(`{"alg":"none","kid":"rsa"}`)) + "." + body + "." + signature, Invalid, Algorithm},
		"no alg":                         {raw(`{"kid":"rsa"}`, claims), Invalid, Algorithm},
		"alg is a list":                  {raw(`{"alg":["RS256"],"kid":"rsa"}`, claims), Invalid, Malformed},
		"alg in small letters":           {raw(`{"alg":"rs256","kid":"rsa"}`, claims), Invalid, Algorithm},
		"HMAC by the public key":         {hmac(publicPEM), Invalid, Algorithm},
		"HMAC by nothing much":           {hmac([]byte("secret-secret-secret-secret-secret")), Invalid, Algorithm},
		"a stranger's key under our kid": {signed("RS256", otherRSA(), kid, o.claims(nil)), Invalid, Signature},
		"a stranger's key, no kid":       {signed("RS256", otherRSA(), nil, o.claims(nil)), Invalid, Signature},
		"its own key in jwk":             {signed("RS256", otherRSA(), map[string]any{"kid": "rsa", "jwk": embedded}, o.claims(nil)), Invalid, Signature},
		"its own key in jku":             {signed("RS256", otherRSA(), map[string]any{"kid": "rsa", "jku": o.URL + "/evil"}, o.claims(nil)), Invalid, Signature},
		"RS256 with the key of ES256":    {signed("RS256", rsaKey(), map[string]any{"kid": "ec"}, o.claims(nil)), Invalid, UnknownKey},
		"PS256 with a key for RS256":     {signed("PS256", rsaKey(), kid, o.claims(nil)), Invalid, UnknownKey},
		"kid of nobody":                  {rs(map[string]any{"kid": "nobody"}, nil), Invalid, UnknownKey},
		"kid is a path":                  {rs(map[string]any{"kid": "../../../dev/null"}, nil), Invalid, UnknownKey},
		"kid is SQL":                     {rs(map[string]any{"kid": "' OR 1=1 --"}, nil), Invalid, UnknownKey},
		"kid is empty":                   {rs(map[string]any{"kid": ""}, nil), Invalid, UnknownKey},
		"kid is a number":                {raw(`{"alg":"RS256","kid":1}`, claims), Invalid, Malformed},
		"kid is endless":                 {rs(map[string]any{"kid": pad(513)}, nil), Invalid, Malformed},
		"crit":                           {raw(`{"alg":"RS256","kid":"rsa","crit":["exp"],"exp":1}`, claims), Invalid, Extension},
		"crit is empty":                  {raw(`{"alg":"RS256","kid":"rsa","crit":[]}`, claims), Invalid, Extension},
		"b64":                            {raw(`{"alg":"RS256","kid":"rsa","b64":false}`, claims), Invalid, Extension},
		"typ of an ID token":             {rs(map[string]any{"kid": "rsa", "typ": "id_token+jwt"}, nil), Invalid, Type},
		"typ of a logout token":          {rs(map[string]any{"kid": "rsa", "typ": "logout+jwt"}, nil), Invalid, Type},
		"typ is no text":                 {raw(`{"alg":"RS256","kid":"rsa","typ":1}`, claims), Invalid, Malformed},
		"a token within a token":         {raw(`{"alg":"RS256","kid":"rsa","cty":"JWT"}`, good), Invalid, Encrypted},
		"encrypted":                      {nested, Invalid, Encrypted},
		"alg twice":                      {raw(`{"alg":"none","kid":"rsa","alg":"RS256"}`, claims), Invalid, Malformed},
		"iss twice":                      {raw(header, strings.Replace(claims, `{`, `{"iss":"https://evil.example",`, 1)), Invalid, Malformed},
		"aud twice":                      {raw(header, strings.Replace(claims, `{`, `{"aud":"x",`, 1)), Invalid, Malformed},
		"aud twice, once escaped":        {raw(header, strings.Replace(claims, `{`, `{"\u0061ud":"x",`, 1)), Invalid, Malformed},
		"claims with something behind":   {raw(header, claims+"{}"), Invalid, Malformed},
		"claims are a list":              {raw(header, "["+claims+"]"), Invalid, Malformed},
		"claims are not UTF-8":           {raw(header, strings.Replace(claims, "alice", "al\xffce", 1)), Invalid, Malformed},
		"claims are nothing":             {raw(header, ""), Invalid, Malformed},
		"claims in pieces":               {head + "." + body[:len(body)-3] + "." + signature, Invalid, Malformed},
		"header changed":                 {enc([]byte(`{"alg":"RS256","kid":"rsa","x":1}`)) + "." + body + "." + signature, Invalid, Signature},
		"claims changed":                 {head + "." + enc([]byte(text(o.claims(map[string]any{"sub": "eve"})))) + "." + signature, Invalid, Signature},
		"signature of another token":     {head + "." + body + with(map[string]any{"sub": "eve"})[strings.LastIndex(with(map[string]any{"sub": "eve"}), "."):], Invalid, Signature},
		"no signature":                   {head + "." + body + ".", Invalid, Signature},
		"signature with padding":         {good + "==", Invalid, Malformed},
		"another spelling of the last":   {good[:len(good)-1] + twin(good[len(good)-1]), Invalid, Malformed},
		"standard base64":                {strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+", Invalid, Malformed},
		"four parts":                     {good + ".x", Invalid, NotTaken},
		"two parts":                      {head + "." + body, Invalid, NotTaken},
		"a line end in it":               {head + "\n." + body + "." + signature, Invalid, Malformed},
		"oversize":                       {with(map[string]any{"x": pad(13 << 10)}), Invalid, Malformed},
		"iss of a stranger":              {with(map[string]any{"iss": "https://evil.example"}), Invalid, WrongIssuer},
		"iss with a slash at the end":    {with(map[string]any{"iss": o.URL + "/"}), Invalid, WrongIssuer},
		"no iss":                         {with(map[string]any{"iss": nil}), Invalid, WrongIssuer},
		"iss is a list":                  {with(map[string]any{"iss": []string{o.URL}}), Invalid, WrongIssuer},
		"aud of another API":             {with(map[string]any{"aud": "https://other.example.com"}), Invalid, WrongAudience},
		"aud with a slash at the end":    {with(map[string]any{"aud": "https://api.example.com/"}), Invalid, WrongAudience},
		"no aud":                         {with(map[string]any{"aud": nil}), Invalid, WrongAudience},
		"aud is a number in a list":      {with(map[string]any{"aud": []any{1, "https://api.example.com"}}), Invalid, WrongAudience},
		"nonce":                          {with(map[string]any{"nonce": "n"}), Invalid, IDToken},
		"at_hash":                        {with(map[string]any{"at_hash": "n"}), Invalid, IDToken},
		"c_hash":                         {with(map[string]any{"c_hash": "n"}), Invalid, IDToken},
		"token_use: id":                  {with(map[string]any{"token_use": "id"}), Invalid, IDToken},
		"cnf":                            {with(map[string]any{"cnf": map[string]any{"jkt": "x"}}), Invalid, Bound},
		"expired":                        {with(map[string]any{"exp": now(-60)}), Expired, NoFault},
		"expired, for another API":       {with(map[string]any{"exp": now(-60), "aud": "x"}), Invalid, WrongAudience},
		"expired, and changed":           {strings.Replace(with(map[string]any{"exp": now(-60)}), ".", ".e30", 1), Invalid, Malformed},
		"no exp":                         {with(map[string]any{"exp": nil}), Invalid, BadClaim},
		"exp is text":                    {with(map[string]any{"exp": text(now(3600))}), Invalid, BadClaim},
		"exp is null":                    {raw(header, strings.Replace(claims, `"exp":`+text(now(3600)), `"exp":null`, 1)), Invalid, BadClaim},
		"exp is endless":                 {raw(header, strings.Replace(claims, `"exp":`+text(now(3600)), `"exp":1e400`, 1)), Invalid, BadClaim},
		"exp is huge":                    {raw(header, strings.Replace(claims, `"exp":`+text(now(3600)), `"exp":1e30`, 1)), Invalid, BadClaim},
		"exp below 0":                    {with(map[string]any{"exp": -1}), Invalid, BadClaim},
		"nbf ahead":                      {with(map[string]any{"nbf": now(61)}), Invalid, NotYet},
		"nbf is text":                    {with(map[string]any{"nbf": "1"}), Invalid, BadClaim},
		"no app":                         {with(map[string]any{"client_id": nil}), Invalid, BadClaim},
		"the app's name is endless":      {with(map[string]any{"client_id": pad(513)}), Invalid, BadClaim},
		"the app's name begins a field":  {with(map[string]any{"client_id": "a\r\nCandor-App: b"}), Invalid, BadClaim},
		"the member is not ASCII":        {with(map[string]any{"sub": "élise"}), Invalid, BadClaim},
		"the member is a number":         {with(map[string]any{"sub": 7}), Invalid, BadClaim},
		"scopes are numbers":             {with(map[string]any{"scope": []int{1}}), Invalid, BadClaim},
		"one of this gateway":            {"cdr_at_" + pad(64), Invalid, WrongIssuer},
		"no JWT":                         {pad(40), Invalid, NotTaken},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(b.good.recent)
			r := verify(t, b, c.cred)
			if r.State != c.state || r.Why != c.why {
				t.Errorf("got %d %d (%s), want %d %d", r.State, r.Why, r.Note, c.state, c.why)
			}
			if kept := len(b.good.recent) - before; kept > 0 != (c.state == Good) && kept != 0 {
				t.Errorf("%d were kept", kept)
			}
			if found := b.Lookup([]byte(c.cred), 1, noon*1e9) != nil; found != (c.state == Good) {
				t.Errorf("found again: %v", found)
			}
			if strings.Contains(r.Note, "eyJ") || len(r.Note) > 900 {
				t.Errorf("the log is told %q", r.Note)
			}
		})
	}
	if n := o.count("/evil"); n > 0 {
		t.Errorf("%d times the token said where to ask", n)
	}
	if n := o.count("/keys"); n != 2 {
		t.Errorf("the keys were read %d times, want once, and once more for all that are not known", n)
	}
}

// twin is a character that stands for other bits of which some do not count at the end of base64url.
func twin(c byte) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(letters[strings.IndexByte(letters, c)^1])
}

// TestFarEnd: an end that no clock of ours reaches is as far as the format of times goes, so that the token is remembered like any other.
func TestFarEnd(t *testing.T) {
	s := Spec{Audience: Audience{Claim: "aud", Values: []string{"api"}}, Claims: Claims{App: []string{"azp"}, Member: []string{"sub"}}}
	by, r := s.judge(members{"exp": []byte("253402300799"), "aud": []byte(`"api"`), "azp": []byte(`"app"`)}, 1e9, false)
	if r.State != Good || by.ends != lastSecond {
		t.Errorf("%+v, ends %d", r, by.ends)
	}
}

// TestWhatIsNotForAccess: a token that says it is for something else gives no access, in whatever claim it says so.
func TestWhatIsNotForAccess(t *testing.T) {
	s := Spec{Audience: Audience{Claim: "aud", Values: []string{"api"}}, Claims: Claims{App: []string{"azp"}, Member: []string{"sub"}, Scopes: []string{"scope", "scp"}}}
	base := func(name, value string) members {
		m := members{"exp": []byte("2000000000"), "aud": []byte(`"api"`), "azp": []byte(`"app"`)}
		if name != "" {
			m[name] = []byte(value)
		}
		return m
	}
	for claim, want := range map[[2]string]Why{
		{"token_use", `"refresh"`}: Type, {"typ", `"Refresh"`}: Type, {"typ", `"ID"`}: Type, {"typ", `"Offline"`}: Type, {"token_type", `"refresh_token"`}: Type,
		{"token_use", `"id"`}: IDToken, {"token_use", `"access"`}: NoFault, {"typ", `"Bearer"`}: NoFault, {"token_type", `"Bearer"`}: NoFault, {"", ""}: NoFault,
	} {
		if _, r := s.judge(base(claim[0], claim[1]), 1e9, false); r.Why != want {
			t.Errorf("%v: %+v, want %v", claim, r, want)
		}
	}
	for value, want := range map[string][]string{
		`"a b"`: {"a", "b"}, "\"a\u00a0b\"": {"a\u00a0b"}, `["a","b c"]`: {"a", "b c"}, `" a  "`: {"a"}, `[]`: {},
	} {
		by, r := s.judge(base("scope", value), 1e9, false)
		if r.State != Good || len(by.scopes) != len(want) || len(want) > 0 && by.scopes[0] != want[0] {
			t.Errorf("scope %s: %q, %+v", value, by.scopes, r)
		}
	}
}
