package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
