package observe

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/explain"
)

// fact is what the traffic tells of a failure beside the answer's own words.
type fact struct{ says, cause, fix string }

// lookAtLog is what is left to do where an answer says nothing.
const lookAtLog = "Look into the log of the API at this time: the answer itself does not say why."

// factOf is what is known of a call that its upstream has refused.
func factOf(e *accesslog.Entry, w *words, r *route) fact {
	f := fact{}
	switch e.Status {
	case 401, 403:
		f = credential(e, w, r)
	case 404:
		f = r.unknown(string(e.Method))
	case 405, 501:
		f = r.otherMethods(string(e.Method), w.allow)
	}
	f.add(e, w)
	f.fix = either(w.fix, f.fix)
	switch {
	case f.fix != "":
	case e.Status < 400:
		f.fix = "Correct what the errors in the body name."
	case w.quoted() == "" && w.unread == "" && f.says == "":
		f.fix = lookAtLog
	case e.Status >= 500:
		f.fix = "Look into the log of the API at this time."
	default:
		f.fix = usualFix(e.Status)
	}
	f.cause = either(f.cause, either(w.code, either(cut(w.says, 60), "no reason given")))
	return f
}

// usualFix is what to do about a status where nothing more is known.
func usualFix(status int) string {
	if m, ok := explain.Status(status); ok && len(m.How) > 0 {
		return m.How[0]
	}
	return lookAtLog
}

// slowAnswer is from when on the time that an error took is told.
const slowAnswer = 5 * time.Second

// add adds what the head says, and how long it took.
func (f *fact) add(e *accesslog.Entry, w *words) {
	if w.retryAfter != "" {
		f.say("Retry-After: " + w.retryAfter)
		f.fix = either(f.fix, "Wait as long as Retry-After says, then send it again.")
	}
	if w.location != "" {
		f.say("Location: " + w.location)
	}
	if d := done(e); e.Status >= 500 && d >= slowAnswer {
		f.say("it took " + spanText(d))
	}
}

func (f *fact) say(text string) {
	if f.says != "" {
		f.says += "; "
	}
	f.says += text
}

// credential is what is known of what the call showed.
func credential(e *accesslog.Entry, w *words, r *route) (f fact) {
	sent := e.Seen.Authorization
	good, cookies := r.goodWith(), r.goodWithCookie()
	switch over, early := spanOf(sent, e.Time); {
	case over > 0:
		f = fact{"the JWT in Authorization ended " + spanText(over) + " ago", "the token has ended", "Send a token that has not ended yet."}
	case early > 0:
		f = fact{"the JWT in Authorization holds only in " + spanText(early), "the token is not valid yet", "Compare the clocks of whoever made the token and of the API."}
	case cookies > 0 && good == 0 && !e.Seen.Cookie:
		f = noCookie(cookies, r)
	case sent != nil:
	case cookies > 0 && good == 0 && e.Status == 401 && w.challenge == "":
		f = fact{"a cookie came and no Authorization, as with " + goodCalls(cookies) + " of " + r.pattern, "the cookie is not taken", "Log in again: the session of the cookie may have ended."}
	case good == 1:
		f = fact{"no Authorization came, which the one good call of " + r.pattern + " had", "no Authorization", "Send Authorization as that call did."}
	case good > 1:
		f = fact{fmt.Sprintf("no Authorization came, which %d good calls of %s had", good, r.pattern), "no Authorization", "Send Authorization as those calls did."}
	case e.Status == 401:
		f = fact{says: "no Authorization came", cause: "no Authorization"}
	}
	if w.challenge != "" {
		scheme, _, _ := strings.Cut(w.challenge, " ")
		f.say("WWW-Authenticate asks for " + strings.TrimRight(scheme, ","))
		if sent == nil {
			f.fix = either(f.fix, "Send Authorization: "+strings.TrimRight(scheme, ",")+" and a credential that the API has given.")
		}
	}
	return f
}

// noCookie is what is known of a call without the cookie that every good call had.
func noCookie(cookies int, r *route) fact {
	return fact{
		"no Cookie came, which " + goodCalls(cookies) + " of " + r.pattern + " had", "no Cookie",
		`Log in, and let the client keep and send cookies (curl: -b and -c; fetch: credentials: "include").`,
	}
}

func goodCalls(n int) string {
	if n == 1 {
		return "the one good call"
	}
	return fmt.Sprintf("%d good calls", n)
}

// maxJWT bounds what is read of a token.
const maxJWT = 16 << 10

// spanOf reads a JWT without verifying it, and says how long before now (Unix ns) it ended or how long after it begins (RFC 7519 §4.1.4, §4.1.5). A credential
// that is none says nothing.
func spanOf(authorization []byte, now int64) (over, early time.Duration) {
	payload := payloadOf(authorization)
	var claims struct {
		Ends   float64 `json:"exp"`
		Begins float64 `json:"nbf"`
	}
	if payload == nil || json.Unmarshal(payload, &claims) != nil {
		return 0, 0
	}
	if claims.Ends > 0 {
		over = time.Duration(now/1e9-int64(min(claims.Ends, maxDate))) * time.Second
	}
	if claims.Begins > 0 {
		early = time.Duration(int64(min(claims.Begins, maxDate))-now/1e9) * time.Second
	}
	return max(0, over), max(0, early)
}

// maxDate is the last second that is read, in the year 2242: what is farther away makes no difference.
const maxDate = 8.6e9
