package stage

import (
	"bytes"
	"strconv"
	"strings"
)

// wholeHead is the length of the head at the beginning of raw, 0 while it is not whole.
func wholeHead(raw []byte) int {
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		return i + 4
	}
	return 0
}

// wholeRequest is the length of the request at the beginning of raw, 0 while it is not whole. It is as simple as a server can
// be that trusts its gateway: what it takes for the end is the end for whoever stands behind a gateway.
func wholeRequest(raw []byte) int {
	head := wholeHead(raw)
	if head == 0 {
		return 0
	}
	length, chunked := 0, false
	for line := range strings.SplitSeq(string(raw[:head]), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "content-length":
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case "transfer-encoding":
			chunked = true
		}
	}
	if chunked {
		_, end := dechunk(raw[head:])
		if end == 0 {
			return 0
		}
		return head + end
	}
	if len(raw) < head+length {
		return 0
	}
	return head + length
}

// dechunk takes the framing off a chunked body: its payload so far, and where it ends with its trailers, 0 while it does not.
func dechunk(raw []byte) (payload []byte, end int) {
	at := 0
	for {
		line := bytes.Index(raw[at:], []byte("\r\n"))
		if line < 0 {
			return payload, 0
		}
		size, err := strconv.ParseUint(string(raw[at:at+line]), 16, 31)
		if err != nil {
			return payload, 0
		}
		at += line + 2
		if size == 0 {
			break
		}
		payload = append(payload, raw[at:min(at+int(size), len(raw))]...)
		at += int(size) + 2
		if at > len(raw) {
			return payload, 0
		}
	}
	for {
		line := bytes.Index(raw[at:], []byte("\r\n"))
		if line < 0 {
			return payload, 0
		}
		at += line + 2
		if line == 0 {
			return payload, at
		}
	}
}

// Plain is what a request says, however its body was cut into chunks: for calls whose pieces arrived one by one.
func Plain(raw []byte) string {
	head := wholeHead(raw)
	if head == 0 || !bytes.Contains(raw[:head], []byte("Transfer-Encoding: chunked\r\n")) {
		return string(raw)
	}
	payload, end := dechunk(raw[head:])
	said := string(raw[:head]) + string(payload)
	if end == 0 {
		return said
	}
	last := bytes.LastIndex(raw[head:head+end], []byte("0\r\n"))
	return said + "<end>" + string(raw[head+last+len("0\r\n"):head+end])
}

// Split cuts a text of several requests into them; what is left over is the last.
func Split(raw string) []string {
	var calls []string
	for raw != "" {
		n := wholeRequest([]byte(raw))
		if n == 0 {
			n = len(raw)
		}
		calls, raw = append(calls, raw[:n]), raw[n:]
	}
	return calls
}
