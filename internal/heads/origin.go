package heads

import (
	"bytes"
	"net/netip"

	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/http1"
)

// Origin is what we know of where a call came from, and what of its way here is not to be seen in what goes on.
type Origin struct {
	Silent   bool            // nothing of it is appended
	Believed bool            // who called us is a balancer, whose word counts
	Secure   bool            // who called us came over TLS, as far as is known
	Moved    bool            // Host is not the caller's any more
	Cut      []byte          // what was cut from the beginning of the path; none: nothing
	Trust    forwarded.Trust // who is believed, and where they say for whom they call
	From     netip.Addr      // who called us
	Lines    []byte          // OriginLines of who called us
}

// words are the fields by which proxies tell a server whom they speak for.
type words uint8

const (
	wordForwarded words = 1 << iota
	wordFor
	wordHost
	wordPort
	wordProto
	wordPrefix
	wordRealIP

	listed  = wordForwarded | wordFor // lists, which each proxy appends to
	legacy  = wordFor | wordHost | wordPort | wordProto | wordPrefix | wordRealIP
	allSaid = legacy | wordForwarded
)

var wordOf = [http1.NameCount]words{
	http1.Forwarded: wordForwarded, http1.XForwardedFor: wordFor, http1.XForwardedHost: wordHost, http1.XForwardedPort: wordPort,
	http1.XForwardedProto: wordProto, http1.XForwardedPrefix: wordPrefix, http1.XRealIP: wordRealIP,
}

// foreign are the words of a balancer's calls that are not its own, where it is known which field it writes: it lets the other language pass as it came.
var foreign = [forwarded.ProxyProtocol + 1]words{
	forwarded.XForwardedFor: wordForwarded,
	forwarded.XRealIP:       wordForwarded,
	forwarded.Forwarded:     legacy,
}

// provenance is what the call says of where it came from, and what becomes of that.
type provenance struct {
	appends bool            // we append who called us
	prefix  bool            // X-Forwarded-Prefix is written by us
	passes  words           // what passes; the others are dropped
	came    words           // what came, and passes
	since   forwarded.Place // of a list: what is before it does not pass
}

// provenance decides about the fields that tell where a call came from. A balancer's pass. Anybody else's are dropped where credentials are enforced, since
// an API behind such a route may take them for facts; elsewhere they pass as they would without us.
func (o Of) provenance(from *Origin) (p provenance) {
	p.appends = !from.Silent
	p.prefix = p.appends && len(from.Cut) > 0
	p.passes = allSaid
	if o.Call.Match.Demands() {
		p.passes, p.since = o.believed(from)
	}
	if p.passes == 0 {
		return p
	}
	for i, name := range wordNames {
		if o.Call.Head.First[name] >= 0 {
			p.came |= 1 << i
		}
	}
	p.came &= p.passes
	return p
}

// wordNames are the names of the words, in their order.
var wordNames = [...]http1.Name{
	http1.Forwarded, http1.XForwardedFor, http1.XForwardedHost, http1.XForwardedPort, http1.XForwardedProto, http1.XForwardedPrefix, http1.XRealIP,
}

// believed is what counts of what a call says: the words that a balancer wrote and that name no other caller than its own, and of its list the part that is not
// the client's.
func (o Of) believed(from *Origin) (said words, since forwarded.Place) {
	if !from.Believed {
		return 0, since
	}
	said = allSaid &^ foreign[from.Trust.Source]
	list := from.Trust
	switch from.Trust.Source {
	case forwarded.Peer, forwarded.ProxyProtocol: // nobody has said which field it writes
		return said, since
	case forwarded.XForwardedFor:
		said &^= o.contradicting(from, forwarded.XRealIP, wordRealIP)
	case forwarded.XRealIP:
		said &^= o.contradicting(from, forwarded.XForwardedFor, wordFor)
		list.Source = forwarded.XForwardedFor
	case forwarded.Forwarded:
	}
	if said&wordFor == 0 && list.Source == forwarded.XForwardedFor {
		since.Field = len(o.Call.Head.Fields)
		return said, since
	}
	return said, list.Since(o.Call.Head, from.From)
}

// contradicting is the word of another field if that names another caller than the field that counts.
func (o Of) contradicting(from *Origin, other forwarded.Source, word words) words {
	trust := forwarded.Trust{Proxies: from.Trust.Proxies, Source: other}
	if client, known := trust.Client(o.Call.Head, from.From); known && client == o.Call.Peer.Addr {
		return 0
	}
	return word
}

// drops reports whether a field that tells an origin is not copied: one that does not count, a spelling that CGI and its heirs take for the real one, and one
// that is rewritten with our word at its end.
func (p *provenance) drops(f *http1.Field) bool {
	word := wordOf[f.Like]
	switch {
	case word == 0:
		return false
	case p.passes&word == 0, f.ID != f.Like, p.prefix && word == wordPrefix:
		return true
	}
	return p.appends && listed&word != 0
}

// appendOrigin appends who called us. Where a proxy before us has spoken, its lists are continued and little else is added: a second spelling beside the
// one that it chose would contradict it (an API would read http where the balancer said https).
func (o Of) appendOrigin(out []byte, from *Origin, p *provenance) []byte {
	if !p.appends {
		return out
	}
	if p.prefix {
		out = o.appendPrefix(out, from, p)
	}
	if p.came == 0 {
		return o.appendHost(append(out, from.Lines...))
	}
	h := o.Call.Head
	if p.came&wordForwarded != 0 {
		out = append(appendList(append(out, "Forwarded: "...), h, http1.Forwarded, p.since), node(from.Lines)...)
		out = append(out, "\r\n"...)
	}
	if p.came&wordFor != 0 || p.came&(legacy&^wordRealIP) != 0 && p.came&wordForwarded == 0 {
		out = appendList(append(out, "X-Forwarded-For: "...), h, http1.XForwardedFor, p.since)
		if p.came&(wordFor|wordRealIP) == wordRealIP && from.Believed && from.Trust.Source == forwarded.XRealIP && !o.Call.Peer.Shared {
			out = append(o.Call.Peer.Addr.AppendTo(out), ", "...) // the list that we begin is read before X-Real-IP
		}
		out = append(from.From.AppendTo(out), "\r\n"...)
	}
	if from.Secure && p.came&(wordProto|wordForwarded) == 0 { // nobody says otherwise, and an API that redirects to https would never see it
		out = append(out, "X-Forwarded-Proto: https\r\n"...)
	}
	if from.Moved && p.came&(wordHost|wordForwarded) == 0 {
		out = o.appendHost(out)
	}
	return out
}

// appendHost appends for which host the call came.
func (o Of) appendHost(out []byte) []byte {
	host := o.Call.Head.Get(http1.Host)
	if len(host) == 0 {
		return out
	}
	return append(append(append(out, "X-Forwarded-Host: "...), host...), "\r\n"...)
}

// appendPrefix appends what is missing at the beginning of the path: what a balancer before us has cut, and what we have.
func (o Of) appendPrefix(out []byte, from *Origin, p *provenance) []byte {
	out = append(out, "X-Forwarded-Prefix: "...)
	if p.came&wordPrefix != 0 {
		out = bytes.TrimRight(appendList(out, o.Call.Head, http1.XForwardedPrefix, forwarded.Place{}), "/, ")
		if out[len(out)-1] == ':' {
			out = append(out, ' ')
		}
	}
	return append(append(out, from.Cut...), "\r\n"...)
}

// appendList appends the values of a list field in one line, each with the comma behind it: there are servers that read the first line alone.
func appendList(out []byte, h *http1.Head, name http1.Name, since forwarded.Place) []byte {
	for i := since.Field; i < len(h.Fields); i++ {
		f := &h.Fields[i]
		if f.ID != name {
			continue
		}
		value := f.Value.Of(h.Buf)
		if i == since.Field {
			value = bytes.TrimLeft(value[min(since.Off, len(value)):], " \t")
		}
		if len(value) > 0 {
			out = append(append(out, value...), ", "...)
		}
	}
	return out
}

// forwardedName is what the lines of a first hop begin with.
const forwardedName = "Forwarded: "

// OriginLines are the lines of a first hop, the same for every call of a connection from addr.
func OriginLines(addr netip.Addr, secure bool) []byte {
	text, proto := addr.String(), "http"
	if secure {
		proto = "https"
	}
	node := text
	if addr.Is6() {
		node = `"[` + text + `]"` // RFC 7239 §6
	}
	return []byte(forwardedName + "for=" + node + ";proto=" + proto + "\r\nX-Forwarded-For: " + text + "\r\nX-Forwarded-Proto: " + proto + "\r\n")
}

// node is who called us as an element of Forwarded (RFC 7239 §4).
func node(lines []byte) []byte {
	line, _, _ := bytes.Cut(lines, crlf)
	return line[len(forwardedName):]
}

var crlf = []byte("\r\n")
