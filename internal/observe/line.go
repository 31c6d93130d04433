package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// The colours of a terminal (ECMA-48 SGR).
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
)

// pen writes a line, with colours or without.
type pen struct {
	out     []byte
	colours bool
}

func (p *pen) in(colour, text string) {
	if p.colours && colour != "" {
		p.out = append(p.out, colour...)
	}
	p.out = appendVisible(p.out, text)
	if p.colours && colour != "" {
		p.out = append(p.out, plain...)
	}
}

// appendLine appends the failure as a line for people: time, status, method, path, by whom, what happened, what to do, id.
func (f *Failure) appendLine(dst []byte, colours bool, in *time.Location) []byte {
	p := pen{dst, colours}
	p.in(faint, time.Unix(0, f.at).In(in).Format("15:04:05"))
	p.in("", " ")
	p.in(f.colour(), f.status())
	p.in("", " ")
	p.in(bold, either(f.Method, "-")+" "+either(f.Path, "-"))
	p.in(faint, " | ")
	switch f.By {
	case "": // nobody has made it fail
	case byWouldBe:
		p.in("", byWouldBe)
		p.in(faint, " | ")
	default:
		p.in("", "by "+f.By)
		p.in(faint, " | ")
	}
	p.in("", f.What)
	p.in(faint, " | ")
	p.in("", "fix: "+f.Fix)
	p.in(faint, " | id "+f.ID)
	if f.AnswerID != "" && f.AnswerID != f.ID {
		p.in(faint, ", its own "+f.AnswerID)
	}
	return append(p.out, '\n')
}

func (f *Failure) status() string {
	if f.Status == 0 {
		return "---"
	}
	return strconv.Itoa(f.Status)
}

func (f *Failure) colour() string {
	switch {
	case f.By == byWouldBe:
		return cyan
	case f.Status >= 500 || f.Status == 0:
		return red
	}
	return yellow
}

// appendVisible appends a text with what could mislead whoever reads it in escapes: control characters, and those that change the direction of writing or have
// no width.
func appendVisible(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[i])
		case r < ' ' || r == 0x7f || r >= utf8.RuneSelf && accesslog.Misleads(r):
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// appendObject appends a value as a line of JSON, in which nothing misleads either.
func appendObject(dst []byte, v any) []byte {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	if err := to.Encode(v); err != nil {
		panic("observe: " + err.Error()) // strings and numbers alone
	}
	return accesslog.AppendSafe(dst, b.Bytes())
}
