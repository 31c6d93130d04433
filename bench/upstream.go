//go:build linux

package main

import (
	"bytes"
	"io"
	"net"
	"strconv"
)

// What the upstream answers. The last segment of the path decides: a proxy may
// put what it likes before it.
const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
)

// upstreamFields are the fields of every answer of the upstream: what a proxy
// sends beyond them it has added.
const upstreamFields = "Date: Tue, 03 Mar 2026 12:00:00 GMT\r\n" +
	"Content-Type: application/octet-stream\r\n" +
	"Cache-Control: max-age=60\r\n" +
	"ETag: \"5f2a1c\"\r\n"

// runUpstream is the server behind the proxies: the cheapest that keeps to
// HTTP, so that it is never what a measurement waits for. It trusts its
// clients, who are ours.
func runUpstream(address string) error {
	l, err := net.Listen("tcp", address) //nolint:noctx // ends with the process
	if err != nil {
		return err
	}
	u := upstream{
		small: answerOf(bytes.Repeat([]byte("k"), kilobyte)),
		large: answerOf(bytes.Repeat([]byte("m"), megabyte)),
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go u.serve(conn)
	}
}

type upstream struct{ small, large []byte }

func answerOf(body []byte) []byte {
	head := "HTTP/1.1 200 OK\r\n" + upstreamFields + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	return append([]byte(head), body...)
}

func (u *upstream) serve(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 256<<10)
	for have := 0; ; {
		n, err := conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		end := bytes.Index(buf[:have], []byte("\r\n\r\n"))
		if end < 0 {
			continue
		}
		head := buf[:end+4]
		rest := contentLength(head) - int64(have-len(head))
		answer := u.answer(head)
		have = 0
		if _, err := io.CopyN(discard{buf}, conn, rest); err != nil {
			return
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

func (u *upstream) answer(head []byte) []byte {
	target, _, _ := bytes.Cut(head, []byte(" HTTP/1."))
	switch {
	case bytes.HasSuffix(target, []byte("/1k")):
		return u.small
	case bytes.HasSuffix(target, []byte("/1m")):
		return u.large
	}
	return answerOf(bytes.Clone(head)) // what has reached us, to compare
}

// discard drops what is written to it, reading through a buffer that is there already.
type discard struct{ buf []byte }

func (d discard) Write(b []byte) (int, error) { return len(b), nil }

// ReadFrom implements io.ReaderFrom for io.CopyN.
func (d discard) ReadFrom(r io.Reader) (n int64, err error) {
	for {
		m, err := r.Read(d.buf)
		n += int64(m)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// contentLength is the length that a head declares, 0 if none. The name is
// looked for in the two spellings that are in use.
func contentLength(head []byte) (n int64) {
	at := bytes.Index(head, []byte("\r\nContent-Length: "))
	if at < 0 {
		at = bytes.Index(head, []byte("\r\ncontent-length: "))
	}
	if at < 0 {
		return 0
	}
	for _, c := range head[at+len("\r\nContent-Length: "):] {
		if c < '0' || c > '9' {
			return n
		}
		n = 10*n + int64(c-'0')
	}
	return n
}
