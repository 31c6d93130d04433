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

// lowered puts letters that are ASCII in some case or width in small narrow ones.
func lowered(s string) string {
	var out []byte
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		c := r
		if c >= 0xFF01 && c <= 0xFF5E && !strings.ContainsRune(structure, c) {
			c -= 0xFEE0
		}
		if up := unicode.ToUpper(c); up < 0x80 {
			c = up
		}
		if c = unicode.ToLower(c); c < 0x80 {
			out = append(out, byte(c))
		} else {
			out = append(out, s[:size]...)
		}
		s = s[size:]
	}
	return string(out)
}

// structure are the wide forms of what gives a path its structure.
const structure = "／＼．；？＃％"

// lenient undoes escapes and leaves alone what is none, and takes wide signs for narrow ones if that is what its reader does.
func lenient(s string, r reader) string {
	s = unescaped(s)
	if r&narrows == 0 {
		return s
	}
	for i, wide := range []string{"／", "＼", "．", "；", "？", "＃", "％"} {
		s = strings.ReplaceAll(s, wide, `/\.;?#%`[i:i+1])
	}
	return s
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
