package gateway

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
)

// FuzzRewrite takes any template and any target. What goes to the upstream must be one message for net/http too, with the target that the template says when it
// is read slowly, and nothing in its path by which it could be another.
func FuzzRewrite(f *testing.F) {
	for _, seed := range [][2]string{
		{"/v1/users/{id}?full=1&{?}", "/p/7?a=b"},
		{"/{id}/{**}", "/p/a%20b;c/x/y/?"},
		{"/x{/}", "/p/7/%2e"},
		{"/.{id}", "/p/."},
		{"/a//b%2F../{id}?q={**}&{?}&z", "/p/7/a&b=c+d;e?x"},
		{"/ü?{?}", "/p/%ff?access_token=TOKEN&b"},
		{"/{id}#", "/p/7 HTTP/1.1\r\nX: y"},
		{"/%{id}", "/p/41"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, template, target string) {
		public := route.Credentials{Need: route.Public}
		p := newPlan()
		p.API.Routes = []route.Spec{{Name: "p", Path: "/p/{id}/**", Credentials: &public, Rewrite: &route.RewriteSpec{Template: template}}}
		if _, mistakes := route.Build([]route.APISpec{p.API}, route.Deps{Upstreams: map[string]int{"up": 0}}); len(mistakes) > 0 || template == "" {
			return
		}
		s := p.build(t)
		x := s.admitted(t, "GET "+target+" HTTP/1.1\r\nHost: a.example\r\n\r\n", "192.0.2.7", false)
		if x == nil {
			return
		}
		defer x.giveBack()
		defer x.call.Done(admission.Unsent)
		h := x.call.Head
		want := slowly(template, string(h.Path.Of(h.Buf)), string(h.Query.Of(h.Buf)), h.HasQuery)
		out := string(x.prepared(s.upstream))
		r := bufio.NewReader(strings.NewReader(out))
		got, err := http.ReadRequest(r)
		if err != nil {
			t.Fatalf("net/http does not read it: %v\n%q", err, out)
		}
		if got.Method != string(h.Method.Of(h.Buf)) || got.RequestURI != want || r.Buffered() > 0 {
			t.Fatalf("%q makes of %q %q, want %q", template, target, got.RequestURI, want)
		}
	})
}

// slowly is what a template makes of the path /p/{id}/**.
func slowly(template, path, query string, hasQuery bool) string {
	parts := strings.SplitN(path, "/", 4)
	id, rest, taken := parts[2], "", len(parts) > 3
	if taken {
		rest = parts[3]
	}
	at := -1
	for i := range template {
		if template[i] == '?' && (i == 0 || template[i-1] != '{') {
			at = i
			break
		}
	}
	to, behind := template, ""
	if at >= 0 {
		to, behind = template[:at], template[at+1:]
	}
	if cut, tail := strings.CutSuffix(to, "/**"); tail {
		to = cut + "/{**}"
	}
	if !taken {
		to = strings.ReplaceAll(to, "/{**}", "")
	}
	to = strings.NewReplacer("{id}", id, "{**}", rest, "{/}", path).Replace(beyond(to))
	if to == "" {
		to = "/"
	}
	if at < 0 {
		if hasQuery {
			to += "?" + query
		}
		return to
	}
	if query == "" {
		behind = strings.NewReplacer("&{?}", "", "{?}&", "", "{?}", "").Replace(behind)
	}
	parameter := strings.NewReplacer("&", "%26", "=", "%3D", "+", "%2B", ";", "%3B")
	behind = strings.NewReplacer("{id}", parameter.Replace(id), "{**}", parameter.Replace(rest), "{/}", parameter.Replace(path), "{?}", query).Replace(beyond(behind))
	if behind == "" {
		return to
	}
	return to + "?" + behind
}

// beyond puts bytes beyond ASCII in escapes.
func beyond(s string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for _, c := range []byte(s) {
		if c >= 0x80 {
			out.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}
