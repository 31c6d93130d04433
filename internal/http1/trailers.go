package http1

// Trailers returns the whole valid trailer lines with their CRLFs, once the body is done; lent until Reset.
func (c *Chunked) Trailers() []byte {
	if c.stage != atBodyEnd || len(c.line) < 2 {
		return nil
	}
	return c.line[:len(c.line)-2]
}

// readTrailers reads field lines until the empty line. They are kept whole: a trailer is only forwarded when all of
// them are valid.
func (c *Chunked) readTrailers(src []byte, lim *Limits) int {
	had := len(c.line)
	end := lim.Trailers + len("\r\n")
	c.line = append(c.line, src[:min(len(src), end-had)]...)
	t := &c.trailers
	t.Buf = c.line
	if c.answer {
		t.lenient = lim.Lenient
	}
	k := c.parseTrailers(lim)
	switch {
	case t.stage == atEnd:
		c.line = c.line[:t.Len]
		c.stage = atBodyEnd
	case k == Incomplete && len(c.line) == end:
		t.fail(TrailersTooLarge, lim.Trailers, Span{}, Span{})
	}
	n := len(c.line) - had
	if c.stage == atBodyEnd && c.answer {
		c.mendTrailers()
		c.cutForbidden()
	}
	if t.fault.Kind != OK {
		c.fault = t.fault
		c.fault.In = InTrailers
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
		f.Drop = f.Drop || isProtected(f.Name.Of(c.line), noTrailer, lim)
		if f.Drop && !c.answer {
			return t.failValue(ForbiddenTrailer, f, int(f.Name.Off), f.Name)
		}
	}
}

// mendTrailers writes the lines of whole trailers anew where something in them was let pass.
func (c *Chunked) mendTrailers() {
	t := &c.trailers
	if t.mended == 0 {
		return
	}
	t.unfold(c.line)
	var anew []byte
	for i := range t.Fields {
		f, from := &t.Fields[i], int32(len(anew))
		anew = t.AppendLine(anew, f)
		f.Line = Span{from, int32(len(anew))}
		f.Value = Span{f.Line.End - int32(f.Value.Len()) - int32(len("\r\n")), f.Line.End - int32(len("\r\n"))}
		f.Name = Span{from, from + int32(f.Name.Len())}
	}
	c.line = append(anew, "\r\n"...)
	t.Buf, t.Len = c.line, len(c.line)
}

// cutForbidden takes the lines that may not stand behind a body out of whole trailers.
func (c *Chunked) cutForbidden() {
	t := &c.trailers
	kept, fields := 0, t.Fields[:0]
	for _, f := range t.Fields {
		if f.Drop {
			continue
		}
		moved := f.Line.Off - int32(kept)
		kept += copy(c.line[kept:], f.Line.Of(c.line))
		fields = append(fields, f.moved(-moved))
	}
	t.Fields = fields
	c.line = append(c.line[:kept], "\r\n"...)
}

// moved is f with all its places moved by n.
func (f Field) moved(n int32) Field {
	for _, s := range []*Span{&f.Name, &f.Value, &f.Line} {
		s.Off += n
		s.End += n
	}
	return f
}
