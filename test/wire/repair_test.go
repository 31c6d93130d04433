package wire

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/test/wire/stage"
)

const repairConfiguration = `
limits: {request_line: 256, head: 2KiB, fields: 16, chunk_line: 64, trailers: 512}
upstreams: {up: "{{upstream}}"}
apis:
  - name: site
    credentials: public
    routes:
      - {path: /**}
      - {path: /json, methods: [POST], body: {json: check}}
  - name: strict
    base: /strict
    profile: linkedin
    credentials: public
    routes: [{path: /**}]
`

// repair is one fault and what becomes of it once its fix is obeyed. What its lines mean stands at the top of testdata/repair/faults.txtar.
type repair struct {
	name             string
	broken, repaired string
	status           int
	problem, code    string
	says             []string
	fix              string
	tls              bool
}

func readRepairs(t *testing.T) (all []repair) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/repair/faults.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		all = append(all, readRepair(t, f))
	}
	return all
}

func readRepair(t *testing.T, f txtar.File) repair {
	t.Helper()
	r := repair{name: f.Name}
	for line := range strings.Lines(string(f.Data)) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch kind {
		case "|":
			r.broken += raw(t, nil, []string{rest})
		case "+":
			r.repaired += raw(t, nil, []string{rest})
		case "=":
			words := strings.Fields(rest)
			r.status, _ = strconv.Atoi(words[0])
			r.problem, r.code = words[1], strings.TrimSuffix(words[2], "-")
		case "~":
			r.says = append(r.says, rest)
		case "*":
			r.fix = rest
		case "%":
			r.tls = true
		default:
			t.Fatalf("%s: what is %q?", r.name, line)
		}
	}
	return r
}

// TestRepairs: whoever does what the fix of an answer says, and no more, gets 200. Each kind of fault that a caller's bytes can have is here.
func TestRepairs(t *testing.T) {
	up := stage.StartUpstream(t, nil)
	gate := stage.StartGate(t, repairConfiguration, stage.Words{"upstream": up.URL}, server.Options{})
	for _, r := range readRepairs(t) {
		t.Run(r.name, func(t *testing.T) {
			up.Play(stage.ID)
			at := gate.Plain
			if r.tls {
				at = gate.TLS
			}
			r.checkRefusal(t, sent(t, stage.Dial(t, at, nil), r.broken))
			up.Play(stage.ID)
			client := stage.Dial(t, gate.Plain, nil)
			if r.tls {
				client = stage.Dial(t, gate.TLS, stage.Trust())
			}
			if a := sent(t, client, r.repaired); a.Status != 200 || a.Field("Candor-Problem") != "" {
				t.Errorf("once the fix is obeyed:\n%s", a.Raw)
			}
			if calls := up.Calls(); len(calls) != 1 || !calls[0].Whole {
				t.Errorf("the upstream got %v", calls)
			}
		})
	}
}

func sent(t *testing.T, c *stage.Client, request string) stage.Answer {
	t.Helper()
	defer c.Close()
	c.Send(request)
	a, err := c.Answer(strings.HasPrefix(request, "HEAD "))
	if err != nil {
		t.Fatalf("%v behind %q", err, a.Raw)
	}
	return a
}

// refusal is what a body of ours says of the fault.
type refusal struct {
	Detail, Message, Fix string
	ErrorDetails         struct{ InputErrors []struct{ Code string } }
}

func (r *repair) checkRefusal(t *testing.T, a stage.Answer) {
	t.Helper()
	var body refusal
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
		t.Fatalf("%v in %q", err, a.Raw)
	}
	code := ""
	if errors := body.ErrorDetails.InputErrors; len(errors) == 1 {
		code = errors[0].Code
	}
	if a.Status != r.status || a.Field("Candor-Problem") != r.problem || code != r.code {
		t.Errorf("got %d %s %s, want %d %s %s", a.Status, a.Field("Candor-Problem"), code, r.status, r.problem, r.code)
	}
	message := body.Detail + body.Message
	for _, text := range r.says {
		if !strings.Contains(message, text) {
			t.Errorf("the message does not say %q: %s", text, message)
		}
	}
	if body.Fix != r.fix {
		t.Errorf("the fix is: %s", body.Fix)
	}
}

// kindOf is what the codec says of a request, under the limits of the configuration.
func kindOf(request string) http1.Kind {
	lim := http1.Limits{RequestLine: 256, Head: 2 << 10, Fields: 16, ChunkLine: 64, Trailers: 512}
	var h http1.Head
	b := []byte(request)
	switch f := http1.ParseRequest(b, &lim, &h); {
	case f.Kind != http1.OK:
		return f.Kind
	case h.Soft.Kind != http1.OK:
		return h.Soft.Kind
	case h.Body != http1.ChunkedBody:
		return http1.OK
	}
	var c http1.Chunked
	for b = b[h.Len:]; ; {
		n, _, done, f := c.Next(b, &lim)
		if f.Kind != http1.OK || done || n == 0 {
			return f.Kind
		}
		b = b[n:]
	}
}

// TestEveryKindIsRepaired: no kind of fault that a caller can make is without a written repair.
func TestEveryKindIsRepaired(t *testing.T) {
	t.Parallel()
	seen := map[http1.Kind]bool{
		http1.OK: true, http1.Incomplete: true, // a head that does not end is a matter of time
		http1.StatusLineSyntax: true, http1.StatusCode: true, // an answer's
	}
	codes := map[string]bool{
		"DUPLICATE_KEY": true, // nothing looks for it
		"ANOTHER_ROUTE": true, // the caller may not know which route it is
	}
	for _, r := range readRepairs(t) {
		seen[kindOf(r.broken)] = true
		codes[r.code] = true
		if kind := kindOf(r.repaired); kind != http1.OK {
			t.Errorf("%s: repaired, it is %s", r.name, kind)
		}
	}
	for kind := range http1.KindCount {
		if !seen[kind] {
			t.Errorf("%s: no repair", kind)
		}
	}
	for _, row := range []problem.Type{problem.MalformedRequest, problem.InvalidURL, problem.InvalidBody} {
		for _, d := range problem.Details(row) {
			if code := strings.ToUpper(d.Name()); !codes[code] {
				t.Errorf("%s: no repair", code)
			}
		}
	}
}
