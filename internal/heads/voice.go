package heads

import (
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// Voice is how an API (or a listener, where no API is found) speaks: its catalogue, and the names of its headers.
type Voice struct {
	Catalogue *problem.Catalogue
	Profile   problem.Profile
	Name      string // of the API, or of the listener
	CORS      *route.CORS
	Fabric    string // x-li-fabric
	RequestID string // header of the id; "" none
	LinkedIn  bool   // the three x-li headers
	Health    bool   // of a listener: it answers /healthz and /readyz itself

	// Identity headers to the upstream; "" none.
	App, Member, Scopes string
	// Foreign are the identity headers of other APIs: what comes under them from outside is dropped here too, since an upstream may serve both.
	Foreign []string

	known  names    // the well-known names among those that we set
	others []string // the others

	exposed string // what a script of another origin may read
}

// Ready finishes a voice: which names from outside are dropped since we set them.
func (v *Voice) Ready() *Voice {
	for _, name := range []string{v.RequestID, v.App, v.Member, v.Scopes} {
		if id := http1.LookupLike([]byte(name)); id != http1.Other {
			v.known[id] = true
		} else if name != "" {
			v.others = append(v.others, name)
		}
	}
	v.Foreign = slices.DeleteFunc(slices.Clone(v.Foreign), func(name string) bool {
		return notForwarded[http1.LookupLike([]byte(name))] || slices.Contains(v.others, name) // dropped as it is
	})
	v.exposed = v.exposes()
	return v
}

// exposes are the fields that a script of another origin may read: the ids that are sent, what we say, and what the API names.
func (v *Voice) exposes() string {
	names := []string{Exposed}
	if v.LinkedIn {
		names = append(names, "x-li-uuid, x-li-fabric, x-li-request-id")
	}
	if v.RequestID != "" {
		names = append(names, v.RequestID)
	}
	if own := v.CORS.Expose(); own != "" {
		names = append(names, own)
	}
	return strings.Join(names, ", ")
}

// appendIDs appends the id headers of an answer.
func (v *Voice) appendIDs(dst []byte, id callid.ID) []byte {
	if v.LinkedIn {
		dst = append(dst, "x-li-uuid: "...)
		dst = id.AppendBase64(dst)
		dst = append(dst, "\r\nx-li-fabric: "...)
		dst = append(dst, v.Fabric...)
		dst = append(dst, "\r\nx-li-request-id: "...)
		dst = id.AppendHex(dst)
		dst = append(dst, "\r\n"...)
	}
	if v.RequestID == "" {
		return dst
	}
	dst = append(dst, v.RequestID...)
	dst = append(dst, ": "...)
	dst = id.AppendUUID(dst)
	return append(dst, "\r\n"...)
}

// identifies reports whether a field of a request has a name under which some API tells its upstream who calls, in any case and with '_' for '-'.
func (v *Voice) identifies(f *http1.Field, buf []byte) bool {
	name := f.Name.Of(buf)
	for _, foreign := range v.Foreign {
		if http1.SameName(name, foreign) {
			return true
		}
	}
	return http1.SameName(name, v.App) || http1.SameName(name, v.Member) || http1.SameName(name, v.Scopes)
}

// sets reports whether a field of an answer has a name that we set ourselves, in any case and with '_' for '-'.
func (v *Voice) sets(f *http1.Field, buf []byte) bool {
	if f.Like != http1.Other {
		return v.known[f.Like]
	}
	for _, name := range v.others {
		if http1.SameName(f.Name.Of(buf), name) {
			return true
		}
	}
	return false
}
