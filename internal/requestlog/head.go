package requestlog

import (
	"bytes"
	"encoding/hex"
)

// mostFields bounds how many lines of a head are kept.
const mostFields = 256

// fields are the lines of a head behind its first one, redacted. Of a head that could not be read they are what there was: a line without a name stands as it is, and
// the first one, too, where it says no call. What continues the line before is redacted as that.
func fields(head []byte, first bool, hide *hiding) (all []Field) {
	line, rest, more := bytes.Cut(head, []byte{'\n'})
	if !first && len(bytes.TrimSpace(line)) > 0 {
		all = append(all, Field{Value: hide.target(bytes.TrimSpace(line))})
	}
	var name []byte
	for more && len(all) < mostFields {
		line, rest, more = bytes.Cut(rest, []byte{'\n'})
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) == 0 { // the end, or what is left of a line that did not come
			break
		}
		value := line
		if line[0] != ' ' && line[0] != '\t' {
			name, value = split(line)
		}
		all = append(all, Field{Name: text(name), Value: hide.field(name, bytes.TrimSpace(value))})
	}
	return all
}

// split is the name and the value of a line; one that has no colon has no name.
func split(line []byte) (name, value []byte) {
	name, value, found := bytes.Cut(line, []byte{':'})
	if !found {
		return nil, line
	}
	return bytes.TrimSpace(name), value
}

func hexOf(id [12]byte) string { return hex.EncodeToString(id[:]) }
