package requestlog

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/redact"
)

// Addresses is how much is kept of the addresses of callers.
type Addresses uint8

// The ways to keep them.
const (
	FullAddresses Addresses = iota
	Networks                // their first 24 bits (IPv6: 48)
	NoAddresses
)

// of is what is kept of an address.
func (a Addresses) of(addr netip.Addr) netip.Addr {
	switch addr = addr.Unmap().WithZone(""); {
	case a == NoAddresses || !addr.IsValid():
		return netip.Addr{}
	case a == FullAddresses:
		return addr
	}
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(addr, bits).Masked().Addr()
}

// newRecord makes of a call what is kept of it. It is the one place in which what a caller sent is redacted.
func newRecord(c *Call, as Addresses, hide *hiding) *Record {
	e := &c.Entry
	hide.of(c)
	r := &Record{
		ID: e.ID, RequestID: e.ID.String(), Time: time.Unix(0, e.Time).UTC(), Status: e.Status, Problem: e.Problem, By: ByGateway,
		Cause: causeOf(&e.Cause, hide), Said: saidOf(c, hide),
		Listener: e.Listener, API: e.API, Route: e.Route, Resource: c.Resource, Hidden: c.Hidden, Revision: c.Revision,
		Method: text(e.Method), Target: hide.target(e.Target), Scheme: c.Scheme, Version: e.Version, In: e.In, Out: e.Out,
		Headers: fields(c.Head, e.Version != "", hide), Body: bodyOf(hide.content(c.Body), len(c.Body), c.BodySize, hide), Answer: answerOf(c, hide),
		App: c.App, ClientID: c.ClientID, Member: c.Member, Token: tokenOf(&c.Credential),
		Client: as.of(e.Client), ClientTo: hide.target(e.RequestID), AnswerID: hide.target(e.AnswerID),
		Cache: e.Cache, Upstream: upstreamOf(c, hide), Stations: Stations(e.Stations),
		Passed: slices.Clone(c.Passed), Refused: c.Refused, Would: wouldOf(e.Would), Tolerated: slices.Clone(e.Tolerated), Note: hide.in(e.Note),
	}
	r.Debug, r.Checks, r.Tries = c.Debug, c.Checks, c.Tries
	if c.Rewrite != nil {
		r.Rewrite = &Rewritten{Target: hide.target([]byte(c.Rewrite.Target)), Added: c.Rewrite.Added, Dropped: c.Rewrite.Dropped}
	}
	if e.Peer != e.Client {
		r.Peer = as.of(e.Peer)
	}
	if e.ByUpstream {
		r.By = ByUpstream
	}
	return r
}

// text is a text of the caller's as it can be kept.
func text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

func causeOf(e *accesslog.Cause, hide *hiding) *Cause {
	c := &Cause{
		Detail: e.Detail, Part: e.Part, Line: e.Line, Chunk: e.Chunk, At: e.At, Field: text(e.Field), Excerpt: hide.target(e.Excerpt),
		Quota: e.Quota, Limit: e.Limit, Window: e.Window, Value: e.Value, Sent: e.Sent, Unit: e.Unit,
	}
	if len(e.Excerpt) > 0 && redact.IsSecret(e.Field) {
		c.Excerpt = redact.Mark
	}
	if *c == (Cause{}) {
		return nil
	}
	return c
}

func saidOf(c *Call, hide *hiding) *Said {
	if len(c.Message) == 0 {
		return nil
	}
	return &Said{Code: c.Code, Message: hide.in(text(c.Message)), Fix: hide.in(text(c.Fix)), Action: c.Action, Applied: c.Applied}
}

func answerOf(c *Call, hide *hiding) *Answer {
	if len(c.AnswerHead) == 0 {
		return nil
	}
	a := &Answer{Headers: fields(c.AnswerHead, true, hide)}
	if c.Ours {
		a.Body = bodyOf(text(c.AnswerBody), len(c.AnswerBody), c.AnswerSize, hide)
		return a
	}
	plain := plainOf(c.AnswerBody, encodingOf(c.AnswerHead))
	a.Body = bodyOf(hide.content(plain), len(c.AnswerBody), c.AnswerSize, hide)
	return a
}

// bodyOf is the beginning of a body, of which so many bytes were in hand.
func bodyOf(said string, had int, size int64, hide *hiding) *Body {
	if had == 0 {
		return nil
	}
	size = max(size, int64(had))
	return &Body{Text: hide.in(said), Bytes: size, Cut: size > int64(had) || had >= mostBody}
}

// encodingOf is how the body of a head is encoded.
func encodingOf(head []byte) string {
	for name, value := range lines(head) {
		if strings.EqualFold(string(name), "content-encoding") {
			return strings.ToLower(string(value))
		}
	}
	return ""
}

// plainOf is how a body begins, without its encoding; nothing where that is one that is not known.
func plainOf(b []byte, encoding string) []byte {
	switch encoding {
	case "", "identity":
		return b
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil
		}
		plain, _ := io.ReadAll(io.LimitReader(r, mostBody)) // it is cut, and so has a fault at its end
		return plain
	}
	return nil
}

func tokenOf(c *Credential) *Token {
	if c.Kind == "" {
		return nil
	}
	t := &Token{Kind: c.Kind, Place: c.Place, Genuine: c.Genuine, Grant: c.Grant, Scopes: strings.Fields(c.Scopes), IssuedAt: unix(c.Issued), ExpiresAt: unix(c.Ends)}
	if len(c.Value) > 0 {
		t.Hash = redact.Fingerprint(c.Value)
	}
	if c.ID != [12]byte{} {
		t.ID = hexOf(c.ID)
	}
	return t
}

func unix(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func upstreamOf(c *Call, hide *hiding) *Upstream {
	e := &c.Entry
	if c.Upstream == "" {
		return nil
	}
	return &Upstream{
		Name: c.Upstream, Address: e.Upstream, Target: hide.target(e.UpstreamTarget), Status: e.UpstreamStatus, Attempts: c.Attempts, NotRetried: e.NotRetried, Reused: e.Reused,
	}
}

func wouldOf(all []accesslog.Would) (would []Would) {
	for _, w := range all {
		would = append(would, Would(w))
	}
	return would
}
