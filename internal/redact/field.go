package redact

import "bytes"

// IsSecret reports whether the values of a header field or parameter of this name are secrets: credentials, sessions, keys. It is judged as AppendTarget judges
// the names of parameters.
func IsSecret(fieldName []byte) bool {
	var n name
	for _, c := range fieldName {
		n.add(c)
	}
	return n.secret()
}

// AppendField appends a line of a head, whole or cut, well-formed or not, which
// belongs to the field with this name. Mark replaces the value where the name
// is that of a secret, as of Set-Cookie; of another value AppendTarget would
// leave the same, and AppendChallenge of a challenge. Without a name that is the word with which the line begins.
func AppendField(dst, name, line []byte) []byte {
	if len(name) == 0 {
		name = firstWord(line)
	}
	value := valueOf(name, line)
	dst = append(dst, line[:value]...)
	if IsChallenge(name) {
		return AppendChallenge(dst, line[value:])
	}
	if !IsSecretField(name) {
		return AppendTarget(dst, line[value:])
	}
	if value == len(line) {
		return dst
	}
	return append(dst, Mark...)
}

// valueOf is where the value of the line begins, behind the name, a colon and
// blanks; 0 if no name and colon stand there.
func valueOf(name, line []byte) int {
	if !bytes.HasPrefix(line, name) {
		return 0
	}
	value := len(name) + len(line[len(name):]) - len(bytes.TrimLeft(line[len(name):], ": \t"))
	if bytes.IndexByte(line[len(name):value], ':') < 0 {
		return 0
	}
	return value
}

func firstWord(line []byte) []byte {
	end := 0
	for end < len(line) && isBase64URL(line[end]) {
		end++
	}
	return line[:end]
}

// IsSecretField reports whether the name of a field, or a word of it as of X-Auth,
// is that of a secret: AppendField hides its value.
func IsSecretField(field []byte) bool {
	if IsSecret(field) {
		return true
	}
	var room [len(name{}.text)]byte // one that is longer is secret
	lower := append(room[:0], field...)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c | 0x20
		}
	}
	if string(lower) == "sec-websocket-protocol" { // browsers can send a token in no other field
		return true
	}
	for more := true; more; {
		var word []byte
		word, lower, more = bytes.Cut(lower, []byte("-"))
		if isSecret(word) || string(word) == "authentication" { // as Authorization is often misspelled
			return true
		}
	}
	return false
}
