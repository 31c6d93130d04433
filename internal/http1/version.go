package http1

import "github.com/candor-gateway/candor/internal/ascii"

// In the shape of a version D is a digit; the rest stands for itself.
const versionShape = "HTTP/D.D"

// version reads a version that begins at off, and what must follow it: CRLF in a request, a space in a response. It
// sets Minor. Where something else stands, wrong is its first byte; else it is -1. Any other major than 1 is a
// well-formed version that we do not speak.
func (s *Section) version(b []byte, off int, follows string) (k Kind, wrong int) {
	if end := off + len(versionShape) + len(follows); end <= len(b) && string(b[off:off+8]) == "HTTP/1.1" && string(b[off+8:end]) == follows {
		s.Minor = 1
		return OK, -1
	}
	for i := s.pos; i < off+len(versionShape)+len(follows); i++ {
		if i == len(b) {
			return s.wait(i), -1
		}
		if !fitsVersion(b[i], i-off, follows) {
			return Incomplete, i
		}
	}
	major, minor := b[off+5], b[off+7]
	if major != '1' {
		return s.fail(Version, off, Span{}, Span{int32(off), int32(off + len(versionShape))}), -1
	}
	s.Minor = min(minor-'0', 1)
	return OK, -1
}

// fitsVersion reports whether c may stand at this place of a version.
func fitsVersion(c byte, place int, follows string) bool {
	if place >= len(versionShape) {
		return c == follows[place-len(versionShape)]
	}
	if versionShape[place] == 'D' {
		return ascii.IsDigit(c)
	}
	return c == versionShape[place]
}
