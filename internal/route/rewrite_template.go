package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// template reads a template. Its errors name the character and its position, from 1.
func (w *Rewrite) template(spec *RewriteSpec, pattern string) error {
	text, shown := spec.Template, cmp.Or(spec.Shown, spec.Template)
	w.Shown = []byte(spec.Shown)
	if !utf8.ValidString(text) {
		return fmt.Errorf("%q is not UTF-8", shown)
	}
	path, query, hasQuery := cutQuery(text)
	if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "{/}") {
		return fmt.Errorf("%q does not begin with '/'; expected a path, as in /v1/users/{id}", shown)
	}
	if shorter, tail := strings.CutSuffix(path, "/**"); tail {
		path = shorter + "/{**}"
	}
	t := templateReader{w: w, text: text, shown: shown, pattern: pattern}
	if err := t.colons(); err != nil {
		return err
	}
	var err error
	if w.path, err = t.pieces(path, 0); err != nil {
		return err
	}
	if w.path, err = t.ends(w.path); err != nil {
		return err
	}
	if w.Query = hasQuery; hasQuery {
		if w.query, err = t.pieces(query, len(text)-len(query)); err != nil {
			return err
		}
		w.query, err = t.joins(w.query)
	}
	return err
}

// position says where in a template something stands. Where variables made a part of it, that is another place than in what is shown.
func (t *templateReader) position(n int) string {
	if t.shown != t.text {
		return fmt.Sprintf("position %d, with its variables filled in", n)
	}
	return fmt.Sprintf("position %d", n)
}

// cutQuery cuts a template at its '?', which is not that of {?}.
func cutQuery(text string) (path, query string, found bool) {
	for i := range len(text) {
		if text[i] == '?' && !strings.HasPrefix(text[max(0, i-1):], "{?}") {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// templateReader reads the parts of one template.
type templateReader struct {
	w              *Rewrite
	text           string
	shown, pattern string // for people
}

func (t *templateReader) pieces(part string, off int) (all []piece, err error) {
	all = []piece{}
	for i := 0; i < len(part); {
		open := strings.IndexByte(part[i:], '{')
		if open < 0 {
			open = len(part) - i
		}
		if open > 0 {
			raw, err := t.fixed(part[i:i+open], off+i)
			if err != nil {
				return nil, err
			}
			all = append(all, piece{raw: raw})
		}
		if i += open; i == len(part) {
			break
		}
		shut := strings.IndexByte(part[i:], '}')
		if shut < 0 {
			return nil, fmt.Errorf("%q has '{' at %s that is never closed; expected {name}", t.shown, t.position(off+i+1))
		}
		p, err := t.value(part[i+1:i+shut], off+i, off > 0)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
		i += shut + 1
	}
	return all, nil
}

// colons refuses the values of the path as other gateways write them: they would be sent as they stand.
func (t *templateReader) colons() error {
	for _, s := range t.w.pattern {
		if at := strings.Index(t.text, ":"+s.name); s.name != "" && at > 0 && strings.IndexByte("/=", t.text[at-1]) >= 0 {
			return fmt.Errorf("%q has ':%s' at %s, which is sent as it stands; the value is written {%s}", t.shown, s.name, t.position(at+1), s.name)
		}
	}
	return nil
}

// fixed is literal text, as it is sent: bytes beyond ASCII go in escapes.
func (t *templateReader) fixed(text string, off int) (raw []byte, err error) {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			raw = fmt.Appendf(raw, "%%%02X", c)
			continue
		case c == '%':
			if _, ok := ascii.Unescape(text[i:]); !ok {
				return nil, fmt.Errorf("%q has '%%' at %s without two hexadecimal digits; a percent sign itself is written %%25", t.shown, t.position(off+i+1))
			}
		case c == '*':
			return nil, fmt.Errorf("%q has '*' at %s; write {name} for a value of the route's path, and /{**} at the end for what its /** has taken", t.shown, t.position(off+i+1))
		case c == '$':
			return nil, fmt.Errorf("%q has '$' at %s; values have names here, as in {id}; a dollar itself is written %%24", t.shown, t.position(off+i+1))
		case c <= ' ' || c == 0x7f || strings.IndexByte(`#\}`, c) >= 0:
			return nil, fmt.Errorf("%q has %s at %s; that cannot stand in a %s", t.shown, t.character(off+i), t.position(off+i+1), t.part(off+i))
		}
		raw = append(raw, text[i])
	}
	return raw, nil
}

// character is one of the template as it is quoted, where it may be.
func (t *templateReader) character(at int) string {
	if t.shown != t.text {
		return "a character"
	}
	return character(t.text, at)
}

// part names the one in which a character of the template stands.
func (t *templateReader) part(at int) string {
	if path, _, hasQuery := cutQuery(t.text); hasQuery && at > len(path) {
		return "query"
	}
	return "path"
}

// value is what stands in braces.
func (t *templateReader) value(name string, off int, inQuery bool) (piece, error) {
	switch name {
	case "**":
		if last := len(t.w.pattern) - 1; last >= 0 && t.w.pattern[last].kind == tail {
			return piece{kind: remains, at: last}, nil
		}
		return piece{}, fmt.Errorf("%q has {**} at %s, and %s does not end with /**, which could have taken something", t.shown, t.position(off+1), t.pattern)
	case "/":
		return piece{kind: whole}, nil
	case "?":
		if !inQuery {
			return piece{}, fmt.Errorf("%q has {?}, the caller's query, at %s; it stands behind a '?', as in /search?{?}&lang=en", t.shown, t.position(off+1))
		}
		return piece{kind: queried}, nil
	}
	at := slices.IndexFunc(t.w.pattern, func(s segment) bool { return s.name == name && name != "" })
	if at < 0 {
		if !strings.Contains(t.shown, "{"+name+"}") {
			name = "…" // a variable brought it in
		}
		return piece{}, fmt.Errorf("%q has {%s} at %s, which is no value of %s; %s", t.shown, name, t.position(off+1), t.pattern, t.known())
	}
	return piece{kind: held, at: at}, nil
}

// known are the values that a template may have.
func (t *templateReader) known() string {
	var names []string
	for _, s := range t.w.pattern {
		switch {
		case s.name != "":
			names = append(names, "{"+s.name+"}")
		case s.kind == tail:
			names = append(names, "{**}")
		}
	}
	return "expected one of " + strings.Join(append(names, "{/}"), ", ")
}

// ends brings {**} and {/} to where alone they can stand in a path, the end. The slash before {**} belongs to it: where /** has taken nothing there is none.
func (t *templateReader) ends(path []piece) ([]piece, error) {
	for i := range path {
		p := &path[i]
		if p.kind != remains && p.kind != whole {
			continue
		}
		name := map[pieceKind]string{remains: "{**}", whole: "{/}"}[p.kind]
		if i != len(path)-1 {
			return nil, fmt.Errorf("%q goes on after %s; it stands at the end of the path alone", t.shown, name)
		}
		slashed := i > 0 && path[i-1].kind == fixed && strings.HasSuffix(string(path[i-1].raw), "/")
		switch {
		case p.kind == remains && !slashed:
			return nil, fmt.Errorf("%q has {**} in a segment; it is whole segments, as in /files/{**}", t.shown)
		case p.kind == remains:
			path[i-1].raw = path[i-1].raw[:len(path[i-1].raw)-1]
		case slashed:
			return nil, fmt.Errorf("%q has a slash before {/}, which begins with one; write it as in /v3{/}", t.shown)
		case i > 0 && path[i-1].kind != fixed:
			return nil, fmt.Errorf("%q has {/} behind a value; it stands behind a literal segment, as in /v3{/}", t.shown)
		}
	}
	return path, nil
}

// joins gives {?} the '&' beside it, which is left out where the caller has no query.
func (t *templateReader) joins(query []piece) ([]piece, error) {
	for i := range query {
		if query[i].kind != queried {
			continue
		}
		before, after := i == 0, i == len(query)-1
		if i > 0 && query[i-1].kind == fixed {
			if cut, ok := strings.CutSuffix(string(query[i-1].raw), "&"); ok {
				query[i-1].raw, query[i].raw, before = []byte(cut), []byte("&"), true
			}
		}
		if !after && query[i+1].kind == fixed && strings.HasPrefix(string(query[i+1].raw), "&") {
			if after = true; i == 0 {
				query[i+1].raw, query[i].after = query[i+1].raw[1:], []byte("&")
			}
		}
		if !before || !after {
			return nil, fmt.Errorf("%q has {?}, the caller's query, within a parameter; it stands between '&', as in /search?lang=en&{?}", t.shown)
		}
	}
	return query, nil
}
