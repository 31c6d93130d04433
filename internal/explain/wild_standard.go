package explain

import "regexp"

// standardSentences are those with which the standard explains its codes, each naming all that can be behind it. Servers that answer with them say no
// more than the code.
var standardSentences = []struct {
	words *regexp.Regexp
	code  string
}{
	{regexp.MustCompile(`(?i)client authentication failed[^"\n]{0,24}unknown client, no client[^"\n]{0,80}unsupported authentication method\)?\.?`), "invalid_client"},
	{regexp.MustCompile(`(?i)the provided (?:authorization )?grant[^"\n]{0,80}is invalid, expired, revoked,[^"\n]{0,140}(?:another|different) client\.?`), "invalid_grant"},
	{regexp.MustCompile(`(?i)the request is missing a required parameter, includes an[^"\n]{0,140}otherwise malformed\.?`), "invalid_request"},
	{regexp.MustCompile(`(?i)the requested scope is invalid, unknown, (?:or )?malformed[^".\n]{0,60}\.?`), "invalid_scope"},
	{regexp.MustCompile(`(?i)the access token provided is expired, revoked, malformed,? or invalid for other reasons\.?`), "invalid_token"},
}

// bare puts the code in place of the standard's own sentences.
func bare(text string) string {
	for _, s := range standardSentences {
		text = s.words.ReplaceAllLiteralString(text, s.code)
	}
	return text
}
