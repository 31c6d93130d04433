package gateway

import (
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
)

// Resource is what clients are told of an API before they have a token (RFC 9728). We answer it ourselves, to everybody.
type Resource struct {
	API      int    // by its number
	URL      string // of the document: refusals name it
	Host     string // of URL, without a port
	Path     string // of URL
	Document []byte // JSON
}

// described is the resource whose document a call asks for; nil: none.
func (p *Policy) described(h *http1.Head) *Resource {
	for i := range p.Resources {
		r := &p.Resources[i]
		if string(h.Path.Of(h.Buf)) == r.Path && ascii.EqualFold(withoutPort(h.Authority.Of(h.Buf)), r.Host) {
			m := h.Method.Of(h.Buf)
			if string(m) == "GET" || string(m) == "HEAD" {
				return r
			}
		}
	}
	return nil
}

// describe answers with the document.
func describe(x *exchange, r *Resource) downstream.After {
	x.scratch.text = append(x.scratch.text[:0], r.Document...)
	return x.answer(200, x.heads().AppendPublic(x.scratch.head[:0], "application/json", len(x.scratch.text)))
}

// metadata is where the document of an API stands; "" where there is none.
func (s *Spec) metadata(api int) string {
	for i := range s.Resources {
		if s.Resources[i].API == api {
			return s.Resources[i].URL
		}
	}
	return ""
}
