package http1

import (
	"math"

	"github.com/candor-gateway/candor/internal/ascii"
)

// Chunked reads a chunked body (RFC 9112 §7.1). The zero value is ready; Reset makes it so again and keeps its memory.
//
// The positions of its faults: At counts from the first byte of the body. Line is the number of the chunk, from 1, or of
// the trailer line. Field and Excerpt are ranges of Line().
//
// Of an answer it also reads what has one reading alone: blanks behind a size, zeros before it, an extension by no
// grammar, which is dropped in any case. A trailer that may not stand there is dropped.
type Chunked struct {
	stage    chunkStage
	ext      extStage
	answer   bool
	digits   uint8
	chunk    int
	left     int64 // bytes of the chunk's data not yet seen, or its size so far
	off      int64 // bytes of the body seen
	began    int64 // where the line or the trailers began
	blankAt  int64 // the first blank behind the size
	line     []byte
	trailers Section
	fault    Fault
	mended   bool // a line of the framing ended in LF alone, and that was let pass
}

type chunkStage uint8

const (
	atSize chunkStage = iota
	inSize
	inSizeBlanks
	inExtension
	atSizeLF
	inData
	atDataCR
	atDataLF
	inTrailers
	atBodyEnd
)

// ResetAnswer is Reset for the body of an answer.
func (c *Chunked) ResetAnswer() {
	c.Reset()
	c.answer = true
}

// Reset makes c ready for the body of the next request.
func (c *Chunked) Reset() {
	c.answer = false
	c.stage, c.digits, c.chunk = atSize, 0, 0
	c.left, c.off, c.began = 0, 0, 0
	c.line = c.line[:0]
	c.trailers.reset()
	c.fault = Fault{}
	c.mended = false
}

// Mended is what of the framing and the trailers was let pass.
func (c *Chunked) Mended() Lenient {
	if c.mended {
		return c.trailers.mended | LetBareLF
	}
	return c.trailers.mended
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

// Line is what Field and Excerpt of a fault are ranges of.
func (c *Chunked) Line() []byte { return c.line }

// WrongLine is what was read of the line in which the fault stands. It may hold secrets.
func (c *Chunked) WrongLine() []byte {
	if c.fault.In != InTrailers {
		return c.line[:min(len(c.line), maxLine)]
	}
	f := c.fault
	f.At -= int(c.began)
	return f.LineIn(c.line)
}

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
	if b == '\n' && c.answer && lim.Lenient&LetBareLF != 0 && c.endsBare() {
		return
	}
	switch c.stage {
	case atSize:
		c.chunk++
		c.line, c.began = c.line[:0], c.off
		c.left, c.digits = 0, 0
		c.stage = inSize
		c.sizeByte(b, lim)
	case inSize:
		c.sizeByte(b, lim)
	case inSizeBlanks:
		c.blankByte(b, lim)
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

// endsBare reads an LF that ends a line without its CR, if one may end here.
func (c *Chunked) endsBare() bool {
	switch {
	case c.stage == inSize && c.digits > 0, c.stage == inSizeBlanks, c.stage == inExtension:
		c.endOfSize('\n')
	case c.stage == atDataCR:
		c.stage = atSize
	default:
		return false
	}
	c.mended = true
	return true
}

// sizeByte: 1*HEXDIG, at most 16 of them; behind them an extension, perhaps after blanks, or the end of the line.
func (c *Chunked) sizeByte(b byte, lim *Limits) {
	d := ascii.Unhex(b)
	switch {
	case d <= 15 && (c.digits == 16 || c.left > math.MaxInt64>>4):
		c.fail(ChunkSizeOverflow, b)
	case d <= 15:
		if c.digits == 0 || c.left > 0 || !c.answer {
			c.digits++
		}
		c.left = c.left<<4 | int64(d)
		c.keep(b, lim)
	case c.digits == 0 || b != ';' && b != '\r' && b != ' ' && b != '\t':
		c.fail(wrongInLine(b, ChunkSize), b)
	case b == '\r':
		c.line = append(c.line, b)
		c.stage = atSizeLF
	case b == ';':
		c.beginExtension(b, lim)
	default:
		c.stage, c.blankAt = inSizeBlanks, c.off
		c.keep(b, lim)
	}
}

// blankByte reads on behind a blank behind the size: it belongs to an extension, and has no place where none follows.
// Old servers pad the sizes in their answers.
func (c *Chunked) blankByte(b byte, lim *Limits) {
	switch {
	case b == ' ' || b == '\t':
		c.keep(b, lim)
	case b == ';':
		c.beginExtension(b, lim)
	case b == '\r' && c.answer:
		c.line = append(c.line, b)
		c.stage = atSizeLF
	case b == '\n':
		c.fail(BareLF, b)
	default:
		c.fail(ChunkSize, b)
		c.fault.At, c.fault.Column = int(c.blankAt), int(c.blankAt-c.began)+1
		c.fault.Excerpt = Span{0, int32(c.blankAt-c.began) + 1}
	}
}

func (c *Chunked) endOfSize(b byte) {
	switch {
	case b != '\n':
		c.fail(BareCR, b)
		c.fault.At--
		c.fault.Column--
	case c.left == 0:
		c.stage = inTrailers
		c.line, c.began = c.line[:0], c.off+1
		c.trailers.reset()
		c.trailers.stage, c.trailers.answer = atLine, c.answer
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
		Kind: kind, In: InChunk, At: int(c.off), Line: c.chunk,
		Excerpt: Span{int32(max(0, end-excerptBytes)), int32(end)},
	}
	if kind != ChunkEnd {
		c.fault.Column = int(c.off-c.began) + 1
	}
}

// wrongInLine is the kind of a byte that a line of the framing may not have.
func wrongInLine(b byte, kind Kind) Kind {
	if b == '\n' {
		return BareLF
	}
	return kind
}
