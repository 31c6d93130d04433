package route

import "bytes"

// maxWayBack bounds the segments of a pattern into which paths of an upstream can be put back.
const maxWayBack = 32

// AppendBack appends what a caller of the route calls a path of its upstream: caller is the path of the call under way. It reports false where no path of
// this API leads there, and appends nothing then.
func (r *Route) AppendBack(dst, caller, path []byte) ([]byte, bool) {
	w := r.Rewrite
	if w == nil {
		return append(dst, path...), true
	}
	own, within := cutLiteral(path, w.prefix)
	if within && w.path == nil {
		return w.restore(dst, own), true
	}
	if !within && len(w.Cut) > 0 && covers(w.Cut, path) {
		return append(dst, path...), true // who knows X-Forwarded-Prefix says it already
	}
	if within {
		if out, ok := w.back(dst, rooted(caller), own); ok {
			return out, true
		}
	}
	for _, other := range r.API.rewrites {
		if rest, within := cutLiteral(path, other.prefix); within && other != w {
			if out, ok := other.back(dst, nil, rest); ok {
				return out, true
			}
		}
	}
	return dst, false
}

// restore puts the prefix back that was cut off, unless the upstream has done so.
func (w *Rewrite) restore(dst, path []byte) []byte {
	if !covers(w.Cut, path) {
		dst = append(dst, w.Cut...)
	}
	return append(dst, path...)
}

// covers reports whether a path is a prefix, or goes on behind it with a slash.
func covers(prefix, path []byte) bool {
	return bytes.HasPrefix(path, prefix) && (len(path) == len(prefix) || path[len(prefix)] == '/')
}

// cutLiteral cuts whole segments off a path.
func cutLiteral(path []byte, prefix string) (rest []byte, ok bool) {
	if len(path) < len(prefix) || string(path[:len(prefix)]) != prefix || len(path) > len(prefix) && path[len(prefix)] != '/' {
		return path, false
	}
	return path[len(prefix):], true
}

// back puts what the template has made, seen from its end, into the caller's pattern: what it does not hold is taken from the caller's path, if there is one.
func (w *Rewrite) back(dst, caller, path []byte) ([]byte, bool) {
	var values [maxWayBack][]byte
	if w.oneWay || len(w.pattern) > maxWayBack || !w.read(path, &values) {
		return dst, false
	}
	start := len(dst)
	for i := range w.pattern {
		s := &w.pattern[i]
		switch {
		case s.kind == tail:
			dst = append(dst, values[i]...)
			continue
		case s.kind != literal && values[i] == nil && caller != nil:
			values[i] = w.piece(&piece{kind: held, at: i}, caller)
		}
		if s.kind != literal && len(values[i]) == 0 {
			return dst[:start], false
		}
		dst = appendEscaped(append(dst, '/'), s.before)
		dst = appendEscaped(append(dst, values[i]...), s.after)
	}
	return dst, true
}

// read notes the values of a path of the upstream by the segments of the caller's pattern that they come from.
func (w *Rewrite) read(path []byte, values *[maxWayBack][]byte) bool {
	at := 0
	for i := range w.left {
		s := &w.left[i]
		if s.kind == tail {
			values[len(w.pattern)-1] = path[at:]
			return true
		}
		if at == len(path) {
			return false
		}
		var seg []byte
		if seg, at = cutSegment(path, at); s.kind == literal {
			if from := cutBefore(seg, s.before); from != len(seg) {
				return false
			}
			continue
		}
		from, to := cutBefore(seg, s.before), cutAfter(seg, s.after)
		if from < 0 || to <= from {
			return false
		}
		for j := range w.pattern {
			if w.pattern[j].name == s.name {
				values[j] = seg[from:to]
			}
		}
	}
	return at == len(path)
}

// CookiePath is what a caller calls the paths below one of the upstream's, for the Path of a cookie. One above all that the route leads to is the widest that
// it can be here.
func (r *Route) CookiePath(dst, caller, path []byte) ([]byte, bool) {
	w := r.Rewrite
	if w == nil {
		return append(dst, path...), true
	}
	path = bytes.TrimRight(path, "/")
	start := len(dst)
	switch out, ok := r.AppendBack(dst, caller, path); {
	case ok && len(out) == start:
		return append(out, '/'), true
	case ok:
		return out, true
	}
	if len(path) > 0 && !covers(path, []byte(w.prefix)) {
		return dst, false
	}
	if len(w.Cut) > 0 {
		return append(dst, w.Cut...), true
	}
	return append(dst, '/'), true
}
