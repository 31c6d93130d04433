package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
)

// grpcWeb is the type of bodies in gRPC-web (PROTOCOL-WEB of gRPC); with grpcText they are in base64.
const grpcWeb, grpcText = "application/grpc-web", "-text"

// grpcKind reports whether a type is that of gRPC-web, whatever its messages are, and whether it is in base64.
func grpcKind(contentType []byte) (is, text bool) {
	kind, _, _ := bytes.Cut(contentType, []byte{';'})
	kind, _, _ = bytes.Cut(bytes.TrimSpace(kind), []byte{'+'})
	if len(kind) < len(grpcWeb) || !ascii.EqualFold(kind[:len(grpcWeb)], grpcWeb) {
		return false, false
	}
	suffix := kind[len(grpcWeb):]
	text = ascii.EqualFold(suffix, grpcText)
	return text || len(suffix) == 0, text
}

// The head of a frame: its flags, and the length of what follows.
const (
	frameHead     = 5
	frameTrailers = 0x80 // the flag of trailers; with another one they are compressed, and not read
)

// frames is a call whose answer in gRPC-web is looked at while it is passed on. Its first trailers are kept, of which no more than maxSeen.
type frames struct {
	downstream.Call
	answer *accesslog.Answer

	text  bool    // in base64
	quad  [4]byte // of it, as far as they have come
	quads int
	over  bool // nothing of what follows is read

	head     [frameHead]byte
	have     int    // of the head
	left     uint32 // of what follows it
	trailers []byte
}

// Piece is downstream.Call's.
func (f *frames) Piece(b []byte) {
	if f.text {
		f.decode(b)
	} else {
		f.read(b)
	}
	f.Call.Piece(b)
}

// decode reads base64. Each four characters stand for themselves: there may be padding at the end of every frame.
func (f *frames) decode(b []byte) {
	for _, c := range b {
		if f.over {
			return
		}
		f.quad[f.quads] = c
		if f.quads++; f.quads < len(f.quad) {
			continue
		}
		f.quads = 0
		var plain [3]byte
		n, err := base64.StdEncoding.Decode(plain[:], f.quad[:])
		if f.over = err != nil; !f.over {
			f.read(plain[:n])
		}
	}
}

// read reads what there is of the frames.
func (f *frames) read(b []byte) {
	for len(b) > 0 && !f.over {
		if f.have < frameHead {
			n := copy(f.head[f.have:], b)
			f.have += n
			b = b[n:]
			f.left = binary.BigEndian.Uint32(f.head[1:])
		} else {
			n := min(len(b), int(f.left))
			f.keep(b[:n])
			b = b[n:]
			f.left -= uint32(n)
		}
		if f.have == frameHead && f.left == 0 {
			f.end()
		}
	}
}

// keep keeps what belongs to trailers.
func (f *frames) keep(b []byte) {
	if f.head[0] == frameTrailers {
		f.trailers = append(f.trailers, b[:min(len(b), maxSeen-len(f.trailers))]...)
	}
}

// end ends a frame. Its trailers are lines as those of a head.
func (f *frames) end() {
	f.have = 0
	if f.over = f.head[0] == frameTrailers; !f.over {
		return
	}
	for line := range bytes.SplitSeq(f.trailers, []byte{'\n'}) {
		name, value, _ := bytes.Cut(line, []byte{':'})
		switch value = bytes.TrimSpace(value); {
		case ascii.EqualFold(name, grpcStatus):
			f.answer.GRPCStatus = value
		case ascii.EqualFold(name, grpcMessage):
			f.answer.GRPCMessage = value
		}
	}
}
