package testkit

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// Field is the value of a field in a head, "" for none.
func Field(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		if n, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// ReadHead reads a head from a connection, as it came: to its empty line. An error is returned with what came before it.
func ReadHead(r *bufio.Reader) (raw string, err error) {
	for {
		line, err := r.ReadString('\n')
		if raw += line; err != nil || line == "\r\n" {
			return raw, err
		}
	}
}

// ReadBody reads the body behind a head, as it came, with its framing, and nothing behind it. One that no field bounds goes on to the end of the connection if
// toClose is true, and is empty otherwise: the first holds for an answer, the second for a request.
func ReadBody(r *bufio.Reader, head string, toClose bool) (raw string, err error) {
	switch length := Field(head, "Content-Length"); {
	case Field(head, "Transfer-Encoding") != "":
		return readChunks(r)
	case length != "":
		n, err := strconv.Atoi(length)
		if err != nil {
			return "", err
		}
		return readBytes(r, n)
	case toClose:
		all, err := io.ReadAll(r)
		return string(all), err
	}
	return "", nil
}

func readChunks(r *bufio.Reader) (raw string, err error) {
	for {
		line, err := r.ReadString('\n')
		if raw += line; err != nil {
			return raw, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 32)
		if err != nil {
			return raw, err
		}
		var next string
		if n == 0 {
			next, err = ReadHead(r) // the trailers are lines as a head's are
			return raw + next, err
		}
		next, err = readBytes(r, int(n)+len("\r\n"))
		if raw += next; err != nil {
			return raw, err
		}
	}
}

func readBytes(r *bufio.Reader, n int) (string, error) {
	b := make([]byte, n)
	n, err := io.ReadFull(r, b)
	return string(b[:n]), err
}
