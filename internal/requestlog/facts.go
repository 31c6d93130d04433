package requestlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/changes"
)

// factsOf is what a call looked like, by names alone: what it is compared by. All of it is copied.
func factsOf(c *Call, products func(set uint64) []string) *changes.Facts {
	e, by := &c.Entry, &c.Credential
	path, query, _ := bytes.Cut(e.Target, []byte{'?'})
	f := &changes.Facts{
		Headless: !c.Whole, Method: text(e.Method), Path: changes.Shape(path), Params: changes.AppendParams(nil, query), Network: networkOf(e.Client),
		TokenPlace: placeOf(by), TokenKind: by.Kind, Scopes: strings.Fields(by.Scopes), Granted: by.Genuine, Upstream: c.Target,
		Revision: int64(c.RouteRevision), RevisionAt: c.RouteRevisionAt / int64(time.Second), Calls: c.Calls,
		BodySize: c.BodySize, URLSize: int64(len(e.Target)), HeadSize: int64(len(c.Head)),
	}
	if by.Value != nil {
		sum := sha256.Sum256(by.Value)
		f.Token = binary.BigEndian.Uint64(sum[:])
	}
	if by.Issued > 0 {
		f.Age, f.Life, f.Skew = max(0, e.Time/int64(time.Second)-by.Issued), by.Ends-by.Issued, max(0, by.Issued-e.Time/int64(time.Second))
	}
	if c.BodySize == 0 || c.Checked != nil {
		f.Members, f.Body = changes.AppendMembers(nil, c.Checked)
	}
	if products != nil {
		f.Products = products(c.Products)
	}
	f.VersionPlace = strings.ToLower(c.VersionField)
	addFields(f, c)
	return f
}

// addFields adds what the lines of the head say.
func addFields(f *changes.Facts, c *Call) {
	for name, value := range lines(c.Head) {
		f.Fields = changes.AppendField(f.Fields, name)
		switch field := strings.ToLower(string(name)); field {
		case f.VersionPlace:
			f.Version = text(value)
		case "content-type":
			media, _, _ := bytes.Cut(value, []byte{';'})
			f.Media = strings.ToLower(text(bytes.TrimSpace(media)))
		case "user-agent":
			product, version := changes.CutAgent(value)
			f.Agent, f.AgentIs = text(product), text(version)
		case "date":
			if at, err := http.ParseTime(string(value)); err == nil {
				f.Skew = max(f.Skew, at.Unix()-c.Entry.Time/int64(time.Second), c.Entry.Time/int64(time.Second)-at.Unix())
			}
		}
	}
}

// lines are the names and values of a head, behind its first line.
func lines(head []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		_, rest, more := bytes.Cut(head, []byte{'\n'})
		for more {
			var line []byte
			line, rest, more = bytes.Cut(rest, []byte{'\n'})
			name, value, found := bytes.Cut(line, []byte{':'})
			if found && !yield(bytes.TrimSpace(name), bytes.TrimSpace(value)) {
				return
			}
		}
	}
}

// placeOf is where the credential stood.
func placeOf(by *Credential) string {
	switch {
	case by.Kind == "":
		return ""
	case by.Parameter != "":
		return "query." + by.Parameter
	}
	return "authorization"
}

func networkOf(addr netip.Addr) string {
	network := Networks.of(addr)
	if !network.IsValid() {
		return ""
	}
	return network.String()
}

// keysOf are by whom the calls are known with which this one is compared, the most telling first.
func keysOf(m *changes.Memory, c *Call, f *changes.Facts, as Addresses) (keys []changes.Key) {
	route := f.Method + " " + c.Entry.Route
	if c.App != "" {
		return []changes.Key{m.Key(changes.App, c.App, route)}
	}
	for name, value := range lines(c.Head) {
		if strings.EqualFold(string(name), "authorization") {
			sum := sha256.Sum256(value)
			keys = append(keys, m.Key(changes.Credential, string(sum[:]), route))
			break
		}
	}
	return slices.Concat(keys, networkKeys(m, f, route, as))
}

// networkKeys are none where nothing of addresses is to be kept.
func networkKeys(m *changes.Memory, f *changes.Facts, route string, as Addresses) []changes.Key {
	if as == NoAddresses || f.Network == "" {
		return nil
	}
	return []changes.Key{m.Key(changes.Network, f.Network, route)}
}
