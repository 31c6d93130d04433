package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// public is an API with an address, and something before it.
func public(before, url, more string) string {
	return before + "upstreams: {people: \"http://10.0.0.5:9000\"}\nissuers:\n  theirs: {issuer: \"https://login.example.com\", audience: \"https://api.example.com\"}\napps: [demo]\napis:\n" +
		"  - {name: a, tokens: [own, theirs], preflight: refuse, public_url: \"" + url + "\"" + more + ", routes: [/a]}\n"
}

const withServer = "www: {address: \":8081\", public_url: \"https://x.example\"}\noauth: {}\n"

func TestPublicURLs(t *testing.T) {
	for _, good := range []string{
		"https://api.example.com", "https://api.example.com:8443/v2", "https://api.example.com/v2/people", "http://127.0.0.1:8080/v2", "http://[::1]:8080", "http://localhost/v2",
	} {
		c, err := Parse("candor.yaml", []byte(public(withServer, good, "")), testEnv)
		if err != nil || len(c.Warnings) > 0 || c.APIs[0].PublicURL != good {
			t.Errorf("%s: %v, %v", good, err, c.Warnings)
		}
	}
	const expected = "expected https://host and a path, as in https://api.example.com/v2"
	for url, want := range map[string]string{
		"api.example.com":             `"api.example.com" is not a valid URL of an API: ` + expected,
		"ftp://api.example.com":       `"ftp://api.example.com" is not a valid URL of an API: ` + expected,
		"https://a:b@api.example.com": `"https://a:b@api.example.com" is not a valid URL of an API: ` + expected,
		"https:///v2":                 `"https:///v2" is not a valid URL of an API: ` + expected,
		"https://api.example.com/v2/": `"https://api.example.com/v2/" ends with a slash; clients compare it character by character, so leave that out`,
		"https://api.example.com?a=b": `"https://api.example.com?a=b" has a query or a fragment; ` + expected,
		"https://api.example.com#a":   `"https://api.example.com#a" has a query or a fragment; ` + expected,
		"https://api.example.com/a b": `"https://api.example.com/a b" has a path that is none of an API: ` + expected,
		"https://api.example.com//v2": `"https://api.example.com//v2" has a path that is none of an API: ` + expected,
		"https://api.example.com/{a}": `"https://api.example.com/{a}" has a path that is none of an API: ` + expected,
		"http://api.example.com/v2":   `"http://api.example.com/v2" begins with http://, by which tokens would be sent in the clear; ` + expected,
	} {
		if diff := cmp.Diff([]string{"8:69: " + want}, mistakesOf(t, public(withServer, url, ""))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", url, diff)
		}
	}
}

func TestPublicURLsWithTheRest(t *testing.T) {
	const url = "https://api.example.com/v2"
	for name, c := range map[string]struct {
		text               string
		mistakes, warnings []string
	}{
		"its host":    {public(withServer, url, ", hosts: [\"api.example.com:8443\"]"), nil, nil},
		"one of many": {public(withServer, url, ", hosts: [x, \"*.example.com\"]"), nil, nil},
		"another host": {
			public(withServer, url, ", hosts: [b.example.com, \"*.c.example\"]"),
			[]string{`8:69: calls for "api.example.com" do not reach this API: its hosts: are b.example.com, *.c.example`},
			nil,
		},
		"two of one address": {
			public(withServer, url, "") + "  - {name: b, base: /b, preflight: refuse, public_url: \"" + url + "\", routes: [/b]}\n",
			[]string{`9:56: this is the API on line 8; two cannot have one address`},
			nil,
		},
		"no server": {
			public("", url, ""),
			nil,
			[]string{`6:69: public_url: tells clients of our authorization server, which is off; say oauth: {} or leave it out`},
		},
		"tokens of others alone": {
			public(withServer, url, ", credentials: bearer") + "  - {name: b, base: /b, preflight: refuse, tokens: [theirs], public_url: \"https://api.example.com/b\", routes: [/b]}\n",
			nil,
			[]string{`9:74: public_url: tells clients of our authorization server, whose tokens this API does not take; say tokens: [own] or leave it out`},
		},
	} {
		if len(c.mistakes) > 0 {
			if diff := cmp.Diff(c.mistakes, mistakesOf(t, c.text)); diff != "" {
				t.Errorf("%s: mistakes (-want +got)\n%s", name, diff)
			}
			continue
		}
		if diff := cmp.Diff(c.warnings, warningsOf(t, c.text)); diff != "" {
			t.Errorf("%s: warnings (-want +got)\n%s", name, diff)
		}
	}
}
