package redact

// AppendQuery appends a query (without its '?') as AppendTarget would.
func AppendQuery(dst, query []byte) []byte {
	if isPlain(query) {
		return append(dst, query...)
	}
	h := newHider(dst, query)
	return h.run()
}
