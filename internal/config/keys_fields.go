package config

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/internal/route"
)

// fieldKeys are those of headers: under request: and response:. set and remove say why fields of some names are not to be touched.
func fieldKeys(set, remove func(name string) string) object[route.EditSpec] {
	type spec = route.EditSpec
	return object[spec]{
		what: "headers",
		fields: []field[spec]{
			key("set", func(s *spec) *[]route.FieldSpec { return &s.Set }, fieldLines(set)),
			key("add", func(s *spec) *[]route.FieldSpec { return &s.Add }, fieldLines(set)),
			key("remove", func(s *spec) *[]string { return &s.Remove }, list(checked("a header name", remove), "header names", "[X-Debug]")),
		},
	}
}

// editOf is headers: as a field of request: or response:.
func editOf(place func(*route.RewriteSpec) *route.EditSpec, set, remove func(name string) string) field[route.RewriteSpec] {
	keys := fieldKeys(set, remove)
	return field[route.RewriteSpec]{
		name: "headers",
		read: func(r *reader, n *yaml.Node, s *route.RewriteSpec) {
			e := place(s)
			keys.read(r, n, e)
			r.checkEdit(n, e)
		},
		write: func(s *route.RewriteSpec) *yaml.Node { return keys.write(place(s)) },
	}
}

// checkEdit notes a name that stands in two places: what becomes of it would depend on their order.
func (r *reader) checkEdit(n *yaml.Node, e *route.EditSpec) {
	in := map[string]string{}
	meet := func(name, where string) {
		like := fieldLike(name)
		switch first := in[like]; {
		case first == "set" && where == "set":
			r.note(n, fmt.Sprintf("%s has several values in set:, which gives a field one; add: takes a list", quoted(name)))
		case first != "" && (first != where || where != "add"):
			r.note(n, fmt.Sprintf("%s stands in %s: and in %s:; set takes away what came, and add leaves it", quoted(name), first, where))
		}
		in[like] = where
	}
	for _, f := range e.Set {
		meet(f.Name, "set")
	}
	for _, f := range e.Add {
		meet(f.Name, "add")
	}
	for _, name := range e.Remove {
		meet(name, "remove")
	}
}

// fieldLines is a mapping from names to values, of which there may be several.
func fieldLines(rule func(string) string) kind[[]route.FieldSpec] {
	return kind[[]route.FieldSpec]{
		read: func(r *reader, n *yaml.Node, v *[]route.FieldSpec) {
			if n.Kind != yaml.MappingNode {
				r.note(n, "expected a mapping from header names to values, as in {X-Env: test}, not "+shapeOrNothing(n))
				return
			}
			*v = nil
			for name, pair := range r.pairs(n) {
				if say := rule(name); say != "" {
					r.note(pair[0], quoted(name)+" "+say)
				}
				values := []*yaml.Node{pair[1]}
				if pair[1].Kind == yaml.SequenceNode {
					values = pair[1].Content
				}
				for _, value := range values {
					text, _ := r.fieldValue(name, value)
					*v = append(*v, route.FieldSpec{Name: name, Value: text})
				}
			}
		},
		write: writeFields,
	}
}

func writeFields(v []route.FieldSpec) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := range v {
		value := shownValue(v[i].Value)
		if last := len(n.Content) - 2; last >= 0 && n.Content[last].Value == v[i].Name {
			if n.Content[last+1].Kind != yaml.SequenceNode {
				n.Content[last+1] = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Content: []*yaml.Node{n.Content[last+1]}}
			}
			n.Content[last+1].Content = append(n.Content[last+1].Content, value)
			continue
		}
		n.Content = append(n.Content, keyNode(v[i].Name), value)
	}
	return flowIfFlat(n)
}

// shownValue is a value so that it loads again: one of variables by these.
func shownValue(t route.Text) *yaml.Node {
	if t.Value() != t.String() && strings.Contains(t.String(), "${") {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: t.String()}
	}
	return textNode(t.String())
}

// inFile begins a value that stands in a file.
const inFile = "file:"

// fieldValue reads the value of a field. What came of a variable, a file, or stands under the name of a secret is never shown: mistakes do not quote it.
func (r *reader) fieldValue(name string, n *yaml.Node) (v route.Text, ok bool) {
	const expected = "a value for a header, as in test, ${VAR} or file:secrets/key"
	switch {
	case r.broken[n]:
		return v, false
	case n.Kind != yaml.ScalarNode || isNull(n):
		r.note(n, "expected "+expected)
		return v, false
	case n.Value == hidden:
		r.note(n, "the value was hidden by --print; write it here, best as a variable: ${API_KEY}")
		return v, false
	}
	value, shown := n.Value, n.Value
	written, variable := r.written[n]
	path, filed := strings.CutPrefix(value, inFile)
	switch {
	case filed && !variable:
		path = r.path(path)
		content, err := os.ReadFile(path) //nolint:gosec // the operator names it
		if err != nil {
			r.note(n, fmt.Sprintf("the file of this value cannot be read: %v", err))
			return v, false
		}
		value, shown = strings.TrimRight(string(content), "\r\n"), inFile+path
	case variable && strings.Contains(written, ":-"):
		shown = shownSecret(written, value)
	case variable:
		shown = written
	case redact.IsSecret([]byte(name)):
		shown = hidden
	}
	if say := fieldValueRule(value); say != "" {
		r.note(n, "this value "+say)
		return v, false
	}
	return route.NewText(value, shown), true
}

// fieldValueRule is RFC 9110 §5.5, without what is obsolete there, and without an empty value: some servers take that for none.
func fieldValueRule(s string) string {
	switch {
	case s == "":
		return "is empty; to take a field away, name it in remove:"
	case strings.Trim(s, " \t") != s:
		return "begins or ends with a blank, which no header field can"
	}
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return "has a line end or another control character, which no header field can hold"
		}
	}
	return ""
}

// fieldLike is a name as servers behind CGI compare it.
func fieldLike(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// kept are names that are not to be touched, and why.
type keptNames struct {
	prefixes, names []string
	why             string
}

const (
	aboutFraming = "is about the connection, or where a message ends: Candor writes that itself"
	aboutCandor  = "is Candor's own to say"
	aboutMethod  = "would make another call of it than the one that was checked; it can only be removed"
)

var (
	framingNames = keptNames{[]string{"proxy-"}, []string{
		"connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect", "keep-alive", "http2-settings",
	}, aboutFraming}
	ownNames = keptNames{[]string{"candor-"}, nil, aboutCandor}
	idNames  = keptNames{[]string{"x-li-"}, []string{"x-request-id", "x-client-request-id"}, "is the id of a call: request_id: of the upstream and headers: of the API name its field"}

	notSent = []keptNames{
		framingNames, ownNames, idNames,
		{nil, []string{"host"}, "is what host: of the upstream says"},
		{[]string{"x-forwarded-"}, []string{"forwarded", "x-real-ip"}, "tells where a call came from: see trusted_proxies: of the listener and forwarded: of the upstream"},
		{nil, []string{"via"}, "is what via: of the upstream says"},
	}
	// notSet may be removed.
	notSet = keptNames{nil, []string{
		"x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url", "x-override-url", "x-original-uri", "x-rewrite-uri", "x-original-path",
		"script-name", "path-info", "x-script-name", "x-invoke-path", "x-matched-path",
	}, aboutMethod}
	notGiven = []keptNames{
		framingNames, ownNames, idNames,
		{[]string{"access-control-"}, nil, "is what cors: of the API says"},
		{[]string{"ratelimit"}, nil, "is what quotas: say"},
		{nil, []string{"date", "content-encoding"}, "is a fact about the answer"},
	}
)

func (k *keptNames) has(like string) bool {
	for _, p := range k.prefixes {
		if strings.HasPrefix(like, p) {
			return true
		}
	}
	return slices.Contains(k.names, like)
}

func fieldRule(some ...keptNames) func(string) string {
	return func(name string) string {
		switch {
		case !ascii.IsToken(name):
			return "is not a valid header name"
		case strings.Contains(name, "*"): // a token, and nobody's name
			return "stands for no other names: each is written out, as in X-Debug"
		}
		for i := range some {
			if some[i].has(fieldLike(name)) {
				return some[i].why
			}
		}
		return ""
	}
}

var (
	requestEdit  = editOf(func(s *route.RewriteSpec) *route.EditSpec { return &s.Request }, fieldRule(append([]keptNames{notSet}, notSent...)...), fieldRule(notSent...))
	responseEdit = editOf(func(s *route.RewriteSpec) *route.EditSpec { return &s.Response }, fieldRule(notGiven...), fieldRule(notGiven...))
)

// checkEdits notes fields that tell an upstream who calls, by the names that an API or an upstream has for them.
func (r *reader) checkEdits() {
	told := map[string]string{}
	for i := range r.cfg.APIs {
		h := &r.cfg.APIs[i].Headers
		for _, name := range []string{h.App, h.Member, h.Scopes, h.RequestID} {
			told[fieldLike(name)] = fmt.Sprintf("is one of headers: of the API %q, which are Candor's own to say", r.cfg.APIs[i].Name)
		}
	}
	for i := range r.cfg.Upstreams {
		told[fieldLike(r.cfg.Upstreams[i].RequestID)] = fmt.Sprintf("is request_id: of the upstream %q", r.cfg.Upstreams[i].Name)
	}
	for i := range r.cfg.APIs {
		api := &r.cfg.APIs[i]
		r.checkEditOf(told, api.Rewrite, "apis", i)
		for j := range api.Routes {
			r.checkEditOf(told, api.Routes[j].Rewrite, "apis", i, "routes", j)
		}
	}
}

func (r *reader) checkEditOf(told map[string]string, s *route.RewriteSpec, at ...any) {
	for _, side := range []string{"request", "response"} {
		e := &s.Request
		if side == "response" {
			e = &s.Response
		}
		names := map[string][]string{"remove": e.Remove}
		for _, f := range e.Set {
			names["set"] = append(names["set"], f.Name)
		}
		for _, f := range e.Add {
			names["add"] = append(names["add"], f.Name)
		}
		for _, key := range []string{"set", "add", "remove"} {
			way := append(append([]any{}, at...), side, "headers", key)
			for _, name := range names[key] {
				if why := told[fieldLike(name)]; why != "" && r.cfg.Said(way...) && !r.noted(way...) {
					r.wrongAt(quoted(name)+" "+why, way...)
				}
			}
		}
	}
}
