package http1

import "github.com/candor-gateway/candor/internal/ascii"

// extStage is where in the extensions of a chunk the decoder stands (RFC 9112 §7.1.1):
//
//	*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
type extStage uint8

const (
	extBegin      extStage = iota // behind ';': blanks, or the name begins
	inExtName                     // at least one byte of it
	extNameBlanks                 // blanks behind the name
	extValueBegin                 // behind '=': blanks, or the value begins
	inExtToken
	inExtQuotes
	extEscape    // behind '\\' in quotes
	extQuotesEnd // behind the closing quote
	extValueBlanks
	extWrong
)

func (c *Chunked) beginExtension(b byte, lim *Limits) {
	c.stage, c.ext = inExtension, extBegin
	c.keep(b, lim)
}

// extensionByte reads past an extension, which is dropped. Nothing in it may look like the end of a line.
func (c *Chunked) extensionByte(b byte, lim *Limits) {
	text := b >= ' ' && b != 0x7f || b == '\t'
	if !c.answer && b != '\r' {
		c.ext = c.ext.after(b, text)
	}
	switch {
	case b == '\r' && (c.answer || c.ext.mayEnd()):
		c.line = append(c.line, b)
		c.stage = atSizeLF
	case !text || c.ext == extWrong:
		c.fail(wrongInLine(b, ChunkExtension), b)
	default:
		c.keep(b, lim)
	}
}

// mayEnd reports whether the extensions are whole here.
func (e extStage) mayEnd() bool { return e == inExtName || e == inExtToken || e == extQuotesEnd }

// after is the stage behind b; text says that b may stand in quotes.
func (e extStage) after(b byte, text bool) extStage {
	blank := b == ' ' || b == '\t'
	switch e {
	case extBegin:
		return pick(blank, extBegin, pick(ascii.IsTokenByte(b), inExtName, extWrong))
	case inExtName:
		return pick(ascii.IsTokenByte(b), inExtName, behindName(b, blank))
	case extNameBlanks:
		return behindName(b, blank)
	case extValueBegin:
		return pick(blank, extValueBegin, pick(b == '"', inExtQuotes, pick(ascii.IsTokenByte(b), inExtToken, extWrong)))
	case inExtToken:
		return pick(ascii.IsTokenByte(b), inExtToken, behindValue(b, blank))
	case inExtQuotes:
		return pick(b == '"', extQuotesEnd, pick(b == '\\', extEscape, pick(text, inExtQuotes, extWrong)))
	case extEscape:
		return pick(text, inExtQuotes, extWrong)
	case extQuotesEnd, extValueBlanks:
		return behindValue(b, blank)
	default:
		return extWrong
	}
}

func behindName(b byte, blank bool) extStage {
	return pick(blank, extNameBlanks, pick(b == '=', extValueBegin, pick(b == ';', extBegin, extWrong)))
}

func behindValue(b byte, blank bool) extStage {
	return pick(blank, extValueBlanks, pick(b == ';', extBegin, extWrong))
}

func pick(first bool, a, b extStage) extStage {
	if first {
		return a
	}
	return b
}
