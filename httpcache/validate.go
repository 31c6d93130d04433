package httpcache

// AppendConditions appends the field lines that ask the origin whether the answer still holds (RFC 9111 §4.3.1).
func (a *Answer) AppendConditions(dst []byte) []byte {
	if a.ETag != nil {
		dst = append(append(append(dst, "If-None-Match: "...), a.ETag...), "\r\n"...)
	}
	if a.Modified != nil {
		dst = append(append(append(dst, "If-Modified-Since: "...), a.Modified...), "\r\n"...)
	}
	return dst
}

// Confirms reports whether a 304 is about the stored answer a (RFC 9111 §4.3.4). One that names another entity-tag than the one that was asked about is: the origin has
// said that this one holds, and servers are known to write a tag otherwise in a 304 than in the answer whose body they have compressed. One that names no tag,
// and another date than the one that was asked about, is about something else.
func (a *Answer) Confirms(notModified *Answer) bool {
	n := notModified
	return a.ETag != nil || n.ETag != nil || n.Modified == nil || a.Modified == nil || n.ModifiedAt == a.ModifiedAt
}

// Freshens reports whether a field of a 304 takes the place of the stored one's (RFC 9111 §3.2): not those of the stored body, nor its entity-tag, since the body stays.
// The type of the body is the origin's to say again.
func Freshens(name []byte) bool {
	for _, kept := range []string{
		"content-length", "content-encoding", "content-md5", "content-range", "etag", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
		"proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "te", "trailer", "upgrade",
	} {
		if equalFold(name, kept) {
			return false
		}
	}
	return true
}

// Unmodified reports whether the caller's own condition makes the answer to it a 304 (RFC 9111 §4.3.2, RFC 9110 §13.2.2). now is Unix ns.
func Unmodified(request Header, a *Answer, now int64) bool {
	if a.Status != 200 {
		return false
	}
	if request.Line("if-none-match", 0) != nil {
		return listsTag(request, a.ETag)
	}
	since, ok := ReadDate(request.Line("if-modified-since", 0), now/1e9)
	if !ok || request.Line("if-modified-since", 1) != nil {
		return false
	}
	if a.Modified == nil {
		return a.Date <= since
	}
	return a.ModifiedAt <= since
}

// Tells reports whether a field belongs into a 304 that is made of a stored 200: what is about its content alone does not (RFC 9110 §15.4.5).
func Tells(name []byte) bool {
	const content = "content-"
	return len(name) < len(content) || !equalFold(name[:len(content)], content) || equalFold(name, "content-location") || equalFold(name, "content-security-policy")
}

// Safe reports whether a method asks for nothing to be changed (RFC 9110 §9.2.1). An unknown one may.
func Safe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// Invalidates reports whether an answer to this method makes what is stored of its target worthless (RFC 9111 §4.4).
func Invalidates(method string, status int) bool {
	return !Safe(method) && status >= 200 && status < 400
}
