package observe

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"hash/maphash"
	"net/netip"
	"net/url"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// learnt is what a draft is written from, beside the paths: of good calls alone, and never a value of a query, header or body, but for who issues tokens.
type learnt struct {
	calls    int
	largest  largest
	issuers  map[string]int
	minute   int64 // that is counted
	callers  map[netip.Addr]int
	peak     int // calls of one address in one minute
	tolerate map[string]bool
}

// largest is how far the largest of what passed went.
type largest struct {
	body, head, target, fields, answerHead, answerFields int64
	connect, firstByte, gap                              int64 // µs
}

// The bounds of what is learnt.
const (
	maxIssuers = 10
	maxIssuer  = 200
	maxCallers = 4096
)

func newLearnt() learnt {
	return learnt{issuers: map[string]int{}, callers: map[netip.Addr]int{}, tolerate: map[string]bool{}}
}

// good learns from a good call.
func (l *learnt) good(e *accesslog.Entry) {
	l.calls++
	for _, word := range e.Tolerated {
		l.tolerate[word] = true
	}
	l.size(e)
	l.pace(e)
	if e.Seen == nil {
		return
	}
	if iss := issuerOf(e.Seen.Authorization); iss != "" {
		if _, known := l.issuers[iss]; known || len(l.issuers) < maxIssuers {
			l.issuers[iss]++
		}
	}
}

func (l *learnt) size(e *accesslog.Entry) {
	m, st := &l.largest, &e.Stations
	m.target = max(m.target, int64(len(e.Target)))
	if st.Connect > 0 {
		m.connect = max(m.connect, st.Connect-st.Admit)
	}
	if st.FirstByte > 0 {
		m.firstByte = max(m.firstByte, st.FirstByte-max(st.Admit, st.Connect))
	}
	s := e.Seen
	if s == nil {
		return
	}
	m.head, m.fields = max(m.head, int64(s.Head)), max(m.fields, int64(s.Fields))
	m.answerHead, m.answerFields = max(m.answerHead, int64(s.Answer.Head)), max(m.answerFields, int64(s.Answer.Fields))
	m.body = max(m.body, s.Sent, e.In-int64(s.Head))
	if !streams(s.Answer.Type) {
		m.gap = max(m.gap, s.Gap)
	}
}

// pace counts the calls of an address in a minute.
func (l *learnt) pace(e *accesslog.Entry) {
	if minute := e.Time / 60e9; minute != l.minute {
		l.minute = minute
		clear(l.callers)
	}
	if _, known := l.callers[e.Client]; !known && len(l.callers) == maxCallers {
		return
	}
	l.callers[e.Client]++
	l.peak = max(l.peak, l.callers[e.Client])
}

// issuerOf is who says of itself, in a JWT that nobody has verified, to have issued it: a URL, "" for what is none.
func issuerOf(authorization []byte) string {
	payload := payloadOf(authorization)
	var claims struct {
		Issuer string `json:"iss"`
	}
	if payload == nil || json.Unmarshal(payload, &claims) != nil || len(claims.Issuer) > maxIssuer {
		return ""
	}
	u, err := url.Parse(claims.Issuer)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return ""
	}
	return sentence([]byte(u.String()))
}

// payloadOf is the payload of a JWT, unverified; nil for a credential that is none.
func payloadOf(authorization []byte) []byte {
	_, token, _ := bytes.Cut(authorization, []byte{' '})
	parts := bytes.Split(bytes.TrimSpace(token), []byte{'.'})
	if len(parts) != 3 || len(token) > maxJWT {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimRight(parts[1], "=")))
	if err != nil {
		return nil
	}
	return payload
}

// passage is how many good calls went through a place of the paths.
type passage struct {
	calls int
	first uint32 // connection
	more  bool   // there was a second one
}

func (p *passage) note(connection uint32) {
	if p.calls == 0 {
		p.first = connection
	}
	p.calls++
	p.more = p.more || connection != p.first
}

// with is both passages in one.
func (p passage) with(o passage) passage {
	switch {
	case p.calls == 0:
		return o
	case o.calls == 0:
		return p
	}
	return passage{p.calls + o.calls, p.first, p.more || o.more || p.first != o.first}
}

// proven reports whether a word is one of the API's own: three good calls of two connections had it.
func (p passage) proven() bool { return p.calls >= 3 && p.more }

// shape is what values look like.
type shape uint8

const (
	digits shape = iota
	uuids
	hexes
	otherValues
	shapes
)

// shapeOf tells the shape of a value.
func shapeOf(s []byte) shape {
	hex, dashes := true, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
		case c|0x20 >= 'a' && c|0x20 <= 'f':
		case c == '-':
			dashes++
		default:
			hex = false
		}
	}
	switch {
	case len(bytes.Trim(s, "0123456789")) == 0:
		return digits
	case hex && len(s) == 36 && dashes == 4:
		return uuids
	case hex && dashes == 0:
		return hexes
	}
	return otherValues
}

// siblings is how many values make one of them.
const siblings = 4

// values counts the different values of each shape, up to siblings.
type values struct{ of [shapes][siblings]uint64 }

// note notes a value by its hash: it is not kept.
func (v *values) note(seed maphash.Seed, s []byte) {
	hash := maphash.Bytes(seed, s) | 1
	seen := &v.of[shapeOf(s)]
	for i := range seen {
		if seen[i] == hash {
			return
		}
		if seen[i] == 0 {
			seen[i] = hash
			return
		}
	}
}

// enough reports whether four siblings of one shape were seen in any of these.
func enough(all []*node) bool {
	for s := range shapes {
		met := map[uint64]bool{}
		for _, n := range all {
			for _, hash := range n.values.of[s] {
				if hash != 0 {
					met[hash] = true
				}
			}
		}
		if len(met) >= siblings {
			return true
		}
	}
	return false
}
