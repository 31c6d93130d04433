package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckRedirectURI(t *testing.T) {
	const (
		relative  = "a redirect URI is absolute: it begins with a scheme, as https://app.example/callback does"
		plain     = "http is for localhost, 127.0.0.1 and [::1] alone, since the code would cross the network unencrypted; use https"
		userinfo  = "a redirect URI has no user name or password before its host ('@')"
		wildcards = "redirect URIs are compared byte for byte, so there are no wildcards; register each one"
		content   = " is content of the browser itself and no place to send members to"
		reversed  = " has no dot; an app's own scheme is a domain of its maker reversed, as com.example.app (RFC 8252 §7.1)"
	)
	for uri, want := range map[string]string{
		"https://app.example/callback":                                "",
		"https://app.example":                                         "",
		"https://app.example:8443/a/b?x=1&y=%2F":                      "",
		"HTTPS://App.Example/Callback":                                "",
		"https://[2001:db8::1]:8443/cb":                               "",
		"http://localhost/cb":                                         "",
		"http://LocalHost:3000/cb":                                    "",
		"http://127.0.0.1:8083/callback":                              "",
		"http://127.8.9.1/callback":                                   "",
		"http://[::1]/callback":                                       "",
		"http://[::1]:99/callback":                                    "",
		"com.example.app:/callback":                                   "",
		"com.example.app://callback":                                  "",
		"com.example.app://host:1/callback":                           "",
		"https://a.example/" + strings.Repeat("a", MaxRedirectURI-18): "",

		"": "a redirect URI has 1 to 1024 bytes, this one has 0",
		"https://a.example/" + strings.Repeat("a", MaxRedirectURI-17): "a redirect URI has 1 to 1024 bytes, this one has 1025",
		"/callback":            relative,
		"app.example/callback": relative,
		"//app.example/":       relative,
		"1app.x:/callback":     relative,
		"app_x.y:/callback":    relative,
		":/callback":           relative,

		"https://app.example/callback#":        "'#' at position 29: a redirect URI has no fragment",
		"https://app.example/#/callback":       "'#' at position 21: a redirect URI has no fragment",
		"com.example.app:/#":                   "'#' at position 18: a redirect URI has no fragment",
		"https://*.app.example/callback":       "'*' at position 9: " + wildcards,
		"https://app.example/*":                "'*' at position 21: " + wildcards,
		"https://app.example/?next=*":          "'*' at position 27: " + wildcards,
		"https://app.example\\@evil.example/":  `character '\\' at position 20 cannot stand in a URI`,
		"https://app.example/a b":              "character ' ' at position 22 cannot stand in a URI",
		" https://app.example/":                "character ' ' at position 1 cannot stand in a URI",
		"https://app.example/\n":               `character '\n' at position 21 cannot stand in a URI`,
		"https://app.example/é":                "character 'é' at position 21 cannot stand in a URI",
		"https://app.example/{id}":             "character '{' at position 21 cannot stand in a URI",
		"https://app.example/\"><script>":      `character '"' at position 21 cannot stand in a URI`,
		"https://app.example/%2":               "'%' at position 21 must be followed by two hexadecimal digits",
		"https://app.example/%zz":              "'%' at position 21 must be followed by two hexadecimal digits",
		"https://user@app.example/":            userinfo,
		"https://user:pw@app.example/":         userinfo,
		"https://@app.example/":                userinfo,
		"com.example.app://me@host/":           userinfo,
		"https:app.example/callback":           `"https:" must be followed by "//" and a host`,
		"https:/app.example/callback":          `"https:" must be followed by "//" and a host`,
		"https:///callback":                    `a host must follow "https://"`,
		"https://:443/callback":                `a host must follow "https://"`,
		"https://app.example:/callback":        `the port "" is none; ports go from 1 to 65535`,
		"https://app.example:0/callback":       `the port "0" is none; ports go from 1 to 65535`,
		"https://app.example:65536/callback":   `the port "65536" is none; ports go from 1 to 65535`,
		"https://[::1/callback":                "this is no URI: missing ']' in host",
		"http://app.example/callback":          plain,
		"HTTP://app.example/callback":          plain,
		"http://localhost.app.example/":        plain,
		"http://localhost./":                   plain,
		"http://127.0.0.1.app.example/":        plain,
		"http://127.1/":                        plain,
		"http://0.0.0.0/":                      plain,
		"http://2130706433/":                   plain,
		"http://10.0.0.1/":                     plain,
		"javascript:alert(1)":                  "javascript:" + content,
		"JavaScript://app.example/%0aalert(1)": "javascript:" + content,
		"data:text/html,x":                     "data:" + content,
		"file:///etc/passwd":                   "file:" + content,
		"blob:https://app.example/1":           "blob:" + content,
		"view-source:https://app.example/":     "view-source:" + content,
		"myapp:/callback":                      `the scheme "myapp"` + reversed,
		"myapp://callback":                     `the scheme "myapp"` + reversed,
		"localhost:3000/cb":                    `the scheme "localhost"` + reversed,
		"com.example.app:callback":             `a '/' must follow "com.example.app:"`,
		"com.example.app:":                     `a '/' must follow "com.example.app:"`,
	} {
		got := ""
		if err := CheckRedirectURI(uri); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", uri, diff)
		}
	}
}
