//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// message is an answer, or a head, taken apart.
type message struct {
	start  string
	fields []field
	body   string
}

type field struct{ name, value string }

func parseMessage(b []byte) (m message) {
	head, body, _ := strings.Cut(string(b), "\r\n\r\n")
	m.body = body
	for i, line := range strings.Split(head, "\r\n") {
		if i == 0 {
			m.start = line
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		m.fields = append(m.fields, field{textproto.CanonicalMIMEHeaderKey(name), strings.TrimSpace(value)})
	}
	return m
}

// without returns the fields whose names are not those of other, nor any that
// HTTP itself needs.
func (m message) without(other message) (rest []field) {
	for _, f := range m.fields {
		framing := slices.Contains([]string{"Date", "Server", "Connection", "Content-Length", "Transfer-Encoding", "Host"}, f.name)
		if !framing && !slices.ContainsFunc(other.fields, func(o field) bool { return o.name == f.name }) {
			rest = append(rest, f)
		}
	}
	return rest
}

// uuid is how Candor spells a call's id.
var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// varying is what differs from call to call: ids, traces, counts, dates.
var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{36}|00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]|\b[rt]=\d+`)

// settled is the message as lines that must be the same from every proxy:
// names without case, in one order, what varies as ID, and without what HTTP
// lets each server say of itself.
func (m message) settled() string {
	lines := make([]string, 0, len(m.fields))
	for _, f := range m.fields {
		if !slices.Contains([]string{"Date", "Server", "Connection", "Keep-Alive"}, f.name) {
			lines = append(lines, f.name+": "+varying.ReplaceAllString(f.value, "ID"))
		}
	}
	slices.Sort(lines)
	_, status, _ := strings.Cut(m.start, " ")
	status, _, _ = strings.Cut(status, " ")
	return status + "\n" + strings.Join(lines, "\n") + "\n\n" + varying.ReplaceAllString(m.body, "ID")
}

// ask sends one request and returns the bytes of the answer.
func ask(ctx context.Context, t target) (answer []byte, err error) {
	var conn net.Conn
	if t.tls != nil {
		conn, err = (&tls.Dialer{Config: t.tls}).DialContext(ctx, "tcp", t.address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", t.address)
	}
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write(t.request); err != nil {
		return nil, err
	}
	for buf := make([]byte, 64<<10); ; {
		n, err := conn.Read(buf)
		answer = append(answer, buf[:n]...)
		if end := bytes.Index(answer, []byte("\r\n\r\n")) + 4; end >= 4 && int64(len(answer)-end) >= contentLength(answer[:end]) {
			return answer, nil
		}
		if err != nil {
			return answer, fmt.Errorf("answer not whole: %w", err)
		}
	}
}
