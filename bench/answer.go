//go:build linux

package main

import (
	"bytes"
	"fmt"
)

// answers tells one connection's answers apart. Requests are not pipelined, so
// an answer ends where the bytes do.
type answers struct {
	status []byte // what every answer must have: "401"
	part   []byte // of a head that is not whole yet
	left   int64  // of a body
}

// take takes what was read and reports whether an answer is whole.
func (a *answers) take(b []byte) (whole bool, err error) {
	if a.left == 0 {
		if b = a.head(b); b == nil {
			return false, nil
		}
		end := bytes.Index(b, []byte("\r\n\r\n")) + 4
		if !bytes.Equal(b[len("HTTP/1.1 "):len("HTTP/1.1 200")], a.status) {
			return false, fmt.Errorf("an answer of another kind:\n%s", b)
		}
		a.left = contentLength(b[:end])
		b = b[end:]
	}
	if a.left -= int64(len(b)); a.left < 0 {
		return false, fmt.Errorf("%d bytes after an answer", -a.left)
	}
	return a.left == 0, nil
}

// head returns a whole head and what came behind it, nil while there is none.
func (a *answers) head(b []byte) []byte {
	if len(a.part) > 0 {
		b = append(a.part, b...)
		a.part = nil
	}
	if !bytes.Contains(b, []byte("\r\n\r\n")) {
		a.part = bytes.Clone(b)
		return nil
	}
	return b
}
