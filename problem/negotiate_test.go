package problem

import "testing"

func TestNegotiate(t *testing.T) {
	standard, linkedin := catalogue(t, Options{}), catalogue(t, Options{Profile: LinkedIn})
	for _, tc := range []struct {
		accept             string
		standard, linkedin Dialect
	}{
		{"", RFC9457, Contract},
		{"*/*", RFC9457, Contract},
		{"application/*", RFC9457, Contract},
		{"application/json", RFC9457, Contract},
		{"text/html", RFC9457, Contract},
		{"image/png, */*;q=0", RFC9457, Contract},
		{"application/problem+json", RFC9457, RFC9457},
		{"Application/Problem+JSON ; charset=utf-8", RFC9457, RFC9457},
		{"application/vnd.candor.contract+json", Contract, Contract},
		{"application/vnd.candor.contract+json, application/problem+json", RFC9457, Contract},
		{"application/vnd.candor.contract+json;q=0.9, application/problem+json", RFC9457, RFC9457},
		{"application/vnd.candor.contract+json, application/problem+json;q=0.999", Contract, Contract},
		{"application/json, application/problem+json", RFC9457, RFC9457},
		{"application/problem+json;q=0.5, application/json", RFC9457, Contract},
		{"application/json;q=0.5, application/problem+json;q=0.6", RFC9457, RFC9457},
		{"application/*, application/problem+json;q=0.9", RFC9457, Contract},
		{"application/*;q=0.1, application/problem+json;q=0.2", RFC9457, RFC9457},
		{"application/json;q=0, application/*, application/problem+json;q=0.1", RFC9457, RFC9457},
		{"application/problem+json;q=0", RFC9457, Contract},
		{"application/problem+json;q=0, */*", Contract, Contract},
		{"application/problem+json;q=0.0, application/json", Contract, Contract},
		{"application/vnd.candor.contract+json;q=0, */*", RFC9457, RFC9457},
		{`text/plain;x="application/problem+json, application/problem+json", */*`, RFC9457, Contract},
		{`text/plain;x="\", application/problem+json", application/json`, RFC9457, Contract},
		{"application/problem+json;q=1.001", RFC9457, Contract},
		{"application/problem+json;q=2", RFC9457, Contract},
		{"application/problem+json;q=", RFC9457, Contract},
		{"application/problem+json;q=.5", RFC9457, Contract},
		{"application/problem+json;q=0.1234", RFC9457, Contract},
		{"application/problem+json;Q=1.000", RFC9457, RFC9457},
		{",, ,application/problem+json,", RFC9457, RFC9457},
		{"application/problem+json;q=0.2, application/problem+json;q=0.8, application/json;q=0.5", RFC9457, RFC9457},
		{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", RFC9457, Contract},
		{"text/markdown", Markdown, Markdown},
		{"Text/MarkDown; charset=utf-8; variant=GFM", Markdown, Markdown},
		{"text/markdown, */*", Markdown, Markdown},
		{"text/markdown, text/html, */*", Markdown, Markdown},
		{"text/markdown, text/html;q=0.9, */*;q=0.8", Markdown, Markdown},
		{"text/markdown;q=0.9, */*;q=0.8", Markdown, Markdown},
		{"text/markdown;q=0.8, */*;q=0.9", RFC9457, Contract},
		{"text/markdown;q=0.9, application/json", RFC9457, Contract},
		{"application/json, text/markdown", Markdown, Markdown}, // as any type that is named beside one that fits much
		{"application/problem+json, text/markdown", RFC9457, RFC9457},
		{"text/markdown;q=0, */*", RFC9457, Contract},
		{"text/markdown;q=0", RFC9457, Contract},
		{"text/markdown;q=1.5", RFC9457, Contract},
		{"text/*", RFC9457, Contract},
		{"text/plain", RFC9457, Contract},
		{"text/markdownx, text/x-markdown", RFC9457, Contract},
		{`text/plain;x=",text/markdown"`, RFC9457, Contract},
		{browser, HTML, HTML},
		{"text/html, application/xhtml+xml;q=0", RFC9457, Contract},
	} {
		if s, l := standard.Negotiate([]byte(tc.accept), nil), linkedin.Negotiate([]byte(tc.accept), nil); s != tc.standard || l != tc.linkedin {
			t.Errorf("%q: %s, %s; want %s, %s", tc.accept, s, l, tc.standard, tc.linkedin)
		}
	}
	if got := linkedin.Negotiate(nil, nil); got != Contract {
		t.Errorf("no Accept: %s", got)
	}
}

// browser is what browsers accept where an address is typed or a link followed.
const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"

// A page is for a navigation, and for nothing else that accepts HTML.
func TestNegotiatePages(t *testing.T) {
	c := catalogue(t, Options{})
	for _, tc := range []struct {
		name, accept, mode string
		want               Dialect
	}{
		{"a link that is followed", browser, "navigate", HTML},
		{"over plain HTTP, where no browser says the mode", browser, "", HTML},
		{"fetch() of a script", "*/*", "cors", RFC9457},
		{"fetch() that names HTML", "text/html", "cors", RFC9457},
		{"fetch() that accepts as a navigation does", browser, "same-origin", RFC9457},
		{"an image", "image/avif,image/webp,*/*;q=0.8", "no-cors", RFC9457},
		{"a navigation that names HTML alone", "text/html", "navigate", HTML},
		{"a navigation that takes anything", "*/*", "navigate", RFC9457},
		{"a navigation without Accept", "", "navigate", RFC9457},
		{"a navigation that likes JSON better", "text/html;q=0.5, application/json", "navigate", RFC9457},
		{"a navigation that likes both as much", "text/html, application/json", "navigate", HTML},
		{"a navigation that asks for problem details", "text/html, application/problem+json", "navigate", RFC9457},
		{"a navigation that wants no HTML", "text/html;q=0, */*", "navigate", RFC9457},
		{"a reader that is a browser too", "text/markdown, " + browser, "navigate", Markdown},
		{"Java's URLConnection", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "", RFC9457},
		{"a mode in capitals", browser, "Navigate", HTML},
		{"a mode that is none", browser, "x", RFC9457},
		{"XHTML alone over plain HTTP", "application/xhtml+xml", "", RFC9457},
	} {
		if got := c.Negotiate([]byte(tc.accept), []byte(tc.mode)); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/problem+json;q=0.5", `a/b;x="\`, ";;,q=", "application/json;q=1."} {
		f.Add([]byte(seed))
	}
	standard, linkedin := catalogue(f, Options{}), catalogue(f, Options{Profile: LinkedIn})
	f.Fuzz(func(t *testing.T, accept []byte) {
		for _, c := range []*Catalogue{standard, linkedin} {
			if d := c.Negotiate(accept, []byte("cors")); d != Contract && d != RFC9457 && d != Markdown {
				t.Errorf("dialect %d", d)
			}
			// An element that fits nothing changes nothing.
			if got, want := c.Negotiate(append([]byte("text/x-none,"), accept...), nil), c.Negotiate(accept, nil); got != want {
				t.Errorf("%q: %s with an element that fits nothing, %s without", accept, got, want)
			}
		}
	})
}
