package explain

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/requestlog"
)

func TestNextOfPassedOn(t *testing.T) {
	t.Parallel()
	const ask = " If all of that is as it should be, ask whoever runs the API, with the id 7."
	const own = "The gateway's checks let the call pass, so this answer is the API's own. "
	for _, c := range []struct {
		name string
		r    requestlog.Record
		want string
	}{
		{"a resource", requestlog.Record{Status: 404, Target: "/v2/people/17?fields=id"}, own + "Read its body first. What it can mean is the path (/v2/people/17): the gateway has a route for it, but the API has nothing there, or does not show it to this member." + ask},
		{"a body", requestlog.Record{Status: 422, Target: "/v2/posts?dry=1&dry=2&a%20b", Headers: []requestlog.Field{{Name: "content-type", Value: "application/json"}}}, own + "Read its body first. What it can mean is the body (application/json) or the parameters (dry, a b): they can be read, but a value is not one that the API takes." + ask},
		{"nothing known", requestlog.Record{Status: 400}, own + "Read its body first. What it can mean is the parameters or the body: a value that is missing, misspelled or of another form than the API's documentation says." + ask},
		{"a status of its own", requestlog.Record{Status: 418, Target: "/tea"}, own + "Read its body first. What it can mean is the path (/tea), the parameters or the body; its documentation says what it answers 418 to." + ask},
		{"a failure", requestlog.Record{Status: 500, Upstream: &requestlog.Upstream{Name: "ads"}}, "The gateway's checks let the call pass, and the API failed at it. Repeat it later if that does no harm; if it stays so, ask whoever runs the API (ads), with the id 7."},
		{"a fix was said", requestlog.Record{Status: 404, Said: &requestlog.Said{Fix: "Do that."}}, ""},
		{"it went well", requestlog.Record{Status: 200}, ""},
		{"the gateway's", requestlog.Record{Status: 404, By: requestlog.ByGateway}, ""},
	} {
		c.r.RequestID = "7"
		if c.r.By == "" {
			c.r.By = requestlog.ByUpstream
		}
		if got := next(&c.r); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// What a caller sent into path and query moves no terminal, and of values of the query none is told.
func TestNextHidesValues(t *testing.T) {
	t.Parallel()
	r := &requestlog.Record{Status: 400, By: requestlog.ByUpstream, RequestID: "7", Target: "/a\x1b[2J?token=geheim&b%1b%5b2J=geheim&c=geheim"}
	if got := next(r); strings.Contains(got, "geheim") || strings.ContainsAny(got, "\x1b") || !strings.Contains(got, "token, b") {
		t.Errorf("%q", got)
	}
}
