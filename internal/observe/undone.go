package observe

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/candor-gateway/candor/internal/explain"
)

// maxPlain bounds what a coding is undone to: a small body can stand for a very large one.
const maxPlain = 4 << 10

// undoers undo the codings of a body (RFC 9110 §8.4.1).
var undoers = map[string]func(io.Reader) (io.Reader, error){
	"gzip":    func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"x-gzip":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"deflate": undoDeflate,
	"br":      func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	"zstd":    undoZstd,
}

// undone is a body without its coding, as far as that can be undone; else why it was not read.
func undone(encoding, body []byte) (plain []byte, unread string) {
	name := strings.ToLower(strings.TrimSpace(string(encoding)))
	if name == "" || name == "identity" || len(body) == 0 {
		return body, ""
	}
	undo, known := undoers[name]
	if !known {
		return nil, "its body is in " + cut(explain.Hide(name), maxSays/4) + ", which is not read here"
	}
	r, err := undo(bytes.NewReader(body))
	if err == nil {
		plain, err = io.ReadAll(io.LimitReader(r, maxPlain))
	}
	if len(plain) == 0 && err != nil {
		return nil, "its body cannot be read as the " + name + " that its Content-Encoding says"
	}
	return plain, ""
}

// maxWindow bounds the memory that a body in zstd may ask for (RFC 9659 §3: 8 MB).
const maxWindow = 8 << 20

func undoZstd(r io.Reader) (io.Reader, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	plain, err := io.ReadAll(io.LimitReader(z, maxPlain))
	if len(plain) == 0 && err != nil {
		return nil, err
	}
	return bytes.NewReader(plain), nil
}

// undoDeflate: the name means zlib (RFC 9110 §8.4.1.2), and some servers send bare deflate.
func undoDeflate(r io.Reader) (io.Reader, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if z, err := zlib.NewReader(bytes.NewReader(body)); err == nil {
		return z, nil
	}
	return flate.NewReader(bytes.NewReader(body)), nil
}

// streams reports whether an answer of a type is sent as things happen: silence says nothing then.
func streams(contentType []byte) bool {
	kind := strings.ToLower(string(contentType))
	for _, s := range []string{"event-stream", "ndjson", "jsonl", "json-seq", "x-mixed-replace", "grpc", "stream"} {
		if strings.Contains(kind, s) {
			return true
		}
	}
	return false
}
