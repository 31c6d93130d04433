package redact

// IsSecret reports whether the values of a header field or parameter of this name are secrets: credentials, sessions, keys. It is judged as AppendTarget judges
// the names of parameters.
func IsSecret(fieldName []byte) bool {
	var n name
	for _, c := range fieldName {
		n.add(c)
	}
	return n.secret()
}
