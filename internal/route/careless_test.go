package route

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// careless is how a reader sees a path, written anew and slowly: "/" at least.
func careless(path string, r reader) string {
	path = lenient(path, r)
	if r&decodesTwice != 0 {
		path = lenient(path, r)
	}
	if i := strings.IndexAny(path, "?#\x00"); i >= 0 && r&cutsEnds != 0 {
		path = path[:i]
	}
	var kept []string
	for _, seg := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		name := seg
		if r&strips != 0 {
			name, _, _ = strings.Cut(name, ";")
			name = strings.TrimRightFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f })
		}
		if r&followsDots != 0 && name == ".." {
			kept = kept[:max(0, len(kept)-1)]
			continue
		}
		if r&followsDots != 0 && name == "." {
			continue
		}
		if r&strips != 0 {
			name = strings.TrimRightFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '.' })
		}
		if name == "" && r&drops == 0 {
			name = seg
		}
		if name != "" {
			kept = append(kept, lowered(name))
		}
	}
	return "/" + strings.Join(kept, "/")
}

// lowered puts letters that are ASCII in some case or form in small plain ones, and others in small ones.
func lowered(s string) string { return lettersOf(s, false) }

// lenient undoes escapes and leaves alone what is none, and takes every character for what it is a form of if that is what its reader does.
func lenient(s string, r reader) string {
	s = unescaped(s)
	if r&narrows == 0 {
		return s
	}
	return lettersOf(s, true)
}

func lettersOf(s string, signs bool) string {
	var out []byte
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			r, size = looseRune([]byte(s))
		}
		text, plain := plainForm(r)
		if r < 0x80 {
			text, plain = strings.ToLower(string(r)), size == 1 || r > ' ' && r < 0x7f
		}
		switch {
		case size == 1 && r < 0x80, plain && (signs || text != "" && !strings.ContainsAny(text, `/\.;?#% `)), r < 0x80 && signs:
			out = append(out, text...)
		case plain, size == 1, r < 0x80:
			out = append(out, s[:size]...)
		default:
			out = utf8.AppendRune(out, unicode.ToLower(unicode.ToUpper(r)))
		}
		s = s[size:]
	}
	return string(out)
}

func unescaped(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if n, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8); s[i] == '%' && i+3 <= len(s) && err == nil && s[i+1] != '+' {
			out.WriteByte(byte(n))
			i += 2
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
