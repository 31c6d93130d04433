package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// judgeRecord puts the recorded caller and call before the policy that holds. It calls no API, counts nothing, and notes no use of the grant.
func (s *Server) judgeRecord(ctx context.Context, r *requestlog.Record) (admin.Judgement, error) {
	v := verdict{r: r, j: admin.Judgement{ID: r.RequestID, At: s.o.Now().UTC().Truncate(time.Second), Then: thenOf(r)}}
	if why := notJudged(r); why != "" {
		return v.notJudged(why), nil
	}
	who, err := s.recordedCaller(ctx, r)
	if err != nil {
		return v.j, err
	}
	again := s.again(ctx, r, who)
	if again.fault != "" {
		return v.notJudged(again.fault), nil
	}
	v.grant = who.is.Grant
	if v.fresh, err = s.freshGrant(ctx, r); err != nil {
		return v.j, err
	}
	if g := v.fresh; g != nil && again.told.Outcome == "refused" && (again.told.Status == 401 || again.told.Status == 403) { // of nothing else a token is the cause
		v.renewed = s.again(ctx, r, &recordedCaller{is: token.Result{State: standingOf(g), Genuine: true, Grant: g, ID: g.ID}})
	}
	v.tell(again)
	return v.j, nil
}

// thenOf is how the call ended.
func thenOf(r *requestlog.Record) admin.JudgedCall {
	then := admin.JudgedCall{Outcome: "forwarded", Check: r.Refused, Status: r.Status, Problem: r.Problem}
	if r.Refused != "" || r.Upstream == nil {
		then.Outcome = "refused"
	}
	return then
}

// notJudged says why a call cannot be put before the checks at all; "": it can.
func notJudged(r *requestlog.Record) string {
	nameless := slices.ContainsFunc(r.Headers, func(f requestlog.Field) bool { return f.Name == "" })
	switch {
	case r.Version == "" || r.Method == "" || nameless:
		return "its head could not be read, and what is kept of it is not what was sent"
	case r.Refused == "" && r.Upstream == nil && r.Problem != problem.PreflightDenied.Name():
		return "no check had refused it: it ended before they were through with it, or its client did not wait"
	}
	return ""
}

// rehearsal is what came of a call that was put before the policy again.
type rehearsal struct {
	told     admin.RouteAnswer
	unjudged []admin.Unjudged
	fault    string // it cannot be put before the policy
}

// again puts the call of a record before the policy, as who.
func (s *Server) again(ctx context.Context, r *requestlog.Record, who *recordedCaller) *rehearsal {
	served := s.gateway.Policy()
	t := trial{policy: served, counted: true, now: s.o.Now().UnixNano()}
	policy := served.Admission
	policy.Tokens, policy.Issuers = who, nil // a token of another issuer is not kept either: all of them go to who
	c, raw := &t.call, headOf(r)
	c.Head = &http1.Head{}
	c.Begin(&policy)
	c.At, c.ID = t.now, callid.New(t.now/1e6, 1, 2)
	c.Peer = admission.Peer{Addr: r.Client, Shared: !r.Client.IsValid(), TLS: s.overTLS(r.Listener)}
	if at := slices.IndexFunc(served.Listeners, func(l *heads.Voice) bool { return l.Name == r.Listener }); at >= 0 {
		c.CORS = served.Listeners[at].CORS
	}
	if c.Peer.TLS {
		policy.Heads = &served.Heads[1]
	}
	if f := http1.ParseRequest(raw, policy.Heads, c.Head); f.Kind != http1.OK {
		return &rehearsal{fault: "its head cannot be read any more once what was secret in it is hidden"}
	}
	all, _ := c.Try(ctx, true)
	got := &rehearsal{unjudged: hiddenIn(r)}
	v := got.weigh(r, who, all, c)
	got.told = t.tell(all, v)
	return got
}

// overTLS reports whether a listener of this name takes TLS alone.
func (s *Server) overTLS(name string) bool {
	for _, l := range s.config().Listeners {
		if l.Address == name {
			return l.TLS != nil
		}
	}
	return false
}

// weigh corrects what a trial has found by what is not in a record, and says what becomes of the call.
func (got *rehearsal) weigh(r *requestlog.Record, who *recordedCaller, all []admission.Tried, c *admission.Call) admission.Verdict {
	v := admission.Forwards
	c.Problem = problem.Problem{}
	for i := range all {
		t := &all[i]
		correct(t, r, who)
		if t.Finding == admission.CannotTell {
			got.unjudged = append(got.unjudged, admin.Unjudged{Check: t.Check, Why: t.Why})
		}
		if t.Finding == admission.Fails && v == admission.Forwards {
			v, c.Problem = admission.Refuses, t.Problem
		}
	}
	return v
}

// fixed are the problems of a credential that lie in how it was sent, whatever it was.
var fixed = map[string]bool{problem.EmptyAccessToken.Name(): true, problem.UnknownAuthScheme.Name(): true}

// correct says of one check what a record lacks.
func correct(t *admission.Tried, r *requestlog.Record, who *recordedCaller) {
	credential := t.Check == route.CheckCredential.String()
	asItWas := r.Refused == t.Check && (fixed[r.Problem] || who.lasting)
	of, _ := problem.ByName(r.Problem)
	switch {
	case credential && t.Finding == admission.CannotTell && asItWas && t.Mode == route.Enforce:
		t.Finding, t.Why, t.Problem = admission.Fails, "", problem.Problem{Type: of}
	case credential && t.Finding == admission.CannotTell && who.unkept != "":
		t.Why = who.unkept
	case credential && t.Finding == admission.Passes && who.unsure != "":
		t.Why, t.Finding = who.unsure, admission.CannotTell
	case t.Check == route.CheckBody.String() && t.Finding == admission.CannotTell:
		t.Why = "the body is not kept whole"
	case t.Check == route.CheckLength.String() && r.Refused == t.Check && t.Finding == admission.Passes && valueOf(r, "Content-Length") == "":
		t.Finding, t.Why = admission.CannotTell, "the body came without its length in the head, and is not kept whole"
	case t.Finding == admission.CannotTell && strings.HasPrefix(t.Why, "a trial sends no body"):
		t.Why = "the body is not kept whole"
	}
}

func valueOf(r *requestlog.Record, name string) string {
	for _, f := range r.Headers {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// hiddenIn says what of a call cannot be put before any check, since it is not kept.
func hiddenIn(r *requestlog.Record) (all []admin.Unjudged) {
	if strings.Contains(r.Target, redact.Mark) {
		all = append(all, admin.Unjudged{Check: "url", Why: "what was secret in the target is not kept: another route may be meant by it"})
	}
	var names []string
	for _, f := range r.Headers {
		if strings.Contains(f.Value, redact.Mark) && !strings.EqualFold(f.Name, "Authorization") {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		all = append(all, admin.Unjudged{Check: "fields", Why: "the values of " + strings.Join(names, ", ") + " are not kept"})
	}
	return all
}

// standIn stands where the credential stood: nobody looks into it.
var standIn = "Bearer " + token.Access.String() + strings.Repeat("A", token.Length-len(token.Access.String()))

// headOf is the head of a recorded call, with something in the place of its credential.
func headOf(r *requestlog.Record) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", r.Method, r.Target, r.Version)
	for _, f := range r.Headers {
		if strings.EqualFold(f.Name, "Authorization") {
			f.Value = standIn
		}
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// freshGrant is the grant of which the recorded caller would get a token now: the latest that lives. nil: there is none.
func (s *Server) freshGrant(ctx context.Context, r *requestlog.Record) (latest *access.Grant, err error) {
	app := s.gateway.Policy().Admission.Apps.Named(r.App)
	if app == nil || r.Token == nil || !r.Token.Genuine || r.Token.Grant == 0 {
		return nil, nil
	}
	all, err := s.core.store.LiveGrants(ctx, token.GrantFilter{App: app.ID, Subject: r.Member}, s.o.Now(), mostGrants)
	if err != nil {
		return nil, fmt.Errorf("look for the grants of a recorded caller: %w", err)
	}
	for i := range all {
		if g := all[i].Grant; r.Member != "" || g.Member == nil {
			latest = g
		}
	}
	if latest != nil {
		latest = s.inMemory(latest)
	}
	return latest, nil
}

// mostGrants bounds how many grants of one app for itself are looked through.
const mostGrants = 1000
