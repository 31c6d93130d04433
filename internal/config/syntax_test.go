package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSlips: what people really type, and what they are told: where the slip is, and what to write. The texts stand behind one line of upstreams.
func TestSlips(t *testing.T) {
	const apis = "apis:\n  - {credentials: public, routes: [/**]}\n"
	for _, c := range []struct{ name, text, want string }{
		{"a star in brackets", "apis:\n  - cors: {origins: [*]}\n", `3:22: a value that is or begins with * needs quotes, as in "*"`},
		{"a star as an item", "apis:\n  - cors:\n      origins:\n        - *\n", `5:11: a value that is or begins with * needs quotes, as in "*"`},
		{"a star alone", "apis:\n  - cors: {origins: *}\n", `3:21: a value that is or begins with * needs quotes, as in "*"`},
		{"an ampersand", "fabric: & co\n", `2:9: a value that is or begins with & needs quotes, as in "&"`},

		{"a colon in a text", "scopes:\n  read: See orders: all of them\n", `3:9: a text that holds ': ' needs quotes: "See orders: all of them"`},
		{"a colon and a comment", "scopes:\n  read: See orders: all # of them\n", `3:9: a text that holds ': ' needs quotes: "See orders: all"`},
		{"a colon in braces", "scopes: {read: See: all, write: Place}\n", `2:16: a text that holds ': ' needs quotes: "See: all"`},
		{"a colon in a secret", "admin:\n  token: s3cret: more\n", `3:10: a text that holds ': ' needs quotes`},
		{"a colon in an address that is none to YAML", "listeners:\n  - {address: :8080}\n" + apis, ""},

		{"a bracket that stays open", "apis:\n  - credentials: public\n    routes: [/a, /b\n    base: /x\n", `4:13: the [ that opens here is never closed by a ]; line 5 already goes on with base:`},
		{"a bracket that stays open before another part", "apps: [demo, other\n" + apis, `2:7: the [ that opens here is never closed by a ]; line 3 already goes on with apis:`},
		{"a brace that stays open", "log: {level: info\n" + apis, `2:6: the { that opens here is never closed by a }; line 3 already goes on with apis:`},
		{"a brace that stays open to the end", "apis:\n  - {credentials: public, routes: [/**]\n", `3:5: the { that opens here is never closed by a }`},
		{"the inner one of two", "apis:\n  - {credentials: public, routes: [/a, /b}\n", `3:42: this } does not close the [ on line 3, column 35; expected ]`},
		{"one too many", "apis:\n  - {credentials: public, routes: [/**]]}\n", `3:40: this ] does not close the { on line 3, column 5; expected }`},
		{"over several lines", "apis:\n  - {\n    credentials: public,\n    routes: [\n      /a,\n      /b\n    }\n", `8:5: this } does not close the [ on line 5, column 13; expected ]`},
		{"brackets in a comment, in quotes and in plain text", "# [\nscopes: {a: \"[\", b: '{', c: it's}\napis:\n  - {credentials: public, routes: [\"/u/{id}\"]}\nfabric: @\n", `6:9: a value cannot begin with this character; put quotes around it`},
		{"a value of a path in brackets", "apis:\n  - {credentials: public, routes: [/users/{id}]}\n", `3:36: inside [ ] and { } a value that holds brackets needs quotes: "/users/{id}"`},
		{"a value of a path in braces", "apis:\n  - routes:\n      - {path: /users/{id}, methods: [GET]}\n", `4:16: inside [ ] and { } a value that holds brackets needs quotes: "/users/{id}"`},
		{"a variable in brackets", "apps: [app-${NAME}, other]\n" + apis, `2:8: inside [ ] and { } a value that holds brackets needs quotes: "app-${NAME}"`},

		{"a quote that stays open", "fabric: \"abc\n" + apis, `2:9: a quote is opened and never closed`},
		{"a quote within quotes", "fabric: 'it's'\n" + apis, `2:13: the text in single quotes ends before this; a ' within it is written twice: 'it''s'`},
		{"a double quote within quotes", "fabric: \"a\"b\"\n" + apis, `2:12: the text in double quotes ends before this; a " within it is written \"`},
		{"a backslash in quotes", "fabric: \"a\\d\"\n" + apis, `2:11: in double quotes a \ begins an escape; write \\, or use single quotes`},

		{"a tab before a dash", "apis:\n\t- {credentials: public, routes: [/**]}\n", `3:1: a tab cannot indent YAML; use spaces`},
		{"a tab before a key", "apis:\n  - credentials: public\n\troutes: [/**]\n", `4:1: a tab cannot indent YAML; use spaces`},
		{"a tab behind blanks", "log:\n  level: info\n \tformat: text\n", `4:2: a tab cannot indent YAML; use spaces`},
		{"a blank of web pages", "apis:\n\u00a0\u00a0- {credentials: public}\n", `3:1: this is not an ordinary space but U+00A0, as web pages have it; write a space`},
		{"no blank behind a dash", "apis:\n  -{credentials: public, routes: [/**]}\n", `3:3: a blank is missing behind the dash; an item begins with '- '`},
		{"no blank behind a colon", "fabric:abc\n" + apis, `2:7: a blank is missing behind the colon of fabric: a value stands behind ': '`},
		{"an equals sign", "fabric = abc\n" + apis, `2:1: a key ends with ': ' and not with =, as in fabric: value`},
		{"a line that is indented too far", "fabric: abc\n  data: x\n", `3:3: this line is indented deeper than the one above it, which has a value already; indent data: as the key above`},
		{"marks of a merge", "<<<<<<< HEAD\nfabric: a\n=======\nfabric: b\n>>>>>>> other\n" + apis, `2:1: this line is left of a merge that was not resolved; keep one version and take the marks out`},
		{"a key twice", "fabric: a\n" + apis + "fabric: b\n", `5:1: the key "fabric" is here twice; the first is on line 2`},

		{"keys where items belong", "apis:\n  credentials: public\n  routes: [/**]\n", `3:3: expected a list of APIs, as in [{routes: [{path: /**}]}], not a mapping of keys; an item begins with a dash: "- credentials: …"`},
		{"names where items belong", "apis:\n  shop:\n    routes: [/**]\n", `3:3: expected a list of APIs, as in [{routes: [{path: /**}]}], not a mapping of keys; an item begins with a dash, and has its name in it: "- name: shop"`},
		{"items where names belong", "quotas:\n  - name: people\n    app: 5/day\n" + apis, `3:3: expected a mapping from names to limits, not a list; leave the dashes out, and begin each with its name: "people: …"`},
		{"items where scopes have texts", "scopes:\n  - read: Read it\n" + apis, `3:3: expected a list of scopes, or a mapping from scopes to what they allow; leave the dashes out: "read: …"`},
		{"limits where the name of a quota belongs", "apis:\n  - credentials: public\n    routes:\n      - path: /a\n        quota:\n          app: 5/day\n", `7:11: expected the name of a quota, or off, not a mapping of keys; the limits stand under quotas:, by that name`},
		{"no blank behind a colon in braces", "log: {level:info}\n" + apis, `2:7: unknown key "level:info" in log; a key ends with a colon and a blank: "level: info"`},
		{"no colon in braces", "log: {level info}\n" + apis, `2:7: unknown key "level info" in log; a key ends with a colon and a blank: "level: info"`},
		{"a limit where a quota belongs", "quotas: {few: 5/day}\n" + apis, `2:15: expected a quota as a mapping with member, app, burst, as in {app: 5000/day}, not "5/day"`},
		{"a port where an address belongs", "listeners: [8080]\n" + apis, `2:13: "8080" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080; did you mean 127.0.0.1:8080, or :8080 for every interface?`},
		{"typographic quotes", "fabric: “abc”\n" + apis, `2:9: “ is a curly quote, which YAML takes for a letter; write "abc"`},
		{"typographic quotes about a path", "apis:\n  - credentials: public\n    routes:\n      - path: “/orders”\n", `5:15: “ is a curly quote, which YAML takes for a letter; write "/orders"`},
		{"typographic quotes about a word", "profile: ‘standard’\n" + apis, `2:10: ‘ is a curly quote, which YAML takes for a letter; write "standard"`},
		{"an equals sign in braces", "apis:\n  - {credentials: public, routes: [{path: /a, name = orders}]}\n", `3:47: unknown key "name = orders" in a route; a key ends with a colon and a blank: "name: orders"`},
		{"a limit where the name of a quota belongs", "apis:\n  - credentials: public\n    routes:\n      - path: /a\n        quota: 5/day\n", `6:16: expected the name of a quota, or off, not "5/day"; the limits stand under quotas:, by that name`},
		{"a semicolon behind a list", "apis:\n  - credentials: public\n    routes:\n      - path: /a\n        methods: [GET];\n", `6:23: a value does not end with ; in YAML; leave it out`},
		{"a semicolon in braces", "apis:\n  - credentials: public\n    routes:\n      - {path: /a, methods: [GET];}\n", `5:34: a value does not end with ; in YAML; leave it out`},
		{"a semicolon behind quotes", "fabric: \"a\";\n" + apis, `2:12: a value does not end with ; in YAML; leave it out`},
		{"a word where a log belongs", "log: {access: false}\n" + apis, `2:15: "false" is not a path; did you mean off?; a file of that name is written ./false`},
		{"yes where a log belongs", "log: {access: true}\n" + apis, `2:15: "true" is not a path; expected stdout, stderr, off or a path; a file of that name is written ./true`},
		{"a number where a folder belongs", "data: 1\n" + apis, `2:7: "1" is not a path; expected none or a path; a file of that name is written ./1`},
		{"off where a folder belongs", "data: off\n" + apis, `2:7: "off" is not a path; did you mean none?; a file of that name is written ./off`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "upstreams: {people: \"http://10.0.0.5:9000\"}\n" + c.text
			for name, as := range map[string]string{"": text, "with Windows' line ends": strings.ReplaceAll(text, "\n", "\r\n"), "with a byte order mark": "\uFEFF" + text} {
				got := strings.Join(mistakesOf(t, as), "\n")
				if diff := cmp.Diff(c.want, firstOf(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// firstOf leaves out what only follows from a text that ends too early.
func firstOf(text string) string {
	for line := range strings.Lines(text) {
		if !strings.Contains(line, " needs apis: here") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
