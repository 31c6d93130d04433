// Package forwarded finds who calls through balancers: whose word counts, and in which one field of a call it stands. It judges bytes alone, and allocates nothing.
package forwarded

import (
	"bytes"
	"net/netip"
	"slices"

	"github.com/candor-gateway/candor/internal/http1"
)

// Proxies are the addresses of balancers in front of a listener.
type Proxies []netip.Prefix

// Trust reports whether addr is one of a balancer's.
func (p Proxies) Trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// Source is where balancers say for whom they speak. There is one at most: what they do not write themselves comes from whoever likes to.
type Source uint8

// The sources.
const (
	Peer          Source = iota // nowhere: who connects is who calls
	XForwardedFor               // a list, of which each proxy wrote the last element that was there when it was done
	Forwarded                   // the same (RFC 7239)
	XRealIP                     // one address
	ProxyProtocol               // the header before the first call of a connection, and no field
)

// Trust is whom a listener believes, and where they say it. The zero Trust believes nobody.
type Trust struct {
	Proxies Proxies
	Source  Source
}

// reading is how one field is read: what it is called, how its last element is split off, and how the address of an element is found.
type reading struct {
	field http1.Name
	cut   func(value []byte) (rest, element []byte)
	node  func(element []byte) (netip.Addr, bool)
}

var readings = [ProxyProtocol + 1]reading{
	XForwardedFor: {http1.XForwardedFor, cutLast, parseNode},
	Forwarded:     {http1.Forwarded, cutElement, parseElement},
	XRealIP:       {http1.XRealIP, cutAll, parseNode},
}

// maxHops bounds how many proxies may stand in a row before a call.
const maxHops = 64

// Client is who called from, a proxy that is believed: the right-most address of the field that is no proxy's, or the left-most one if all are. What is left of
// that is what the client says of itself, and not looked at. known is false where the field does not tell: it is missing, what stands there is no address, or
// there are too many proxies. Then the client is the last proxy that was named, which speaks for many.
func (t *Trust) Client(h *http1.Head, from netip.Addr) (client netip.Addr, known bool) {
	client, known, _ = t.find(h, from)
	return client, known
}

// Place is where in the fields of a head the part of a list begins that proxies wrote: what is before it is the client's. The zero Place is the beginning.
type Place struct {
	Field int // index in the head; that of no field: nothing is theirs
	Off   int // in its value
}

// Since is where the word of those begins who are believed.
func (t *Trust) Since(h *http1.Head, from netip.Addr) Place {
	_, _, since := t.find(h, from)
	return since
}

func (t *Trust) find(h *http1.Head, from netip.Addr) (client netip.Addr, known bool, since Place) {
	read := &readings[t.Source]
	since.Field = len(h.Fields)
	if read.cut == nil || h.First[read.field] < 0 || read.field == http1.XRealIP && h.Count(http1.XRealIP) > 1 {
		return from, false, since
	}
	client, hops := from, 0
	for i := range slices.Backward(h.Fields) {
		if h.Fields[i].ID != read.field {
			continue
		}
		rest := h.Fields[i].Value.Of(h.Buf)
		for len(rest) > 0 {
			var element []byte
			off := len(rest)
			rest, element = read.cut(rest)
			off -= len(element)
			if element = trim(element); len(element) == 0 {
				continue // RFC 9110 §5.6.1.2
			}
			addr, ok := read.node(element)
			if hops++; !ok || hops > maxHops {
				return client, false, since
			}
			client, since = addr, Place{i, off}
			if !t.Proxies.Trust(addr) {
				return client, true, since
			}
		}
	}
	return client, hops > 0, since
}

// Client is Trust.Client where X-Forwarded-For was read by somebody else: lists are its values in their order.
func (p Proxies) Client(from netip.Addr, lists []string) netip.Addr {
	client, hops := from, 0
	for _, list := range slices.Backward(lists) {
		for rest := []byte(list); len(rest) > 0 && p.Trust(client); {
			var element []byte
			if rest, element = cutLast(rest); len(trim(element)) == 0 {
				continue
			}
			addr, ok := parseNode(trim(element))
			if hops++; !ok || hops > maxHops {
				return client
			}
			client = addr
		}
	}
	return client
}

// cutLast splits the last element off a list.
func cutLast(value []byte) (rest, element []byte) {
	i := bytes.LastIndexByte(value, ',')
	return value[:max(i, 0)], value[i+1:]
}

// cutAll takes a value that is no list.
func cutAll(value []byte) (rest, element []byte) { return nil, value }

func trim(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
