package redact

import "bytes"

// maxLevels is how many times over an escape is undone.
const maxLevels = 3

// next reads the first character of a non-empty b with its percent-encoding
// undone, up to maxLevels times over: %5F, %255F and %25%35%46 are all '_'.
// Level says how often it was applied, size how many bytes that took. A '%'
// that begins no escape is itself.
func next(b []byte) (c byte, level, size int) {
	if b[0] != '%' {
		return b[0], 0, 1
	}
	return unescape(b, maxLevels)
}

// unescape reads one character of what b is after so many times of decoding;
// after none, that is its first byte. size is 0 if b is empty.
func unescape(b []byte, times int) (c byte, level, size int) {
	if len(b) == 0 {
		return 0, 0, 0
	}
	if times == 0 || b[0] != '%' {
		return b[0], 0, 1
	}
	c, level, size = unescape(b, times-1)
	if c != '%' {
		return c, level, size
	}
	hi, _, n := unescape(b[size:], times-1)
	lo, _, m := unescape(b[size+n:], times-1)
	if n == 0 || m == 0 || !isHex(hi) || !isHex(lo) {
		return c, level, size
	}
	return unhex(hi)<<4 | unhex(lo), level + 1, size + n + m
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// name is a parameter's name in the making: decoded, in lower case, '-' as '_'.
type name struct {
	text [64]byte
	n    int // past len(text) the name is too long to judge
}

func (p *name) add(c byte) {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	if c == '-' {
		c = '_'
	}
	if p.n < len(p.text) {
		p.text[p.n] = c
	}
	p.n++
}

// secret reports whether any word of the name, as in user[password], is that
// of a secret. A name too long to judge is.
func (p *name) secret() bool {
	if p.n > len(p.text) {
		return true
	}
	start := 0
	for i, c := range p.text[:p.n] {
		if isWord(c) {
			continue
		}
		if isSecret(p.text[start:i]) {
			return true
		}
		start = i + 1
	}
	return isSecret(p.text[start:p.n])
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_'
}

// fragments make a word secret wherever they stand in it: oauth2_access_token,
// refreshToken, X-Amz-Security-Token, client_secret, client_assertion.
var fragments = [...][]byte{
	[]byte("token"), []byte("secret"), []byte("passw"), []byte("passphrase"), []byte("passcode"), []byte("signature"),
	[]byte("assertion"), []byte("credential"), []byte("apikey"), []byte("accesskey"), []byte("sharedkey"), []byte("authkey"),
	[]byte("privatekey"), []byte("subscriptionkey"), []byte("accountkey"), []byte("masterkey"), []byte("licensekey"),
	[]byte("encryptionkey"), []byte("signingkey"), []byte("functionkey"), []byte("storagekey"), []byte("appkey"),
	[]byte("clientkey"), []byte("secretkey"), []byte("verifier"), []byte("session"), []byte("sessid"), []byte("cookie"),
	[]byte("authorization"), []byte("saml"), []byte("cardnum"), []byte("card_num"), []byte("creditcard"), []byte("credit_card"),
}

func isSecret(word []byte) bool {
	switch string(word) {
	case "code", "auth_code", "user_code", "device_code", "code_challenge", "state", "nonce", "key", "sig", "hmac",
		"mac", "pwd", "pw", "pass", "psk", "pin", "otp", "totp", "jwt", "jws", "jwe", "auth", "sid", "ticket", "bearer", "login_hint",
		"sas", "hapikey", "relaystate", "wresult", "logintoken",
		"mfa", "mfa_code", "otp_code", "totp_code", "sms_code", "pin_code", "pincode", "auth_pin", "verification_code", "verify_code",
		"confirmation_code", "confirm_code", "activation_code", "reset_code", "security_code", "access_code", "invite_code", "backup_code",
		"recovery_code", "magic", "magic_link",
		"cvv", "cvv2", "cvc", "cvc2", "csc", "pan", "card_no", "cardno", "ccnum", "cc_num", "ccnumber", "cc_number", "ssn",
		"social_security_number", "tan":
		return true
	}
	return isKey(word) || hasFragment(word)
}

// isKey reports whether the word is that of some key, as subscription_key is:
// all in _key are, but for those by which rows are found.
func isKey(word []byte) bool {
	owner, found := bytes.CutSuffix(word, []byte("_key"))
	if !found {
		return false
	}
	switch string(owner) {
	case "sort", "primary", "foreign", "partition", "range", "row", "cache", "group", "order", "object", "issue", "project", "last", "start", "next":
		return false
	}
	return true
}

func hasFragment(word []byte) bool {
	for _, f := range fragments {
		if bytes.Contains(word, f) {
			return true
		}
	}
	return false
}
