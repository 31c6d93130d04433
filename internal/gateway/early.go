package gateway

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// refusedEarly refuses what no policy decides about: a drain, another certificate's host, and what the sandbox asks for. The API is looked for first, so
// that its voice answers.
func (x *exchange) refusedEarly() bool {
	c := &x.call
	switch {
	case stageAsked(x):
	case x.g.Phase() == downstream.Finished:
		c.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailDraining, RetryAfter: 1}
	case misdirected(x.listener, x.from.Peer().Name, c.Head):
		c.Problem = problem.Problem{Type: problem.MisdirectedRequest, Detail: problem.DetailNotThisCertificate, Excerpt: c.Head.Authority.Of(c.Head.Buf)}
	case !x.listener.answersTo(c.Head.Authority.Of(c.Head.Buf)):
		c.Problem = problem.Problem{Type: problem.MisdirectedRequest, Detail: problem.DetailHostNotNamed, Excerpt: c.Head.Authority.Of(c.Head.Buf)}
	default:
		return false
	}
	c.Locate()
	return true
}

// misdirected reports whether the call is for a host whose certificate is another than the one that this connection was made with (RFC 9110 §15.5.20).
func misdirected(l *Listener, name string, h *http1.Head) bool {
	if l.Foreign == nil || name == "" {
		return false
	}
	host := withoutPort(h.Authority.Of(h.Buf))
	return len(host) > 0 && !strings.EqualFold(string(host), name) && l.Foreign(name, string(host))
}

func withoutPort(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && bytes.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}

// answersTo reports whether calls for a host are for this listener. A call without one is not made by a browser, which could be misled.
func (l *Listener) answersTo(authority []byte) bool {
	host := withoutPort(authority)
	if l.Names == nil || len(host) == 0 {
		return true
	}
	for _, name := range l.Names {
		if ascii.EqualFold(host, name) {
			return true
		}
	}
	_, err := netip.ParseAddr(strings.Trim(string(host), "[]"))
	return err == nil
}
