package access

import (
	"fmt"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// maxName bounds the names of apps and routes, in bytes.
const maxName = 64

// CheckName reports what is wrong with the name of an app, route or product: 1 to 64 of A–Z, a–z, 0–9, '.', '_' and '-'. Such a name can stand in a
// header, a log line and a metric's label as it is.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("a name must not be empty")
	}
	if len(name) > maxName {
		return fmt.Errorf("a name has at most %d bytes, this one has %d", maxName, len(name))
	}
	for i := range len(name) {
		if !nameByte(name[i]) {
			c, _ := utf8.DecodeRuneInString(name[i:])
			return fmt.Errorf("character %q at position %d cannot stand in a name; use letters, digits, '.', '_' and '-'", c, i+1)
		}
	}
	return nil
}

// CheckScope reports what is wrong with a scope's name: RFC 6749 §3.3 allows visible ASCII but '"' and '\'; the comma is refused too, since some
// answers join scopes by commas.
func CheckScope(name string) error {
	if name == "" || len(name) > 128 {
		return fmt.Errorf("a scope has 1 to 128 characters, this one has %d", len(name))
	}
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' || c == ',' {
			return fmt.Errorf("character %q at position %d cannot stand in a scope", c, i+1)
		}
	}
	return nil
}

func nameByte(c byte) bool {
	return ascii.IsAlnum(c) || c == '.' || c == '_' || c == '-'
}
