package wire

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// driver is one way to send a case.
type driver struct {
	name  string
	split bool // in pieces
	among bool // between two good calls, all at once
}

var drivers = []driver{
	{name: "whole"},
	{name: "byte by byte", split: true},
	{name: "pipelined", among: true},
}

// good is a call that is always answered with 200.
const (
	goodPath = "/probe"
	good     = "GET " + goodPath + " HTTP/1.1\r\nHost: api\r\n\r\n"
)

func TestCases(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	for _, e := range []*engine{
		{name: "portable", portable: true},
		{name: "fast"},
		{name: "portable over TLS", portable: true, tls: true, upstreamTLS: true},
		{name: "fast over TLS", tls: true},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.start(t)
			for _, d := range drivers {
				t.Run(d.name, func(t *testing.T) { e.drive(t, d, cases) })
			}
		})
	}
}

func (e *engine) drive(t *testing.T, d driver, cases []*wireCase) {
	t.Helper()
	for _, c := range cases {
		if !e.fits(c) || d.name != "whole" && c.options[onlyWhole] {
			continue
		}
		t.Run(c.name, func(t *testing.T) { e.play(t, d, c) })
	}
	t.Run("the access log", e.checkLog)
}

// play plays a case once, and checks what each side saw.
func (e *engine) play(t *testing.T, d driver, c *wireCase) {
	scripts := c.script(t, e.words)
	if d.among {
		scripts = append([]stage.Script{nil}, scripts...)
	}
	e.next(scripts...)
	client := e.dial(t)
	defer client.Close()
	switch sent := raw(t, e.words, c.sent); {
	case d.split:
		drip(client, sent)
	case d.among:
		client.Send(good + sent + good)
		e.goodAnswer(t, client)
	default:
		client.Send(sent)
	}
	answers, open := e.answers(t, client, d, c)
	e.behind(t, client, d, open)
	c.checkText(t, e.words, answers)
	e.told = append(e.told, told{c, e.id.Load().String()})
	e.checkUpstream(t, d, c)
}

// drip sends byte by byte, and what is long in one piece in its middle.
func drip(client *stage.Client, sent string) {
	head, tail := min(len(sent), 350), max(min(len(sent), 350), len(sent)-150)
	client.Drip(sent[:head])
	client.Send(sent[head:tail])
	client.Drip(sent[tail:])
}

// answers reads all answers of the case, and reports whether the connection should be open behind them.
func (e *engine) answers(t *testing.T, client *stage.Client, d driver, c *wireCase) (all string, open bool) {
	t.Helper()
	heads := c.heads()
	for i, want := range c.ends {
		toHEAD := len(heads) > 0 && heads[0]
		if want.status >= 200 && len(heads) > 1 {
			heads = heads[1:]
		}
		a, err := client.Answer(toHEAD)
		if err != nil {
			t.Fatalf("answer %d: %v behind %q", i+1, err, a.Raw)
		}
		name, _, _ := strings.Cut(a.Field("Candor-Problem"), ";")
		if a.Status != want.status || name != want.problem {
			t.Errorf("answer %d: got %d %s, want %d %s:\n%s", i+1, a.Status, name, want.status, want.problem, a.Raw)
		}
		closing := a.Field("Connection") == "close"
		if closing == want.open && want.status >= 200 && (!d.split || !c.options[splitMay]) {
			t.Errorf("answer %d: says close: %t, want %t", i+1, closing, !want.open)
		}
		open = !closing
		all += a.Raw
		if i == 0 {
			client.Send(raw(t, e.words, c.later))
		}
	}
	return all, open
}

var requestLine = regexp.MustCompile(`^(?:\\r\\n)?([A-Za-z]+) +\S+ HTTP`)

// heads says of each call whether it is a HEAD.
func (c *wireCase) heads() (heads []bool) {
	for _, line := range c.sent {
		if m := requestLine.FindStringSubmatch(line); m != nil {
			heads = append(heads, m[1] == "HEAD")
		}
	}
	return heads
}

// behind checks what becomes of the connection.
func (e *engine) behind(t *testing.T, client *stage.Client, d driver, open bool) {
	t.Helper()
	if !open {
		if rest, err := client.Rest(); rest != "" || err != nil {
			t.Errorf("the connection should have ended in order: %v behind %q", err, rest)
		}
		return
	}
	if !d.among {
		client.Send(good)
	}
	e.goodAnswer(t, client)
}

func (e *engine) goodAnswer(t *testing.T, client *stage.Client) {
	t.Helper()
	if a, err := client.Answer(false); err != nil || a.Status != 200 || a.Body != "ok" {
		t.Errorf("a good call on the same connection: %v, %q", err, a.Raw)
	}
}

// checkText compares the answers with what the case says of them.
func (c *wireCase) checkText(t *testing.T, w stage.Words, answers string) {
	t.Helper()
	if want := raw(t, w, c.answer); want != "" && !c.options[rechunked] {
		if diff := cmp.Diff(stage.Escape(want), stage.Escape(answers)); diff != "" {
			t.Errorf("the whole answer (-want +got):\n%s", diff)
		}
	}
	for _, text := range c.says {
		if said := raw(t, w, []string{strings.ReplaceAll(text, `\`, `\\`)}); !strings.Contains(answers, said) {
			t.Errorf("the answer does not say %q:\n%s", said, answers)
		}
	}
	for _, text := range c.hides {
		if said := raw(t, w, []string{text}); strings.Contains(answers, said) {
			t.Errorf("the answer says %q:\n%s", said, answers)
		}
	}
}

// told is a case that was played under an id.
type told struct {
	c  *wireCase
	id string
}

// checkLog looks for what the lines of the played cases must say. They are written a second late at most, so all are looked for at once.
func (e *engine) checkLog(t *testing.T) {
	t.Helper()
	for _, p := range e.told {
		for _, text := range p.c.logs {
			if !e.gate.Logs(p.id, text) {
				t.Errorf("%s: the access log does not say %s:\n%s", p.c.name, text, strings.Join(e.gate.Logged(p.id), "\n"))
			}
		}
		if len(p.c.hides) > 0 && !e.gate.Logs(p.id, "") {
			t.Errorf("%s: no line in the access log", p.c.name)
		}
		for _, text := range p.c.hides {
			if lines := strings.Join(e.gate.Logged(p.id), "\n"); strings.Contains(lines, text) {
				t.Errorf("%s: the access log says %s:\n%s", p.c.name, text, lines)
			}
		}
	}
	e.told = nil
}

// checkUpstream compares what reached the upstream, to the byte; where the call came in pieces, apart from where its chunks were cut.
func (e *engine) checkUpstream(t *testing.T, d driver, c *wireCase) {
	t.Helper()
	if !e.up.Quiet() {
		t.Errorf("the upstream's script is stuck")
	}
	calls := e.up.Calls()
	calls = slices.DeleteFunc(calls, func(call stage.Call) bool { return isGood(call.Bytes) })
	if d.split && c.options[streams] {
		e.checkPart(t, calls)
		return
	}
	var got, want []string
	for _, call := range calls {
		got = append(got, form(d, string(call.Bytes)))
	}
	for _, call := range stage.Split(raw(t, e.words, c.got)) {
		want = append(want, form(d, call))
	}
	if len(want) == 0 && len(c.steps) > 0 {
		want = got // the case is about the answer
	}
	if diff := cmp.Diff(escaped(want), escaped(got)); diff != "" {
		t.Errorf("what reached the upstream (-want +got):\n%s", diff)
	}
	if len(calls) > 0 {
		e.checkConn(t, c, calls[len(calls)-1].Conn)
	}
}

// checkPart: what came in pieces and had a fault may have been sent in part. It must never look whole, and must end with the connection.
func (e *engine) checkPart(t *testing.T, calls []stage.Call) {
	t.Helper()
	for _, call := range calls {
		if call.Whole {
			t.Errorf("a call that was refused reached the upstream whole: %q", call.Bytes)
		}
	}
	if !e.up.Await(partsAreGone) {
		t.Errorf("the upstream's connection was not closed behind a part of a call")
	}
}

func partsAreGone(calls []stage.Call) bool {
	return !slices.ContainsFunc(calls, func(c stage.Call) bool { return !c.Whole && !c.Gone })
}

// checkConn looks at the upstream's connection behind the case.
func (e *engine) checkConn(t *testing.T, c *wireCase, number int) {
	t.Helper()
	if c.options[gone] && !e.up.Await(func(calls []stage.Call) bool {
		return !slices.ContainsFunc(calls, func(call stage.Call) bool { return call.Conn == number && !call.Gone })
	}) {
		t.Errorf("the upstream's connection should have been closed")
	}
	calls := e.up.Calls()
	if last := calls[len(calls)-1]; isGood(last.Bytes) && c.options[gone] == (last.Conn == number) && (c.options[gone] || c.options[kept]) {
		t.Errorf("the next call came on the same connection: %t", last.Conn == number)
	}
}

func isGood(call []byte) bool { return strings.HasPrefix(string(call), "GET "+goodPath+" ") }

func form(d driver, call string) string {
	if d.split {
		return stage.Plain([]byte(call))
	}
	return call
}

func escaped(calls []string) (all [][]string) {
	for _, call := range calls {
		all = append(all, stage.Escape(call))
	}
	return all
}
