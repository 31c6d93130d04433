package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// verdict says in words what came of a judgement.
type verdict struct {
	r       *requestlog.Record
	j       admin.Judgement
	grant   *access.Grant // of the recorded token, as it is now; nil: it is not known, or there was none
	fresh   *access.Grant // of which a new token would be made; nil: of none
	renewed *rehearsal    // the call with a new token; nil: that would change nothing
}

func (v *verdict) notJudged(why string) admin.Judgement {
	v.j.Verdict, v.j.Text = admin.CannotTell, "cannot be judged: "+why
	return v.j
}

// tell says what came of the call as it was and, where it is refused, of the call with a new token.
func (v *verdict) tell(again *rehearsal) {
	v.j.Checks, v.j.Unjudged = again.told.Checks, again.unjudged
	now := v.nowOf(again)
	v.j.Now = &now
	switch {
	case now.Outcome == "refused" && v.newGrantPasses():
		v.j.Verdict, v.j.NewToken = admin.WouldPass, true
		v.j.Different = append(v.j.Different, v.granted())
		v.j.Text = fmt.Sprintf("would pass now (%s), with a token of that grant; the token that it brought would %sfail: %s", v.granted(), v.still(), failure(&now))
	case now.Outcome == "refused":
		v.j.Verdict, v.j.Text = admin.WouldFail, fmt.Sprintf("would %sfail: %s%s", v.still(), failure(&now), v.behind(&now))
	case v.depends() != nil:
		v.j.Verdict, v.j.Text = admin.CannotTell, fmt.Sprintf("cannot be told: %s (%s)", v.depends().Why, v.depends().Check)
	case v.j.Then.Outcome == "refused":
		v.j.Verdict, v.j.Text = admin.WouldPass, v.passes()
	default:
		v.j.Verdict = admin.WouldPass
		v.j.Text = "the checks let it pass then, and would now: what went wrong came behind them, at the upstream or on the way, and that was not tried"
	}
}

// nowOf is how a call would end.
func (v *verdict) nowOf(again *rehearsal) admin.JudgedCall {
	told := &again.told
	now := admin.JudgedCall{Outcome: told.Outcome, Status: told.Status, Problem: told.Problem}
	at := slices.IndexFunc(told.Checks, func(c admin.RouteCheck) bool { return c.Verdict == "refuses" })
	if told.Outcome != "refused" || at < 0 {
		return now
	}
	c := &told.Checks[at]
	now.Check, now.Message, now.Fix, now.Since = c.Check, c.Message, c.Fix, v.since(c.Problem)
	return now
}

// since is from when on it fails so, as far as that is known.
func (v *verdict) since(of string) time.Time {
	switch t := v.r.Token; {
	case of == problem.ExpiredAccessToken.Name() && t != nil:
		return t.ExpiresAt
	case of == problem.RevokedAccessToken.Name() && v.replaced():
		return time.Unix(int64(v.fresh.Created), 0).UTC()
	}
	return time.Time{}
}

// replaced reports whether another grant has taken the place of the recorded one.
func (v *verdict) replaced() bool {
	return v.fresh != nil && v.grant != nil && v.fresh.ID != v.grant.ID && v.grant.Reason() == access.ScopeChanged
}

// newGrantPasses reports whether the call would pass with a token of a grant that was made since.
func (v *verdict) newGrantPasses() bool {
	return v.renewed != nil && v.renewed.told.Outcome != "refused" && v.fresh.ID != access.GrantID(v.r.Token.Grant) && !time.Unix(int64(v.fresh.Created), 0).Before(v.r.Time.Truncate(time.Second))
}

// granted says what the newer grant has that the recorded token had not.
func (v *verdict) granted() string {
	var gained []string
	for name := range strings.FieldsSeq(v.fresh.ScopeText) {
		if !slices.Contains(v.r.Token.Scopes, name) {
			gained = append(gained, name)
		}
	}
	at := moment(time.Unix(int64(v.fresh.Created), 0))
	switch len(gained) {
	case 0:
		return "granted anew at " + at
	case 1:
		return "scope " + gained[0] + " granted at " + at
	}
	return "scopes " + strings.Join(gained, ", ") + " granted at " + at
}

// still tells a failure that stays from one that is new.
func (v *verdict) still() string {
	if v.j.Then.Outcome == "refused" || v.j.Then.Status >= 400 {
		return "still "
	}
	return ""
}

func failure(f *admin.JudgedCall) string {
	text := fmt.Sprintf("%d %s", f.Status, f.Problem)
	if !f.Since.IsZero() {
		text += ", since " + moment(f.Since)
	}
	return text
}

// behind says what else is to be known of a failure.
func (v *verdict) behind(now *admin.JudgedCall) string {
	switch {
	case v.renewed != nil && v.renewed.told.Outcome != "refused" && v.fresh.RefreshEnds() > v.j.At.Unix():
		return "; with a new token of the same grant it would pass: refresh it"
	case v.renewed != nil && v.renewed.told.Outcome != "refused":
		return "; with a new token of the same grant it would pass"
	case v.renewed != nil && v.renewed.told.Problem != now.Problem:
		return fmt.Sprintf("; with a new token it would fail, too: %d %s", v.renewed.told.Status, v.renewed.told.Problem)
	case v.j.Then.Outcome != "refused":
		return "; then the checks had let it pass"
	case v.j.Then.Problem != now.Problem:
		return fmt.Sprintf("; then it was %d %s", v.j.Then.Status, v.j.Then.Problem)
	}
	return ""
}

// depends is the check that cannot be judged and by which all is decided; nil: there is none.
func (v *verdict) depends() *admin.Unjudged {
	for i := range v.j.Unjudged {
		if u := &v.j.Unjudged[i]; u.Check == v.r.Refused || u.Check == route.CheckCredential.String() {
			return u
		}
	}
	return nil
}

// changed says what must be otherwise where a call would pass that was refused with this.
var changed = map[string]string{
	problem.AppDisabled.Name():             "the app is enabled again",
	problem.RestrictedMember.Name():        "the member is not restricted any more",
	problem.AccessDenied.Name():            "what its app may do, or what the route asks for, has changed",
	problem.ResourceNotFound.Name():        "the path is one of this app's now",
	problem.MethodNotAllowed.Name():        "the path takes the method now",
	problem.Throttled.Name():               "there are calls left in the quota now",
	problem.TokenVerificationFailed.Name(): "tokens can be verified again",
	problem.NonexistentVersion.Name():      "the version is active now",
	problem.VersionMissing.Name():          "the route asks for no version now",
	problem.PayloadTooLarge.Name():         "the bound of bodies is higher now",
	problem.UnsupportedMediaType.Name():    "the route takes this type now",
	problem.EmptyAccessToken.Name():        "the route asks for no credential now",
}

// inFlight is the check of the calls in flight: they were of that moment.
const inFlight = "in_flight"

// passes is the sentence of a call that was refused then, and would not be now.
func (v *verdict) passes() string {
	what, known := changed[v.r.Problem]
	switch {
	case v.r.Refused == inFlight:
		what = "there were too many calls at that moment, and there are not now"
	case !known:
		return "would pass now; what has changed since is not known"
	}
	v.j.Different = append(v.j.Different, what)
	return "would pass now: " + what
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

// forDeveloper is what the owner of the call's app is told of a judgement: what the wire would say, and no more.
func forDeveloper(j admin.Judgement) admin.Judgement {
	var all []admin.RouteCheck
	for i := range j.Checks {
		c := j.Checks[i]
		if c.Verdict == "would refuse" {
			continue
		}
		c.Mode = ""
		all = append(all, c)
		if c.Verdict == "refuses" { // of a hidden route nothing is told that is behind its 404
			break
		}
	}
	j.Checks = all
	return j
}

// thenTold is how a call ended, to somebody who is told so much of its record.
func thenTold(whole, told *requestlog.Record) admin.JudgedCall {
	then := thenOf(whole)
	then.Check = told.Refused
	return then
}
