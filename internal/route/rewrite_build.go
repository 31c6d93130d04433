package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// Place is where an upstream is, as far as the paths and hosts that it gets are concerned.
type Place struct {
	Prefix string // the path of its URL, "" or as /v3: it stands before every path
	Host   string // what it always gets as Host; "" the caller's
}

// behind works out what of a route's calls comes to its upstream.
func (b *builder) behind(p *planned, api *APISpec, spec *Spec) {
	r, pattern := p.route, slices.Concat(p.base, p.path)
	door := fmt.Sprint(unnamed(pattern))
	if _, met := b.doors[door]; !met {
		b.doors[door] = len(b.doors)
	}
	r.door = b.doors[door]
	to := b.deps.Places[cmp.Or(spec.Upstream, api.Upstream)]
	p.sentHost = strings.ToLower(to.Host)
	if api.Untouched {
		return // what stands before its paths does so whatever they are
	}
	own := cmp.Or(spec.Rewrite, api.Rewrite, &RewriteSpec{})
	if r.Rewrite = b.rewrite(p.place, r, own, pattern, to); r.Rewrite != nil {
		r.API.rewrites = append(r.API.rewrites, r.Rewrite)
	}
	r.ToUpstream, r.ToCaller = newEdit(&own.Request), newEdit(&own.Response)
	moved := r.Rewrite != nil || p.sentHost != ""
	r.MapLocation, r.MapCookies = moved && !own.KeepLocation, moved && !own.KeepCookies
}

// unnamed is a pattern without the names of its values: two that are equal match the same.
func unnamed(pattern []segment) (out []segment) {
	for _, s := range pattern {
		out = append(out, s.matches())
	}
	return out
}

// rewrite makes what becomes of a route's path; nil where it goes on as it came.
func (b *builder) rewrite(at place, r *Route, spec *RewriteSpec, pattern []segment, to Place) *Rewrite {
	w := &Rewrite{prefix: to.Prefix, pattern: pattern}
	if spec.Strip != "" {
		b.strip(at, w, r, spec.Strip)
	}
	if spec.Template != "" {
		if err := w.template(spec, r.Pattern); err != nil {
			b.wrong(at.mistake("request.rewrite", "%v", err))
			return nil
		}
	}
	if w.prefix == "" && w.cut == 0 && w.path == nil {
		return nil
	}
	w.settle()
	return w
}

// strip takes whole segments off, with which every path of the route begins.
func (b *builder) strip(at place, w *Rewrite, r *Route, prefix string) {
	cut, err := parsePattern(prefix)
	if err != nil {
		b.wrong(at.mistake("request.strip_prefix", "%v", err))
		return
	}
	for i, s := range cut {
		if s.kind != literal {
			b.wrong(at.mistake("request.strip_prefix", "%q is no prefix to cut: it is literal, as in /v2; rewrite: takes paths apart", prefix))
			return
		}
		if i >= len(w.pattern) || w.pattern[i].kind != literal || w.pattern[i].before != s.before {
			b.wrong(at.mistake("request.strip_prefix", "%s does not begin with %s, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix", r.Pattern, prefix))
			return
		}
	}
	w.cut, w.Cut = len(cut), []byte(prefix)
}

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

// settle works out what the upstream gets as a pattern, and what the template has of twists itself.
func (w *Rewrite) settle() {
	prefix, _ := parsePattern(w.prefix)
	if w.path == nil {
		w.left = w.pattern[w.cut:]
	} else {
		w.left = w.shape(asWritten)
		plain := []byte(w.prefix)
		for i := range w.path {
			if plain = append(plain, w.path[i].raw...); w.path[i].kind != fixed {
				plain = append(plain, 'x')
			}
		}
		w.own = twistsOf(plain)
	}
	w.behind = slices.Concat(prefix, w.left)
	if w.path != nil {
		w.behind = slices.Concat(prefix, w.shape(escapedSlashes))
	}
	if w.floor = len(prefix); w.path != nil && w.own == (twists{}) {
		w.floor = literals(w.behind)
	}
	w.closed = true
	for i := range w.query {
		w.open = w.open || w.query[i].kind == queried
		w.closed = w.closed && w.query[i].kind == fixed
		if w.closed {
			w.head += string(w.query[i].raw)
		}
	}
}

// How the fixed text of a template is read: as it is written, or as servers do that undo escapes before they look for slashes, and take backslashes for these.
var (
	asWritten      = strings.NewReplacer()
	escapedSlashes = strings.NewReplacer("%2F", "/", "%2f", "/", "%5C", "/", "%5c", "/")
)

// shape is the pattern of what a template makes, as it is read. Where a segment has several values it is wider than that.
func (w *Rewrite) shape(read *strings.Replacer) (out []segment) {
	var now *segment
	for i := range w.path {
		switch p := &w.path[i]; p.kind {
		case fixed:
			for j, part := range strings.Split(read.Replace(string(p.raw)), "/") {
				if j > 0 {
					out = append(out, segment{})
					now = &out[len(out)-1]
				}
				text := string(decoded([]byte(part)))
				switch {
				case now == nil: // the template begins with a slash, or with {/}
				case now.kind == literal:
					now.before += text
				default:
					now.after += text
				}
			}
		case held:
			w.oneWay = w.oneWay || now.kind != literal
			now.kind, now.after, now.name = affixed, "", w.pattern[p.at].name
		case remains:
			out = append(out, segment{kind: tail})
		default:
			out = append(out, w.pattern[w.cut:]...)
		}
	}
	return followed(out)
}

// followed is a pattern without its dot segments, and with values for what has nothing beside them.
func followed(pattern []segment) (out []segment) {
	for _, s := range pattern {
		switch {
		case s.kind == literal && s.before == ".":
			continue
		case s.kind == literal && s.before == "..":
			out = out[:max(0, len(out)-1)]
			continue
		case s.kind == affixed && s.before == "" && s.after == "":
			s.kind = value
		}
		out = append(out, s)
	}
	return out
}
