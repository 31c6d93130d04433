package http1

// In the shape of a version D is a digit; the rest stands for itself.
const versionShape = "HTTP/D.D"

// version reads a version that begins at off, and what must follow it: CRLF in a request, a space in a response. It
// sets Minor. Any other major than 1 is a well-formed version that we do not speak.
func (s *Section) version(b []byte, off int, follows string) Kind {
	if end := off + len(versionShape) + len(follows); end <= len(b) && string(b[off:off+8]) == "HTTP/1.1" && string(b[off+8:end]) == follows {
		s.Minor = 1
		return OK
	}
	for i := s.pos; i < off+len(versionShape)+len(follows); i++ {
		if i == len(b) {
			return s.wait(i)
		}
		if !fitsVersion(b[i], i-off, follows) {
			return s.wrongVersion(b, i, off)
		}
	}
	major, minor := b[off+5], b[off+7]
	if major != '1' {
		return s.fail(Version, off, Span{}, Span{int32(off), int32(off + len(versionShape))})
	}
	s.Minor = min(minor-'0', 1)
	return OK
}

// fitsVersion reports whether c may stand at this place of a version.
func fitsVersion(c byte, place int, follows string) bool {
	if place >= len(versionShape) {
		return c == follows[place-len(versionShape)]
	}
	if versionShape[place] == 'D' {
		return '0' <= c && c <= '9'
	}
	return c == versionShape[place]
}

// wrongVersion names the byte at i, where the version has another shape. What stands before the version is not quoted.
func (s *Section) wrongVersion(b []byte, i, off int) Kind {
	end := off + len(versionShape)
	line := RequestLineSyntax
	if s.stage != inVersion {
		line = StatusLineSyntax
	}
	var k Kind
	switch {
	case i == end+1: // the CR before it was right
		k = s.failHere(BareCR, i-1)
	case i == off && (b[i] == ' ' || b[i] == '\r'), i == end && (b[i] < '0' || b[i] > '9'):
		k = s.wrongByte(b, i, line, line)
	default:
		k = s.wrongByte(b, i, VersionSyntax, VersionSyntax)
	}
	s.fault.Excerpt.Off = max(s.fault.Excerpt.Off, int32(off))
	return k
}
