package requestlog

// FromCache reports whether the answer is one that the API gave to another call: this one it never got.
func (r *Record) FromCache() bool { return r.Cache == "hit" || r.Cache == "coalesced" }
