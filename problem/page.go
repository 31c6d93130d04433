package problem

import "unicode/utf8"

// The dialects that are read and not parsed: a page for whoever followed a link, and its twin for programs that read text.

// html is a small page without script and style. Everything that is not ours is escaped.
func (c *Catalogue) html(w *pen, p *Problem, requestID []byte) {
	e := c.of(p.Type)
	w.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
	w.in = inHTML
	w.text(e.Title)
	w.raw("</title>\n</head>\n<body>\n<main>\n<h1>")
	w.text(e.Title)
	w.raw("</h1>\n<p>")
	c.sentences(w, p, "</p>\n<p>")
	w.raw("</p>\n<dl>\n<dt>Status</dt><dd>")
	w.int(int64(c.Status(p)))
	w.raw("</dd>\n<dt>Problem</dt><dd>")
	c.linked(w, e.Name)
	if len(requestID) > 0 {
		w.raw("</dd>\n<dt>Id of this call</dt><dd><code>")
		w.ascii(requestID)
		w.raw("</code>")
	}
	w.raw("</dd>\n</dl>\n</main>\n</body>\n</html>\n")
	w.in = asPlain
}

// linked is the name of a row, and a link where it has a page.
func (c *Catalogue) linked(w *pen, name string) {
	if c.pages == "" {
		w.raw("<code>")
		w.text(name)
		w.raw("</code>")
		return
	}
	w.raw(`<a href="`)
	w.text(c.pages)
	w.text(name)
	w.raw(`"><code>`)
	w.text(name)
	w.raw("</code></a>")
}

// markdownMax is the length of a Markdown answer, of which its reader pays for every word.
const markdownMax = 1024

// markdown begins with what a program acts on, in YAML, of which a JSON string is a part (YAML 1.2 §1.3); then come what happened and what to do. What the
// caller sent stands in code spans, where nothing means anything (CommonMark §6.1).
func (c *Catalogue) markdown(w *pen, p *Problem, requestID []byte) {
	start := len(w.b)
	c.frontMatter(w, p, requestID)
	body := len(w.b)
	w.raw("\n# ")
	w.in = inMarkdown
	w.text(c.of(p.Type).Title)
	w.raw("\n\n")
	c.sentences(w, p, "\n\n")
	w.raw("\n")
	w.in = asPlain
	w.cut(start+markdownMax, body)
	w.quoted(p.UpstreamBody, start+markdownMax)
}

func (c *Catalogue) frontMatter(w *pen, p *Problem, requestID []byte) {
	e := c.of(p.Type)
	w.raw("---\nstatus: ")
	w.int(int64(c.Status(p)))
	w.raw("\ncode: ")
	w.str(c.Code(p))
	w.raw("\nproblem: ")
	w.raw(e.Name)
	w.raw("\naction: ")
	w.raw(c.Action(p).String())
	w.raw("\napplied: ")
	w.str(p.Applied.String()) // no without quotes is false
	w.raw("\nretryable: ")
	if c.mayRepeat(p) {
		w.raw("true")
	} else {
		w.raw("false")
	}
	if p.RetryAfter > 0 {
		w.raw("\nretry_after: ")
		w.int(int64(p.RetryAfter))
	}
	w.raw("\nwho: ")
	w.raw(e.Who.String())
	if len(requestID) > 0 {
		w.raw("\nid: \"")
		w.id(requestID)
	}
	if c.pages != "" {
		w.raw("\nhelp: ")
		c.help(w, p)
	}
	w.raw("\n---\n")
}

// mayRepeat reports whether the call may be sent again as it stands, whatever its method.
func (c *Catalogue) mayRepeat(p *Problem) bool {
	switch c.RetryOf(p) {
	case RetryAfter:
		return true
	case RetryBackoff:
		return p.Applied == AppliedNo
	default:
		return false
	}
}

// sentences are what happened, which is said without a point at its end elsewhere, and what to do, which may end with a link.
func (c *Catalogue) sentences(w *pen, p *Problem, between string) {
	c.say(w, p, c.of(p.Type).message)
	if w.b[len(w.b)-1] != '.' {
		w.raw(".")
	}
	w.raw(between)
	c.fix(w, p)
}

// cut shortens what is longer than most, and nothing before from.
func (w *pen) cut(most, from int) {
	const more = "…\n"
	if len(w.b) <= most || most-len(more) < from {
		return
	}
	end := most - len(more)
	for end > from && !utf8.RuneStart(w.b[end]) {
		end--
	}
	w.b = append(w.b[:end], more...)
}

// quoted appends the upstream's own JSON as a block, if there is room for it: no line of a JSON text can end the block.
func (w *pen) quoted(text []byte, most int) {
	const before, after = "\nThe API said:\n\n```json\n", "\n```\n"
	if len(text) == 0 || len(w.b)+len(before)+len(text)+len(after) > most {
		return
	}
	w.raw(before)
	w.b = append(w.b, text...)
	w.raw(after)
}

// pageText appends text of ours or of the configuration to a page.
func (w *pen) pageText(s string) {
	from := 0
	for i := range len(s) {
		escaped := ""
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			escaped = " " // no text is to end the line that it stands in
		case w.in == inHTML:
			escaped = htmlEscape(rune(c))
		}
		if escaped != "" {
			w.raw(s[from:i])
			w.raw(escaped)
			from = i + 1
		}
	}
	w.raw(s[from:])
}

// htmlEscape is what stands for a character that means something in HTML; "" if it means nothing.
func htmlEscape(r rune) string {
	switch r {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&#34;"
	case '\'':
		return "&#39;"
	}
	return ""
}
