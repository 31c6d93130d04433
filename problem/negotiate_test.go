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
	} {
		if s, l := standard.Negotiate([]byte(tc.accept)), linkedin.Negotiate([]byte(tc.accept)); s != tc.standard || l != tc.linkedin {
			t.Errorf("%q: %s, %s; want %s, %s", tc.accept, s, l, tc.standard, tc.linkedin)
		}
	}
	if got := linkedin.Negotiate(nil); got != Contract {
		t.Errorf("no Accept: %s", got)
	}
}

func FuzzNegotiate(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/problem+json;q=0.5", `a/b;x="\`, ";;,q=", "application/json;q=1."} {
		f.Add([]byte(seed))
	}
	standard, linkedin := catalogue(f, Options{}), catalogue(f, Options{Profile: LinkedIn})
	f.Fuzz(func(t *testing.T, accept []byte) {
		for _, c := range []*Catalogue{standard, linkedin} {
			if d := c.Negotiate(accept); d != Contract && d != RFC9457 {
				t.Errorf("dialect %d", d)
			}
			// An element that fits nothing changes nothing.
			if got, want := c.Negotiate(append([]byte("text/x-none,"), accept...)), c.Negotiate(accept); got != want {
				t.Errorf("%q: %s with an element that fits nothing, %s without", accept, got, want)
			}
		}
	})
}
