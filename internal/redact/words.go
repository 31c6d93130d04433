package redact

import "bytes"

// fragments make a word secret wherever they stand in it: oauth2_access_token,
// refreshToken, X-Amz-Security-Token, client_secret, client_assertion.
var fragments = [...][]byte{
	[]byte("token"), []byte("secret"), []byte("passw"), []byte("passphrase"), []byte("passcode"), []byte("signature"),
	[]byte("assertion"), []byte("credential"), []byte("apikey"), []byte("accesskey"), []byte("sharedkey"), []byte("authkey"),
	[]byte("privatekey"), []byte("subscriptionkey"), []byte("accountkey"), []byte("masterkey"), []byte("licensekey"),
	[]byte("encryptionkey"), []byte("signingkey"), []byte("functionkey"), []byte("storagekey"), []byte("appkey"),
	[]byte("clientkey"), []byte("secretkey"), []byte("verifier"), []byte("session"), []byte("sessid"), []byte("cookie"),
	[]byte("authorization"), []byte("saml"), []byte("pwd"), []byte("cardnum"), []byte("card_num"), []byte("creditcard"), []byte("credit_card"),
	// A password in other languages; of contraseña what stands before its letter that is not ASCII.
	[]byte("kennwort"), []byte("motdepasse"), []byte("mot_de_passe"), []byte("contrase"), []byte("wachtwoord"), []byte("senord"), []byte("salasana"),
	[]byte("passord"), []byte("kodeord"), []byte("adgangskode"), []byte("lozinka"),
}

// isSecretPart judges what stands between '_', '-' and the humps of a word.
func isSecretPart(part []byte) bool {
	part = bytes.TrimRight(bytes.Trim(part, "_"), "0123456789")
	switch string(part) {
	case "pw", "pass", "psk", "pin", "otp", "sid", "jwt", "cvv", "cvc", "ssn", "bearer", "mdp", "clave", "senha", "parola", "parol", "heslo", "haslo", "jelszo",
		"sifre", "userpin", "newpin", "oldpin", "cardpin":
		return true
	case "compass", "bypass", "trespass", "overpass", "underpass", "surpass", "encompass":
		return false
	}
	return bytes.HasSuffix(part, []byte("pass")) || bytes.HasPrefix(part, []byte("otp")) || bytes.HasSuffix(part, []byte("otp")) || bytes.HasPrefix(part, []byte("sess"))
}

// isSecret judges a whole word. Digits at its end count for nothing.
func isSecret(word []byte) bool {
	word = bytes.TrimRight(word, "0123456789")
	switch string(word) {
	case "code", "auth_code", "user_code", "device_code", "code_challenge", "state", "nonce", "key", "sig", "hmac",
		"mac", "pwd", "pw", "pass", "psk", "pin", "otp", "totp", "jwt", "jws", "jwe", "auth", "sid", "ticket", "bearer", "login_hint",
		"sas", "basic", "basic_auth", "basicauth", "http_auth", "proxy_auth", "oauth_code", "authcode", "smscode", "login_code", "email_code", "one_time_code", "hapikey", "relaystate", "wresult", "logintoken",
		"mfa", "mfa_code", "otp_code", "totp_code", "sms_code", "pin_code", "pincode", "auth_pin", "verification_code", "verify_code",
		"confirmation_code", "confirm_code", "activation_code", "reset_code", "security_code", "access_code", "invite_code", "backup_code",
		"recovery_code", "magic", "magic_link", "candor_debug",
		"cvv", "cvc", "csc", "pan", "card_no", "cardno", "ccnum", "cc_num", "ccnumber", "cc_number", "ssn",
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

// masks has the letters of each fragment: most words lack one, and need no second look.
var masks = func() (all [len(fragments)]uint32) {
	for i, f := range fragments {
		all[i] = lettersOf(f)
	}
	return all
}()

// lettersOf has a bit for each letter of a word.
func lettersOf(word []byte) (mask uint32) {
	for _, c := range word {
		mask |= 1 << (c & 31)
	}
	return mask
}

func hasFragment(word []byte) bool {
	letters := lettersOf(word)
	for i, f := range fragments {
		if masks[i]&^letters == 0 && bytes.Contains(word, f) {
			return true
		}
	}
	return false
}
