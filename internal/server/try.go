package server

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// Try tells what would become of a call, by the policy that holds: it calls no API and counts nothing.
func (s *Server) Try(ctx context.Context, asked admin.RouteRequest) (admin.RouteAnswer, error) {
	t := trial{policy: s.gateway.Policy(), counted: true, now: s.o.Now().UnixNano()}
	told, err := t.run(ctx, &asked)
	told.Asked = "instance"
	return told, err
}

// trial is a call that is only tried.
type trial struct {
	policy  *gateway.Policy
	counted bool  // the quotas are those of an instance that runs
	now     int64 // unix ns
	call    admission.Call
}

func (t *trial) run(ctx context.Context, asked *admin.RouteRequest) (admin.RouteAnswer, error) {
	raw, peer, fault := written(asked)
	if fault != nil {
		return admin.RouteAnswer{}, fault
	}
	c := &t.call
	c.Head = &http1.Head{}
	c.Begin(&t.policy.Admission)
	c.At, c.Peer, c.ID = t.now, peer, callid.New(t.now/1e6, 1, 2)
	if f := http1.ParseRequest(raw, t.policy.Admission.Heads, c.Head); f.Kind != http1.OK {
		admission.FromFault(&c.Problem, f, raw, t.policy.Admission.Heads)
		c.LocateByLines()
		all := []admission.Tried{{Check: "request", Finding: admission.Fails, Problem: c.Problem}}
		return t.tell(all, admission.Refuses), nil
	}
	all, v := c.Try(ctx, t.counted)
	return t.tell(all, v), nil
}

// written is the call as a client would write it.
func written(asked *admin.RouteRequest) (raw []byte, peer admission.Peer, fault *admin.Fault) {
	u, err := url.Parse(asked.URL)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Scheme == "" && !strings.HasPrefix(asked.URL, "/") {
		return nil, peer, &admin.Fault{Status: 400, Message: "The URL is not one of a call", Fix: "Write a whole URL, as in https://api.example.com/v2/me, or its path, as in /v2/me."}
	}
	peer = admission.Peer{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), TLS: u.Scheme == "https"}
	if asked.From != "" {
		if peer.Addr, err = netip.ParseAddr(asked.From); err != nil {
			return nil, peer, &admin.Fault{Status: 400, Message: "The address of the caller is none", Fix: "Write it as in 192.0.2.1 or 2001:db8::1."}
		}
	}
	target, host := targetOf(asked.URL, u.Scheme)
	if host == "" {
		host = "localhost"
	}
	var b strings.Builder
	b.WriteString(asked.Method + " " + target + " HTTP/1.1\r\n")
	for _, line := range asked.Headers {
		name, value, found := strings.Cut(line, ":")
		if !found || !ascii.IsToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, peer, &admin.Fault{Status: 400, Message: "A header is none", Fix: `Write it as in "Content-Type: application/json".`}
		}
		if strings.EqualFold(name, "host") {
			host = strings.TrimSpace(value)
			continue
		}
		b.WriteString(name + ": " + strings.TrimSpace(value) + "\r\n")
	}
	if strings.ContainsAny(asked.Token, "\r\n\x00") {
		return nil, peer, &admin.Fault{Status: 400, Message: "The token holds a line end", Fix: "Give it on one line."}
	}
	if asked.Token != "" {
		b.WriteString("Authorization: Bearer " + asked.Token + "\r\n")
	}
	b.WriteString("Host: " + host + "\r\n\r\n")
	return []byte(b.String()), peer, nil
}

// targetOf cuts a URL into what a request line says of it, byte for byte, and the host.
func targetOf(whole, scheme string) (target, host string) {
	whole, _, _ = strings.Cut(whole, "#")
	if scheme == "" {
		return whole, ""
	}
	host = whole[len(scheme)+len("://"):]
	if at := strings.IndexAny(host, "/?"); at >= 0 {
		host, target = host[:at], host[at:]
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	return target, host
}

// tell words what a trial has found.
func (t *trial) tell(all []admission.Tried, v admission.Verdict) admin.RouteAnswer {
	c := &t.call
	told := admin.RouteAnswer{Outcome: outcomes[v], Checks: []admin.RouteCheck{}}
	voice := t.policy.Listeners[0]
	if api := c.Match.API; api != nil {
		told.API, voice = api.Name, t.policy.Voices[api.Index]
	}
	if r := c.Match.Route; r != nil {
		told.Path, told.Upstream = r.Pattern, t.policy.Upstreams[r.Upstream].Spec().Name
		if !r.Unlisted {
			told.Route = r.Name
		}
	}
	if app := c.Caller.App; app != nil {
		told.App = app.Name
	}
	if m := c.Caller.Member; m != nil {
		told.Member = m.Subject
	}
	for i := range all {
		told.Checks = append(told.Checks, checkOf(&all[i], voice.Catalogue))
	}
	if v == admission.Refuses {
		told.Status, told.Problem = voice.Catalogue.Status(&c.Problem), c.Problem.Type.Name()
	}
	return told
}

var outcomes = [...]string{admission.Forwards: "forwarded", admission.Answers: "answered", admission.Refuses: "refused"}

func checkOf(t *admission.Tried, words *problem.Catalogue) admin.RouteCheck {
	c := admin.RouteCheck{Check: t.Check, Verdict: t.Finding.String(), Why: t.Why}
	for named := range route.CheckCount {
		if named.String() == t.Check {
			c.Mode = t.Mode.String()
		}
	}
	if p := &t.Problem; p.Type != problem.None {
		c.Status, c.Problem, c.Detail = words.Status(p), p.Type.Name(), p.Cause()
		c.Message, c.Fix = string(words.AppendMessage(nil, p)), string(words.AppendFix(nil, p))
	}
	return c
}
