package report

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/har"
)

// transcript reads what curl shows, line by line: -v with its marks, -i without, the command line before it, and the message of a call that failed.
type transcript struct {
	all     []exchange
	command *exchange // of a curl command line, until the call that it makes
	part    part
	marked  bool // by -v
	tls     bool // a note said so of the connection
	clock   string
}

// part is what the last line belonged to.
type part uint8

const (
	between part = iota
	ofRequest
	ofAnswer
	ofBody
)

var (
	requestLine = regexp.MustCompile(`^([A-Za-z]{1,20}) (\S+) HTTP/([0-9](?:\.[0-9])?)$`)
	statusLine  = regexp.MustCompile(`^HTTP/([0-9](?:\.[0-9])?) ([1-9][0-9]{2})(?: (.*))?$`)
	markedHead  = regexp.MustCompile(`(?m)^(?:[0-9:.]{15} )?< HTTP/[0-9.]+ [1-9][0-9]{2}`)
	fieldLine   = regexp.MustCompile(`^([A-Za-z0-9!#$%&'*+.^_|~-]+):[ \t]*(.*)$`)
	traceTime   = regexp.MustCompile(`^([0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}) `)
	// glued is a head right behind a body without a line end, as curl -iL writes it; gluedNote is a note there.
	glued     = regexp.MustCompile(`([}>\]"])(HTTP/[0-9](?:\.[0-9])? [1-9][0-9]{2}(?: [^\r\n]*)?\r?\n)`)
	gluedNote = regexp.MustCompile(`([^\n])(\* (?:Connection #|Closing connection|Issue another request))`)
	// meter is one state of curl's progress meter, which is shown where the output goes into a pipe; what follows is glued to it.
	meter      = regexp.MustCompile(`(?m)(?:\r|^)[ 0-9.kMGTP]{20,80}(?: [ 0-9:-]{8}){3} [ 0-9.kMGTP]{5}`)
	meterHead  = regexp.MustCompile(`(?m)^  % Total .*\n? *Dload .*\n`)
	amounts    = regexp.MustCompile(`^[{}] \[[0-9]+ bytes data\]$`)
	saidByCurl = regexp.MustCompile(`^curl: \([0-9]{1,3}\) `)
	overTLS    = regexp.MustCompile(`(?i)^(?:SSL connection|ALPN|TLS|.*OPENED stream for https://)`)
)

// readTranscript reads the calls; none if it is no transcript.
func readTranscript(text []byte) []exchange {
	text = meterHead.ReplaceAll(meter.ReplaceAll(text, nil), nil)
	text = glued.ReplaceAll(text, []byte("$1\n$2"))
	text = gluedNote.ReplaceAll(text, []byte("$1\n$2"))
	t := transcript{marked: markedHead.Match(text)}
	lines := strings.SplitAfter(string(text), "\n")
	for len(lines) > 0 {
		if taken := t.takeCommand(lines); taken > 0 {
			lines = lines[taken:]
			continue
		}
		t.line(lines[0])
		lines = lines[1:]
	}
	if t.command != nil { // and nothing came of it
		t.all = append(t.all, *t.command)
	}
	return finish(t.all)
}

// line takes one line. A body keeps its line ends.
func (t *transcript) line(whole string) {
	line := strings.TrimRight(whole, "\r\n")
	if m := traceTime.FindStringSubmatch(line); m != nil {
		t.clock, line = m[1], line[len(m[0]):]
		whole = whole[len(m[0]):]
	}
	switch {
	case saidByCurl.MatchString(line):
		t.fail(line)
	case amounts.MatchString(line):
	case strings.HasPrefix(line, "* ") && (t.marked || len(t.all) == 0 || t.part == ofRequest):
		t.note(strings.TrimLeft(line[2:], " "))
	case line == ">" || strings.HasPrefix(line, "> ") && t.part != ofBody || strings.HasPrefix(line, "> ") && requestLine.MatchString(line[2:]):
		t.sent(strings.TrimPrefix(line[1:], " "))
	case t.marked && (line == "<" || strings.HasPrefix(line, "< ") && t.part != ofBody || strings.HasPrefix(line, "< HTTP/")):
		t.came(strings.TrimPrefix(line[1:], " "))
	case t.marked && t.part == ofAnswer: // what -i shows beside -v is there already
	case !t.marked && statusLine.MatchString(line), !t.marked && t.part == ofAnswer:
		t.came(line)
	case t.part == ofBody:
		a := t.now().last()
		a.body = append(a.body, whole...)
	}
}

// now is the call under way.
func (t *transcript) now() *exchange {
	if len(t.all) == 0 {
		t.begin()
	}
	return &t.all[len(t.all)-1]
}

// begin begins a call, with what the command line says of it.
func (t *transcript) begin() {
	if t.command != nil {
		t.all, t.command = append(t.all, *t.command), nil
		return
	}
	t.all = append(t.all, exchange{})
}

func (t *transcript) note(note string) {
	switch {
	case strings.HasPrefix(note, "Trying "):
		t.tls = false
	case overTLS.MatchString(note):
		t.tls = true
	}
}

// sent takes a line of a request.
func (t *transcript) sent(line string) {
	m := requestLine.FindStringSubmatch(line)
	if m != nil {
		t.begin()
		x := t.now()
		x.clock, x.method, x.url, x.version, x.tls = t.clock, m[1], m[2], "HTTP/"+m[3], t.tls
		x.headers = nil // the command line has some of these
		t.part = ofRequest
		return
	}
	if f := fieldLine.FindStringSubmatch(line); f != nil && t.part == ofRequest {
		x := t.now()
		x.headers = append(x.headers, har.Field{Name: f[1], Value: f[2]})
		return
	}
	if line == "" {
		t.part = between
	}
}

// came takes a line of an answer's head.
func (t *transcript) came(line string) {
	if m := statusLine.FindStringSubmatch(line); m != nil {
		t.settle()
		x := t.now()
		status, _ := strconv.Atoi(m[2]) // three digits
		x.answers = append(x.answers, answer{clock: t.clock, status: status, text: m[3], version: "HTTP/" + m[1]})
		t.part = ofAnswer
		return
	}
	x := t.now()
	if t.part != ofAnswer || x.last() == nil {
		return
	}
	if f := fieldLine.FindStringSubmatch(line); f != nil {
		x.last().headers = append(x.last().headers, har.Field{Name: f[1], Value: f[2]})
		return
	}
	if strings.TrimSpace(line) == "" {
		t.part = ofBody
	}
}

// settle makes room for an answer, where one ended the call before. Of what -i shows the call that was redirected is the only one that is known.
func (t *transcript) settle() {
	x := t.now()
	switch a := x.last(); {
	case a == nil || a.status < 200:
	case !t.marked && a.redirects() && t.command == nil:
		x.followed, x.answers = append(x.followed, x.answers...), nil
	default:
		t.begin()
	}
}

func (t *transcript) fail(line string) {
	x := t.now()
	if x.failure == "" {
		x.failure = line
	}
	t.part = between
}

// finish makes the URLs whole, and tells the redirects that led to a call.
func finish(all []exchange) []exchange {
	for i := range all {
		x := &all[i]
		if host := get(x.headers, "Host"); strings.HasPrefix(x.url, "/") && host != "" {
			x.url = x.scheme() + host + x.url
		}
		x.typ = cmp.Or(get(x.headers, "Content-Type"), x.typ)
		a := x.last()
		if a == nil {
			continue
		}
		a.body, a.typ = withoutHeads(a.body), get(a.headers, "Content-Type")
		if i+1 < len(all) && a.redirects() {
			all[i+1].followed = slices.Concat(x.followed, x.answers)
		}
	}
	return all
}

// withoutHeads leaves out the heads that -i shows beside -v, before the body.
func withoutHeads(body []byte) []byte {
	for {
		body = bytes.TrimLeft(body, "\r\n")
		first, rest, _ := bytes.Cut(body, []byte("\n"))
		if !statusLine.Match(bytes.TrimRight(first, "\r")) {
			return body
		}
		for len(rest) > 0 {
			var line []byte
			if line, rest, _ = bytes.Cut(rest, []byte("\n")); len(bytes.TrimSpace(line)) == 0 {
				break
			}
		}
		body = rest
	}
}

func (x *exchange) scheme() string {
	if x.tls {
		return "https://"
	}
	return "http://"
}
