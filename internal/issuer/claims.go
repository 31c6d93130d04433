package issuer

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
)

// takesType reports whether a token of this typ is taken (RFC 9068 §2.1; RFC 7515 §4.1.9: application/ may be left out).
func (s *Spec) takesType(typ string) bool {
	bare := func(t string) string {
		const long = "application/"
		if len(t) > len(long) && ascii.EqualFold(t[:len(long)], long) {
			return t[len(long):]
		}
		return t
	}
	return typ == "" || slices.ContainsFunc(s.Types, func(t string) bool { return ascii.EqualFold(bare(t), bare(typ)) })
}

// judge says whether the claims of a genuine token hold at now (unix seconds), and who calls. asked is whether the issuer was asked about it, and has vouched for
// it itself.
func (s *Spec) judge(c members, now int64, asked bool) (by caller, r Result) {
	leeway := int64(s.Leeway.Seconds())
	by, r = s.caller(c)
	if r.Why != NoFault {
		return by, r
	}
	exp, hasExp, err := c.seconds("exp")
	if err != nil || !hasExp && !asked {
		return by, Result{Why: BadClaim, Name: "exp"}
	}
	nbf, _, err := c.seconds("nbf")
	if err != nil {
		return by, Result{Why: BadClaim, Name: "nbf"}
	}
	if name := idToken(c); name != "" {
		return by, invalid(IDToken, "it has the claim "+name)
	}
	if name, use := notAccess(c); name != "" {
		return by, invalid(Type, "its "+name+" is "+quoted(use))
	}
	if c.has("cnf") {
		return by, invalid(Bound, "it has the claim cnf")
	}
	if r = s.isFor(c); r.Why != NoFault {
		return by, r
	}
	switch {
	case hasExp && now >= exp+leeway:
		return by, Result{State: Expired, ExpiredAt: exp, NoMember: by.member == ""}
	case nbf > now+leeway:
		return by, invalid(NotYet, "")
	}
	by.ends = 0
	if hasExp {
		by.ends = min(exp+leeway, lastSecond)
	}
	return by, Result{State: Good}
}

// lastSecond keeps the end of each token within the nanoseconds of an int64 (the year 2242).
const lastSecond = 1 << 33

// idToken is the claim by which a token is known for one that tells an app who has signed in; "" for none. Such a token is for the app, and gives no access.
func idToken(c members) string {
	for _, name := range [...]string{"nonce", "at_hash", "c_hash"} {
		if c.has(name) {
			return name
		}
	}
	if use, _ := c.text("token_use"); use == "id" {
		return "token_use"
	}
	return ""
}

// notAccess is the claim by which a token says that it is for something else than access: Cognito's and Spring's token_use, Keycloak's typ, and token_type of an
// answer about a token (RFC 7662 §2.2). "" for none.
func notAccess(c members) (name, use string) {
	for _, name := range [...]string{"token_use", "typ", "token_type"} {
		use, _ := c.text(name)
		for _, other := range [...]string{"id", "refresh", "refresh_token", "offline"} {
			if ascii.EqualFold(use, other) {
				return name, use
			}
		}
	}
	return "", ""
}

// isFor asks whether a token is for us.
func (s *Spec) isFor(c members) Result {
	name := s.Audience.Claim
	of, _ := c.texts(name)
	if slices.ContainsFunc(of, func(one string) bool { return slices.Contains(s.Audience.Values, one) }) {
		return Result{}
	}
	got := strings.Join(of, " ")
	return Result{
		Why: WrongAudience, Name: strings.Join(s.Audience.Values, " or "),
		Note: "its " + name + " is " + beside(got, s.Audience.Values...) + slash(got, s.Audience.Values...),
	}
}

// caller is who calls, as a token says.
type caller struct {
	app, member string
	scopes      []string
	ends        int64 // unix seconds, the leeway added; 0: unknown
}

// caller reads who calls. A member that is the app itself is none.
func (s *Spec) caller(c members) (by caller, r Result) {
	for _, of := range []struct {
		names []string
		to    *string
	}{{s.Claims.App, &by.app}, {s.Claims.Member, &by.member}} {
		name := first(c, of.names)
		if name == "" {
			continue
		}
		text, ok := c.text(name)
		if !ok || !canName(text) {
			return by, Result{Why: BadClaim, Name: name, Note: "it must be text of 1 to 512 visible characters of ASCII"}
		}
		*of.to = text
	}
	if by.app == "" {
		return by, Result{Why: BadClaim, Name: strings.Join(s.Claims.App, " or "), Note: "it names the app"}
	}
	if by.member == by.app {
		by.member = ""
	}
	if name := first(c, s.Claims.Scopes); name != "" {
		text, ok := c.text(name)
		if by.scopes = strings.FieldsFunc(text, isBlank); !ok {
			by.scopes, ok = c.texts(name) // each is one, whatever is in it
		}
		if !ok {
			return by, Result{Why: BadClaim, Name: name, Note: "it must be text, or a list of texts"}
		}
	}
	return by, Result{}
}

// isBlank knows what stands between scopes (RFC 6749 §3.3): nothing else of Unicode does.
func isBlank(r rune) bool { return r == ' ' }

// first is the first of these names that is there; "" for none.
func first(c members, names []string) string {
	for _, name := range names {
		if raw, there := c[name]; there && string(raw) != "null" {
			return name
		}
	}
	return ""
}

// canName reports whether a claim can stand in a field of HTTP as it is.
func canName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= MaxClaim
}

// external marks the numbers of members of other issuers, which are made of what names them: no store need keep them. It is no bit of a sign.
const external access.MemberID = 1 << 62

// memberID is the number of a member: the same wherever and whenever it is asked for. Two share one as seldom as 62 bits of SHA-256 do.
func memberID(issuer, member string) access.MemberID {
	sum := sha256.Sum256([]byte(issuer + "|" + member))
	return access.MemberID(binary.BigEndian.Uint64(sum[:8]))&(external-1) | external
}
