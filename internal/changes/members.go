package changes

import (
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
)

// Limits of what is taken from one call.
const (
	MaxNames = 64  // of each list
	maxDepth = 3   // of members, so "a.b.c"; what is deeper is passed over
	maxPath  = 256 // bytes of a dotted name
)

// AppendMembers appends the names of the members of a JSON body, dotted ("author.id"; those of the objects in an array stand under the array's name), each
// once. It takes no value. It reports whether these are all: not of a body that is cut off or is no JSON, or that has more than MaxNames. An empty body has
// none.
func AppendMembers(dst []string, body []byte) ([]string, bool) {
	s := scan{b: body, from: len(dst), out: dst}
	s.blank()
	if s.i == len(s.b) {
		return dst, true
	}
	ok := s.value(0)
	s.blank()
	return s.out, ok && s.i == len(s.b) && !s.more
}

// scan goes through a JSON text. It looks for names, and is no judge of numbers and escapes.
type scan struct {
	b    []byte
	i    int
	out  []string
	from int  // where the names of this body begin in out
	more bool // there are names that had no room
	path [maxPath]byte
	size int // of path
}

// blank passes white space.
func (s *scan) blank() {
	for s.i < len(s.b) && strings.IndexByte(" \t\r\n", s.b[s.i]) >= 0 {
		s.i++
	}
}

// next passes white space and c, if it is there.
func (s *scan) next(c byte) bool {
	s.blank()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// value passes a value, and takes the names in it.
func (s *scan) value(depth int) bool {
	s.blank()
	if s.i >= len(s.b) {
		return false
	}
	switch c := s.b[s.i]; {
	case c == '"':
		_, ok := s.text()
		return ok
	case c == '{' && depth < maxDepth:
		s.i++
		return s.list('}', func() bool { return s.member(depth) })
	case c == '[' && depth < maxDepth:
		s.i++
		return s.list(']', func() bool { return s.element(depth) })
	case c == '{' || c == '[':
		return s.deep()
	}
	return s.literal()
}

// list passes what one bracket has, to the other.
func (s *scan) list(end byte, one func() bool) bool {
	if s.next(end) {
		return true
	}
	for one() {
		if s.next(end) {
			return true
		}
		if !s.next(',') {
			return false
		}
	}
	return false
}

// member passes a name and its value.
func (s *scan) member(depth int) bool {
	s.blank()
	name, ok := s.text()
	if !ok || !s.next(':') {
		return false
	}
	size := s.size
	s.enter(name)
	s.take()
	ok = s.value(depth + 1)
	s.size = size
	return ok
}

// element passes an element of an array. Arrays in arrays are deep: they have no name of their own.
func (s *scan) element(depth int) bool {
	s.blank()
	if s.i < len(s.b) && s.b[s.i] == '[' {
		return s.deep()
	}
	return s.value(depth)
}

// enter makes the path longer by a name, or by as much of it as there is room for.
func (s *scan) enter(name []byte) {
	if s.size > 0 {
		s.size += copy(s.path[s.size:], ".")
	}
	s.size += copy(s.path[s.size:], name)
}

// take notes the path, unless it was met before.
func (s *scan) take() {
	var ok bool
	s.out, ok = appendName(s.out, s.from, s.path[:s.size])
	s.more = s.more || !ok
}

// text passes a string, and is what stands between its quotes, as it was written.
func (s *scan) text() ([]byte, bool) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return nil, false
	}
	s.i++
	for from := s.i; s.i < len(s.b); s.i++ {
		switch s.b[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return s.b[from : s.i-1], true
		}
	}
	s.i = len(s.b)
	return nil, false
}

// deep passes an object or an array that is not looked into. It counts brackets, so that no depth of nesting costs a stack.
func (s *scan) deep() bool {
	for open := 0; s.i < len(s.b); {
		switch s.b[s.i] {
		case '{', '[':
			open++
		case '}', ']':
			open--
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			continue
		}
		s.i++
		if open == 0 {
			return true
		}
	}
	return false
}

// literal passes a number, true, false or null.
func (s *scan) literal() bool {
	from := s.i
	for s.i < len(s.b) && strings.IndexByte(" \t\r\n,:{}[]\"", s.b[s.i]) < 0 {
		s.i++
	}
	switch one := s.b[from:s.i]; string(one) {
	case "true", "false", "null":
		return true
	default:
		return len(one) > 0 && (one[0] == '-' || ascii.IsDigit(one[0]))
	}
}
