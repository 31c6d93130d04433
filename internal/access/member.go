package access

import "fmt"

// CheckMember refuses what is no operator's id of a member: it goes into header fields, so it is 1 to 128 characters of visible ASCII.
func CheckMember(subject string) error {
	if len(subject) < 1 || len(subject) > 128 {
		return fmt.Errorf("a member's id has 1 to 128 characters, this one %d", len(subject))
	}
	for i, b := range []byte(subject) {
		if b <= ' ' || b > '~' {
			return fmt.Errorf("a member's id is visible ASCII without spaces; byte %d of %q is not", i+1, subject)
		}
	}
	return nil
}
