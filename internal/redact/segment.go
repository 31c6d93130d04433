package redact

import "bytes"

// Secrets stand in paths, too: /reset/x, /verify-email/x, /hooks/sk_live_x. They are known by the word before them, or by the prefix that their maker
// gives them. What has neither is taken for an id, which whoever reads a log needs.

// keyPrefixes begin keys of well-known makers, as those publish them so that keys are found in logs.
var keyPrefixes = [...][]byte{
	[]byte("sk_live_"), []byte("sk_test_"), []byte("rk_live_"), []byte("rk_test_"), []byte("sk-"), []byte("whsec_"), []byte("ghp_"), []byte("gho_"),
	[]byte("ghu_"), []byte("ghs_"), []byte("ghr_"), []byte("github_pat_"), []byte("glpat-"), []byte("xoxb-"), []byte("xoxp-"), []byte("xoxa-"),
	[]byte("xoxs-"), []byte("xapp-"), []byte("AKIA"), []byte("ASIA"), []byte("AIza"), []byte("ya29."), []byte("npm_"), []byte("pypi-"), []byte("hf_"),
	[]byte("shpat_"), []byte("shpss_"), []byte("dop_v1_"), []byte("SG."), []byte("hvs."),
}

// beginsPrefix has the first two characters of these: most segments need no second look.
var beginsPrefix = func() (all [256][32]bool) {
	for _, p := range keyPrefixes {
		all[p[0]][p[1]&31] = true
	}
	return all
}()

// The fewest characters of what is taken for a secret.
const (
	leastKey       = 10 // behind a prefix
	leastAnnounced = 6  // behind a word, with a digit
	longestWord    = 20 // letters in a row: more are no word
)

// mayHoldKey reports whether a target may have such a segment: it spares most the walk.
func mayHoldKey(target []byte) bool {
	for from := 0; from < len(target); {
		size := bytes.IndexByte(target[from:], '/')
		if size < 0 {
			return beginsKey(target[from:])
		}
		if segment := target[from : from+size]; beginsKey(segment) || mayAnnounce(segment) {
			return true
		}
		from += size + 1
	}
	return false
}

// mayAnnounce reports whether a segment without escapes announces a secret.
func mayAnnounce(segment []byte) bool {
	n := len(segment)
	if n < shortestAnnouncer || n > longestAnnouncer || announcerEnds[segment[0]&31]>>(segment[n-1]&31)&1 == 0 {
		return false
	}
	var word name
	for _, c := range segment {
		word.add(c)
	}
	return word.announces()
}

func beginsKey(segment []byte) bool {
	if len(segment) < leastKey || !beginsPrefix[segment[0]][segment[1]&31] {
		return false
	}
	for _, p := range keyPrefixes {
		if bytes.HasPrefix(segment, p) {
			return true
		}
	}
	return false
}

// announcers are the segments behind which a secret is to be expected.
var announcers = [...]string{
	"reset", "reset_password", "password_reset", "passwordreset", "resetpassword", "reset_pw", "forgot", "forgot_password", "recover", "recovery",
	"token", "tokens", "access_token", "refresh_token", "secret", "key", "apikey", "api_key", "password", "session", "sid", "otp", "pin",
	"verify", "verify_email", "email_verify", "verification", "verify_account", "confirm", "confirmation", "confirm_email", "activate", "activation",
	"invite", "invitation", "invitations", "accept_invite", "magic", "magic_link", "magiclink", "unlock", "unsubscribe", "one_time_login",
}

const shortestAnnouncer, longestAnnouncer = 3, 15

// announcerEnds has the last letters of those with the same first one: most segments need no second look.
var announcerEnds = func() (all [32]uint32) {
	for _, a := range announcers {
		all[a[0]&31] |= 1 << (a[len(a)-1] & 31)
	}
	return all
}()

// announces reports whether the name is one of them.
func (p *name) announces() bool {
	if p.n < shortestAnnouncer || p.n > longestAnnouncer || announcerEnds[p.text[0]&31]>>(p.text[p.n-1]&31)&1 == 0 {
		return false
	}
	for _, a := range announcers {
		if string(p.text[:p.n]) == a {
			return true
		}
	}
	return false
}

// segment is called past a '/' that was encoded level times over. It hides the segment behind it if that looks like a key, or stands behind a word that
// announces a secret and is no word itself.
func (h *hider) segment(level int) {
	if h.key() {
		return
	}
	if !h.name.announces() {
		return
	}
	if end := h.segmentEnd(level); h.noWord(end) {
		h.hide(h.at, end)
	}
}

// key hides the rest of a key that begins here with the prefix of its maker, and reports whether one does.
func (h *hider) key() bool {
	first, _, size := next(h.rest(h.at))
	if second, _, _ := next(h.rest(h.at + size)); !beginsPrefix[first][second&31] {
		return false
	}
	for _, p := range keyPrefixes {
		if from := h.prefix(h.at, p); from > 0 {
			end := h.base64URL(from)
			for end < len(h.src) && h.src[end] == '.' {
				end = h.base64URL(end + 1)
			}
			if end-from < leastKey {
				return false
			}
			h.hide(from, end)
			return true
		}
	}
	return false
}

// segmentEnd is where the segment ends that begins here.
func (h *hider) segmentEnd(level int) int {
	for i := h.at; i < len(h.src); {
		c, l, size := next(h.src[i:])
		if l <= level && (c == '/' || c == '?' || c == '#' || c == ';' || c == '&') {
			return i
		}
		i += size
	}
	return len(h.src)
}

// noWord reports whether what stands here up to end is none: it is long for what has a digit, or has more letters in a row than words have.
func (h *hider) noWord(end int) bool {
	n, run, digit := 0, 0, false
	for i := h.at; i < end; n++ {
		c, _, size := next(h.src[i:])
		i += size
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			if run++; run > longestWord {
				return true
			}
			continue
		}
		run = 0
		digit = digit || c >= '0' && c <= '9'
	}
	return digit && n >= leastAnnounced
}
