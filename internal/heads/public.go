package heads

import (
	"bytes"
	"slices"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/http1"
)

// Secure reports whether the caller, or the first balancer that is believed, has called by https. What it needs of Back is its Origin.
func (o Of) Secure() bool {
	secure, _ := back{o}.public()
	return secure
}

// public is how the caller, or the first balancer that is believed, has called us.
func (o back) public() (secure bool, host []byte) {
	h, from := o.Call.Head, &o.Back.Origin
	secure, host = from.Secure, h.Authority.Of(h.Buf)
	if !from.Believed {
		return secure, host
	}
	said, since := o.believed(from)
	if said&wordProto != 0 {
		if proto := fromEnd(h, http1.XForwardedProto, o.balancers(said, since)); len(proto) > 0 {
			secure = ascii.EqualFold(proto, "https")
		}
	}
	if said&wordHost != 0 {
		if name := fromEnd(h, http1.XForwardedHost, 1); isAuthority(name) {
			host = name
		}
	}
	element := firstForwarded(h, said, since)
	for len(element) > 0 {
		pair, rest, _ := bytes.Cut(element, []byte(";"))
		element = rest
		name, value, _ := bytes.Cut(bytes.Trim(pair, " \t"), []byte("="))
		switch value = bytes.Trim(value, `"`); {
		case ascii.EqualFold(name, "proto"):
			secure = ascii.EqualFold(value, "https")
		case ascii.EqualFold(name, "host") && isAuthority(value):
			host = value
		}
	}
	return secure, host
}

// balancers is how many of them their list names, 1 at least: as many elements of a field can be theirs. That is good enough for a scheme. For a name it is not:
// where one of two appends to what its client wrote, the client's would be the second from the end, so of names the last one counts.
func (o back) balancers(said words, since forwarded.Place) (n int) {
	source := o.Back.Origin.Trust.Source
	if said&wordFor == 0 || source == forwarded.Peer || source == forwarded.ProxyProtocol {
		return 1
	}
	h := o.Call.Head
	for i := since.Field; i < len(h.Fields); i++ {
		if h.Fields[i].ID != http1.XForwardedFor {
			continue
		}
		value := h.Fields[i].Value.Of(h.Buf)
		if i == since.Field {
			value = value[min(since.Off, len(value)):]
		}
		n += bytes.Count(value, []byte(",")) + 1
	}
	return max(n, 1)
}

// fromEnd is the nth element from the end of a list, whose fields are one list; the first where it has fewer.
func fromEnd(h *http1.Head, name http1.Name, n int) (element []byte) {
	for i := range slices.Backward(h.Fields) {
		if h.Fields[i].ID != name {
			continue
		}
		rest, more := h.Fields[i].Value.Of(h.Buf), true
		for more {
			at := bytes.LastIndexByte(rest, ',')
			more = at >= 0
			part := bytes.Trim(rest[at+1:], " \t")
			rest = rest[:max(at, 0)]
			if len(part) == 0 {
				continue
			}
			if element, n = part, n-1; n == 0 {
				return element
			}
		}
	}
	return element
}

// firstForwarded is the first element of Forwarded that a balancer wrote: what stands before is the client's, which could name any server.
func firstForwarded(h *http1.Head, said words, since forwarded.Place) []byte {
	if said&wordForwarded == 0 {
		return nil
	}
	for i := since.Field; i < len(h.Fields); i++ {
		if h.Fields[i].ID != http1.Forwarded {
			continue
		}
		value := h.Fields[i].Value.Of(h.Buf)
		if i == since.Field {
			value = value[min(since.Off, len(value)):]
		}
		first, _, _ := bytes.Cut(value, []byte(","))
		return bytes.Trim(first, " \t")
	}
	return nil
}
