package http1

import (
	"math"
	"strconv"
)

// Chunked reads a chunked body (RFC 9112 §7.1). The zero value is ready; Reset makes it so again and keeps its memory.
//
// The positions of its faults: At counts from the first byte of the body. Line is the number of the chunk, from 1, or of
// the trailer line. Field and Excerpt are ranges of Line().
type Chunked struct {
	stage    chunkStage
	digits   uint8
	chunk    int
	left     int64 // bytes of the chunk's data not yet seen, or its size so far
	off      int64 // bytes of the body seen
	began    int64 // where the line or the trailers began
	line     []byte
	trailers Section
	fault    Fault
}

type chunkStage uint8

const (
	atSize chunkStage = iota
	inSize
	inExtension
	atSizeLF
	inData
	atDataCR
	atDataLF
	inTrailers
	atBodyEnd
)

// Reset makes c ready for the next body.
func (c *Chunked) Reset() {
	c.stage, c.digits, c.chunk = atSize, 0, 0
	c.left, c.off, c.began = 0, 0, 0
	c.line = c.line[:0]
	c.trailers.reset()
	c.fault = Fault{}
}

// Next reads on in src and consumes n bytes of it. data is payload within src[:n]; call again with src[n:] until done,
// or until n is 0 and nothing is done: then more bytes are needed, and none of the old ones. What follows a done body is
// not touched. After a fault the body is over: every further call returns it again.
func (c *Chunked) Next(src []byte, lim *Limits) (n int, data Span, done bool, f Fault) {
	for n < len(src) && c.fault.Kind == OK && c.stage != atBodyEnd {
		if c.stage == inData {
			data = Span{int32(n), int32(n) + int32(min(c.left, int64(len(src)-n), math.MaxInt32/2))}
			c.advance(data.Len())
			return int(data.End), data, false, Fault{}
		}
		if c.stage == inTrailers {
			n += c.readTrailers(src[n:], lim)
			continue
		}
		n += c.readLine(src[n:], lim)
	}
	return n, Span{}, c.stage == atBodyEnd, c.fault
}

// Trailers returns the whole valid trailer lines with their CRLFs, once the body is done; lent until Reset.
func (c *Chunked) Trailers() []byte {
	if c.stage != atBodyEnd || len(c.line) < 2 {
		return nil
	}
	return c.line[:len(c.line)-2]
}

// TrailerFields returns the trailers as fields of Line(), once the body is done.
func (c *Chunked) TrailerFields() []Field { return c.trailers.Fields }

// Line is what Field and Excerpt of a fault are ranges of.
func (c *Chunked) Line() []byte { return c.line }

// Received counts the bytes of the body seen so far, framing included.
func (c *Chunked) Received() int64 { return c.off }

func (c *Chunked) advance(n int) {
	c.off += int64(n)
	c.left -= int64(n)
	if c.left == 0 {
		c.stage = atDataCR
	}
}

// readLine reads bytes of the framing until the stage is one with a loop of its own; it returns how many. The byte of a
// fault counts as read.
func (c *Chunked) readLine(src []byte, lim *Limits) (n int) {
	for _, b := range src {
		if c.stage == inData || c.stage == inTrailers || c.fault.Kind != OK {
			break
		}
		n++
		c.readByte(b, lim)
		c.off++
	}
	return n
}

func (c *Chunked) readByte(b byte, lim *Limits) {
	switch c.stage {
	case atSize:
		c.chunk++
		c.line, c.began = c.line[:0], c.off
		c.left, c.digits = 0, 0
		c.stage = inSize
		c.sizeByte(b, lim)
	case inSize:
		c.sizeByte(b, lim)
	case inExtension:
		c.extensionByte(b, lim)
	case atSizeLF:
		c.endOfSize(b)
	case atDataCR:
		c.line = c.line[:0]
		c.expect(b, '\r', atDataLF)
	case atDataLF:
		c.expect(b, '\n', atSize)
	default: // no byte of these stages comes here
	}
}

// sizeByte: 1*HEXDIG and nothing else, at most 16 of them.
func (c *Chunked) sizeByte(b byte, lim *Limits) {
	d := unhex[b]
	switch {
	case d <= 15 && (c.digits == 16 || c.left > math.MaxInt64>>4):
		c.fail(ChunkSizeOverflow, b)
	case d <= 15:
		c.left = c.left<<4 | int64(d)
		c.digits++
		c.keep(b, lim)
	case c.digits == 0 || b != ';' && b != '\r':
		c.fail(wrongInLine(b, ChunkSize), b)
	case b == '\r':
		c.line = append(c.line, b)
		c.stage = atSizeLF
	default:
		c.stage = inExtension
		c.keep(b, lim)
	}
}

// extensionByte: read past and dropped (RFC 9112 §7.1.1), but nothing in them may look like the end of a line.
func (c *Chunked) extensionByte(b byte, lim *Limits) {
	switch {
	case b == '\r':
		c.line = append(c.line, b)
		c.stage = atSizeLF
	case b == '\n' || b < ' ' && b != '\t' || b == 0x7f:
		c.fail(wrongInLine(b, ChunkExtension), b)
	default:
		c.keep(b, lim)
	}
}

func (c *Chunked) endOfSize(b byte) {
	switch {
	case b != '\n':
		c.fail(BareCR, b)
		c.fault.At--
	case c.left == 0:
		c.stage = inTrailers
		c.line, c.began = c.line[:0], c.off+1
		c.trailers.reset()
		c.trailers.stage = atLine
		c.trailers.Buf = c.line
	default:
		c.stage = inData
	}
}

// keep notes a byte of the size line.
func (c *Chunked) keep(b byte, lim *Limits) {
	if len(c.line) >= lim.ChunkLine {
		c.fail(ChunkLineTooLong, b)
		return
	}
	c.line = append(c.line, b)
}

func (c *Chunked) expect(b, want byte, then chunkStage) {
	if b != want {
		c.fail(ChunkEnd, b)
		return
	}
	c.line = append(c.line, b)
	c.stage = then
}

// fail notes a fault at the byte b, which is not yet counted.
func (c *Chunked) fail(kind Kind, b byte) {
	c.line = append(c.line, b)
	end := len(c.line)
	c.fault = Fault{
		Kind: kind, At: int(c.off), Line: c.chunk,
		Excerpt: Span{int32(max(0, end-excerptBytes)), int32(end)},
	}
}

// wrongInLine is the kind of a byte that a line of the framing may not have.
func wrongInLine(b byte, kind Kind) Kind {
	if b == '\n' {
		return BareLF
	}
	return kind
}

// readTrailers reads field lines until the empty line. They are kept whole: a trailer is only forwarded when all of
// them are valid.
func (c *Chunked) readTrailers(src []byte, lim *Limits) int {
	had := len(c.line)
	end := lim.Trailers + len("\r\n")
	c.line = append(c.line, src[:min(len(src), end-had)]...)
	t := &c.trailers
	t.Buf = c.line
	k := c.parseTrailers(lim)
	switch {
	case t.stage == atEnd:
		c.line = c.line[:t.Len]
		c.stage = atBodyEnd
	case k == Incomplete && len(c.line) == end:
		t.fail(TrailersTooLarge, lim.Trailers, Span{}, Span{})
	}
	n := len(c.line) - had
	if t.fault.Kind != OK {
		c.fault = t.fault
		c.fault.At += int(c.began)
	}
	c.off += int64(n)
	return n
}

func (c *Chunked) parseTrailers(lim *Limits) Kind {
	t := &c.trailers
	for {
		if k := t.next(c.line, lim); k != OK {
			return k
		}
		f := &t.Fields[len(t.Fields)-1]
		if f.Drop || isProtected(f.Name.Of(c.line), noTrailer, lim) {
			return t.failValue(ForbiddenTrailer, f, int(f.Name.Off), f.Name)
		}
	}
}

// AppendChunk appends data as one chunk. No data is no chunk: an empty one would end the body.
func AppendChunk(dst, data []byte) []byte {
	if len(data) == 0 {
		return dst
	}
	dst = AppendChunkSize(dst, len(data))
	dst = append(dst, data...)
	return append(dst, "\r\n"...)
}

// AppendChunkSize appends the line before n > 0 bytes of data; a CRLF follows them.
func AppendChunkSize(dst []byte, n int) []byte {
	dst = strconv.AppendInt(dst, int64(n), 16)
	return append(dst, "\r\n"...)
}

// AppendLastChunk appends the end of a body; trailers are whole lines with their CRLFs, or none.
func AppendLastChunk(dst, trailers []byte) []byte {
	dst = append(dst, "0\r\n"...)
	dst = append(dst, trailers...)
	return append(dst, "\r\n"...)
}
