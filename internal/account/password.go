package account

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// minPassword is in characters, maxPassword in bytes.
const (
	minPassword = 12
	maxPassword = 1024
)

// CheckPassword says why a password cannot be had by the account of an e-mail address. As NIST SP 800-63B §3.1.1.2 has it, length is what counts, and every character that
// can be typed is welcome. No error quotes the password.
func CheckPassword(password, email string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return errors.New("the password is not UTF-8")
	case n < minPassword:
		return fmt.Errorf("a password has at least %d characters, this one has %d", minPassword, n)
	case len(password) > maxPassword:
		return fmt.Errorf("a password has at most %d bytes, this one has %d", maxPassword, len(password))
	case strings.ContainsFunc(password, unicode.IsControl):
		return errors.New("a password has no control characters; this one has a tab, a line break or another")
	case strings.EqualFold(password, email):
		return errors.New("the password must not be the e-mail address")
	}
	return nil
}

// RandomBytes is how many random bytes PasswordText takes.
const RandomBytes = 20

// passwordLetters are what people tell apart when they read it out: no i, l, o, u beside 1, 0, v.
const passwordLetters = "0123456789abcdefghjkmnpqrstvwxyz"

// PasswordText spells a random password of 100 bits for somebody who is to type it: four groups of five.
func PasswordText(random [RandomBytes]byte) string {
	var text strings.Builder
	for i, b := range random {
		if i > 0 && i%5 == 0 {
			text.WriteByte('-')
		}
		text.WriteByte(passwordLetters[b%32])
	}
	return text.String()
}
