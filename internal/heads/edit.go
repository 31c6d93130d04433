package heads

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// edits reports whether a field that came does not pass, in any case and with '_' for '-': it is removed, or another is set in its place.
func edits(e *route.Edit, f *http1.Field, buf []byte) bool {
	if e == nil {
		return false
	}
	for _, name := range e.Drops {
		if http1.SameName(f.Name.Of(buf), name) {
			return true
		}
	}
	return false
}

// toCaller is what becomes of the fields of the call's answer.
func (o Of) toCaller() *route.Edit {
	if r := o.Call.Match.Route; r != nil {
		return r.ToCaller
	}
	return nil
}
