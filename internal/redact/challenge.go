package redact

import (
	"bytes"
	"regexp"
)

// challengeFacts are the parameters of a challenge that say where one is, what is wrong and what would do (RFC 9110 §11.5, RFC 6750 §3, RFC 7616 §3.3, RFC 9470 §3,
// RFC 9728 §5.1). They are meant for the caller, and prove nobody.
var challengeFacts = map[string]bool{
	"realm": true, "error": true, "error_description": true, "error_uri": true, "scope": true, "resource_metadata": true, "algorithm": true, "qop": true, "charset": true, "stale": true,
	"acr_values": true, "max_age": true,
}

// IsChallengeFact reports whether a parameter of WWW-Authenticate with this name, in lower case, is no secret.
func IsChallengeFact(name string) bool { return challengeFacts[name] }

// challengeParameter is a name, and its value in quotation marks or not.
var challengeParameter = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_-]*)=("(?:[^"\\]|\\.)*"|[^,\s"]*)`)

// AppendChallenge appends the value of WWW-Authenticate or Proxy-Authenticate. The word Bearer or Basic before the first parameter does not make it a secret;
// what AppendTarget hides for other reasons, it hides in a challenge too.
func AppendChallenge(dst, value []byte) []byte {
	done := 0
	for _, at := range challengeParameter.FindAllSubmatchIndex(value, -1) {
		if !challengeFacts[string(bytes.ToLower(value[at[2]:at[3]]))] {
			continue
		}
		dst = AppendTarget(dst, value[done:at[2]])
		dst = append(dst, value[at[2]:at[4]]...)
		dst = AppendTarget(dst, value[at[4]:at[5]])
		done = at[5]
	}
	return AppendTarget(dst, value[done:])
}

// IsChallenge reports whether the field with this name holds challenges.
func IsChallenge(field []byte) bool {
	return bytes.EqualFold(field, []byte("WWW-Authenticate")) || bytes.EqualFold(field, []byte("Proxy-Authenticate"))
}
