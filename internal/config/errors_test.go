package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is wrong with what an operator makes of errors, and where.
func TestErrorMistakes(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"an envelope without mistakes", least + `
errors:
  envelope:
    errors: [{title: "$message ($$5)", status: $status, "404": true, ratio: 0x1f, none: ~, since: 2026-03-01, "$ref": "#", link: $help}]
  content_type: application/vnd.api+json
`, nil},
		{"an envelope like another's", least + "errors: {like: google}\n", nil},
		{"an envelope of one API, and of one listener", "errors: {like: aws}\nlisteners: [{address: \":80\", errors: off}]\nupstreams: {a: \"http://10.0.0.5\"}\napis: [{routes: [/a], errors: {like: kong}}]\n", nil},
		{"an envelope's facts", least + `
errors:
  envelope:
    a: $mesage
    b: ["$Status", {c: "see $helps"}]
    d: $zzzzzzzz
    e: costs 5$
    f: a $details
    g: ${TOKEN}$
    h: $$
`, []string{
			`7:8: $mesage is no fact ($$ is a dollar); did you mean message?`,
			`8:9: $Status is no fact ($$ is a dollar); did you mean status?`,
			`8:24: $helps is no fact ($$ is a dollar); did you mean help?`,
			`9:8: $zzzzzzzz is no fact ($$ is a dollar); known here: status, code, subcode, problem, message, fix, id, help, action, applied, details, time, class`,
			`10:8: a $ begins the name of a fact, as in $status; write $$ for a dollar`,
			`11:8: $details is an object and cannot stand in a text; give it a member of its own`,
			`12:8: what a variable put in here has a $, which begins the name of a fact; write $$ for a dollar`,
		}},
		{"an envelope's names and values", least + `
errors:
  envelope:
    404: a
    true: b
    $code: c
    d:
    e: .inf
    [f]: g
    h: 1
    h: 2
`, []string{
			`7:5: a name in JSON is a text; write "404"`,
			`8:5: a name in JSON is a text; write "true"`,
			`9:5: a fact is a value and no name: write code: $code`,
			`10:7: the value is missing; write null, or "" for an empty text`,
			`11:8: ".inf" is no number in JSON; put it in quotes`,
			`12:5: a key is a word, not a list`,
			`14:5: the key "h" is here twice; the first is on line 13`,
		}},
		{"no envelope", least + "errors: {}\n", []string{`4:9: errors needs envelope: or like: here`}},
		{"a type without an envelope", least + "errors: {content_type: application/json}\n", []string{`4:9: errors needs envelope: or like: here`}},
		{"an envelope that is a word", least + "errors: {envelope: $message}\n", []string{`4:20: expected the envelope as a mapping or a list, as in {error: {code: $code, message: $message}}, not "$message"`}},
		{"an envelope of nothing", least + "errors: {envelope: }\n", []string{`4:20: expected the envelope as a mapping or a list, as in {error: {code: $code, message: $message}}, not nothing`}},
		{"an empty envelope", least + "errors: {envelope: {}}\n", []string{`4:20: the envelope is empty; say what errors look like, as in {error: {code: $code, message: $message}}`}},
		{"an envelope and another's", least + "errors: {envelope: {a: b}, like: kong}\n", []string{`4:28: errors has an envelope of its own beside like:; leave one of them out`}},
		{"like nobody", least + "errors: {like: gogle}\n", []string{`4:16: expected one of kong, aws, google, stripe, not "gogle"; did you mean google?`}},
		{"errors that are a word", least + "errors: kong\n", []string{`4:9: expected errors as a mapping with envelope, like, content_type, as in {envelope: {error: {code: $code, message: $message}}}, {like: kong}, or off, not "kong"`}},
		{"a type that is no JSON", least + "errors: {like: aws, content_type: text/html}\n", []string{`4:35: "text/html" is no JSON type: expected application/json, or one that ends with +json, as in application/vnd.example.error+json`}},
		{"statuses of problems", least + `
problems:
  invalid_body: {status: 422}
  empty_access_token: {status: 403}
  method_not_allowed: {status: 405}
  resource_not_found: {status: 401}
  access_denied: {status: 405}
  gateway_timeout: {status: 600}
  internal_error: {status: 400}
  gone: {status: x}
  upstream_server_error: {status: 503}
  nonexistent_version: {status: 400}
`, []string{
			`9:32: an answer of status 401 needs a field that resource_not_found has not; expected another`,
			`10:27: an answer of status 405 needs a field that access_denied has not; expected another`,
			`11:29: expected a whole number from 400 to 599, not "600"`,
			`12:28: internal_error is a 500; expected a status from 500 to 599, the class that tells clients whose fault it is`,
			`13:18: expected a whole number from 400 to 599, not "x"`,
			`14:35: upstream_server_error has the status that the API answered with`,
			`15:33: the status of nonexistent_version is said where versions are: version: {status: 400}`,
		}},
		{"a status where all is linkedin", "profile: linkedin\n" + least + "problems: {gone: {status: 404}}\n", []string{
			`5:27: a status is changed in the standard profile alone, and everything here is linkedin`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

// What is printed is the envelope itself, also of one like another's, and loads as the same.
func TestEnvelopesAreInForce(t *testing.T) {
	c, err := Parse("candor.yaml", []byte(`
errors: {like: stripe}
upstreams: {a: "http://10.0.0.5", b: "http://10.0.0.6"}
listeners: [":80", {address: ":81", errors: {envelope: [$id], content_type: a/b+json}}]
apis:
  - {upstream: a, base: /a, routes: [/a]}
  - {upstream: b, base: /b, routes: [/b], errors: off}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if l := c.Listeners; l[0].Errors != c.Errors || c.APIs[0].Errors != c.Errors || c.APIs[1].Errors != nil || l[1].Errors.ContentType != "a/b+json" {
		t.Errorf("in force: %+v, %+v", c.Listeners, c.APIs)
	}
	assertRoundTrip(t, c)
	for _, like := range []string{"kong", "aws", "google", "stripe"} {
		c, err := Parse("candor.yaml", []byte(least+"errors: {like: "+like+", content_type: application/json; charset=utf-8}\n"), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if c.Listeners[0].Errors != c.Errors || c.Errors.ContentType != "application/json; charset=utf-8" {
			t.Errorf("%s: %+v", like, c.Errors)
		}
		assertRoundTrip(t, c)
	}
}
