package explain

import "testing"

func TestHide(t *testing.T) {
	for name, c := range map[string]struct{ said, want string }{
		"a DSN of Go":              {"mysql app:S3CRETvalue99@tcp(10.0.0.5:3306)/db failed", "mysql REDACTED@tcp(10.0.0.5:3306)/db failed"},
		"a DSN with odd letters":   {"dial root:p/S3@CRET@tcp(db:3306)/x", "dial REDACTED@tcp(db:3306)/x"},
		"a DSN over a socket":      {"app:S3CRET@unix(/tmp/mysql.sock)/db", "REDACTED@unix(/tmp/mysql.sock)/db"},
		"a user without a scheme":  {"cannot reach amqp-user:S3CRET@queue:5672", "cannot reach REDACTED@queue:5672"},
		"a URL with a user":        {"redis://:S3CRET@cache:6379/0 is down", "redis://REDACTED@cache:6379/0 is down"},
		"an address of mail":       {"no user bob@example.com", "no user bob@example.com"},
		"an @ in a path":           {"Cannot GET http://localhost:3000/@vite/client", "Cannot GET http://localhost:3000/@vite/client"},
		"a quoted password":        {"Invalid password 'hunter2S3CRET' for user bob", "Invalid password 'REDACTED' for user bob"},
		"a password in words":      {`the password is "x y z", sorry`, `the password is "REDACTED", sorry`},
		"a password set":           {"pwd=geheim passphrase: geheim", "pwd=REDACTED passphrase: REDACTED"},
		"a password in a word":     {"password hunter2S3CRET was refused", "password REDACTED was refused"},
		"a token":                  {"token S3CRETvalue99 ended", "token REDACTED ended"},
		"a token in brackets":      {"Token (S3CRETvalue99) ended", "Token (REDACTED) ended"},
		"a quoted token":           {`unknown token "S3CRETvalue99"`, `unknown token "REDACTED"`},
		"a token of letters":       {"token SECRETonlyLETTERSabcdefghijklmnop unknown", "token REDACTED unknown"},
		"an API key":               {"api key S3CRETval9 unknown", "api key REDACTED unknown"},
		"a refresh token":          {"The refresh_token S3CRETval9 was used", "The refresh_token REDACTED was used"},
		"a session":                {"session id ab12cd34 not found", "session id REDACTED not found"},
		"a path":                   {"Cannot GET /reset/S3CRETvalue99", "Cannot GET /reset/REDACTED"},
		"a maker's key":            {"No such key: sk_live_51HS3", "No such key: sk_live_51HS3"},
		"a parser's token":         {"Unexpected token 'export' in JSON at position 512", "Unexpected token 'export' in JSON at position 512"},
		"a parser's token, bare":   {"Unexpected token } in JSON at position 5", "Unexpected token } in JSON at position 5"},
		"words about tokens":       {"The token has expired, the password for user bob1234 is wrong", "The token has expired, the password for user bob1234 is wrong"},
		"a parameter's name":       {"The parameter 'access_token' is missing", "The parameter 'access_token' is missing"},
		"a key of a database":      {"Duplicate entry '12' for key 'users.email_1'", "Duplicate entry '12' for key 'users.email_1'"},
		"a token that is required": {"A token authentication-required error", "A token authentication-required error"},
		"our placeholder":          {"Send Authorization: Bearer TOKEN", "Send Authorization: Bearer TOKEN"},
	} {
		if got := Hide(c.said); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestBesideOurSentences holds that what stands before, between and behind the catalogue's sentences is hidden as ever, and so is what is nearly one of them.
func TestBesideOurSentences(t *testing.T) {
	const ours = "Put the word Bearer and a space before the token: Authorization: Bearer TOKEN."
	for _, c := range []struct{ text, shown string }{
		{ours, ours},
		{"password: hunter2hunter. " + ours + " token=s3cr3t", "password: REDACTED " + ours + " token=REDACTED"},
		{"Put the word Bearer and a space before the token: Authorization: Bearer hunter2.", "Put the word Bearer REDACTED a space before the token: REDACTED Bearer REDACTED"},
		{"see http://127.0.0.1:8080/.well-known/oauth-protected-resource", "see http://127.0.0.1:8080/.well-known/oauth-protected-resource"},
		{"see http://127.0.0.1:8080/a?access_token=hunter2hunter", "see http://127.0.0.1:8080/a?access_token=REDACTED"},
		{"Send it. How to get a token: http://127.0.0.1:8081/#tokens", "Send it. How to get a token: http://127.0.0.1:8081/#tokens"},
		{"How to get a token: s3cr3t", "How to get a token: REDACTED"},
		{"How to get a token: https://a.example/?key=geheim and password: geheim", "How to get a token: https://a.example/?key=REDACTED and password: REDACTED"},
		{"see http://ann:8080@example.com/x", "see http://REDACTED@example.com/x"},
	} {
		if got := Hide(c.text); got != c.shown {
			t.Errorf("Hide(%q) = %q, want %q", c.text, got, c.shown)
		}
	}
}
