package http1

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the answers of this build into testdata/cases.txtar")

const casesFile = "testdata/cases.txtar"

// caseOf is one raw case. What its lines mean stands at the top of the file.
type caseOf struct {
	name, options string
	lines         []string
	in            []byte
	want          string
}

func (c caseOf) parser() string { parser, _, _ := strings.Cut(c.name, "/"); return parser }

func readCases(tb testing.TB) []caseOf {
	tb.Helper()
	archive, err := txtar.ParseFile(casesFile)
	if err != nil {
		tb.Fatal(err)
	}
	cases := make([]caseOf, 0, len(archive.Files))
	for _, file := range archive.Files {
		cases = append(cases, readCase(tb, file))
	}
	return cases
}

func readCase(tb testing.TB, file txtar.File) caseOf {
	tb.Helper()
	c := caseOf{name: file.Name}
	for line := range strings.Lines(string(file.Data)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "|"):
			c.lines = append(c.lines, line)
			c.in = append(c.in, unescape(tb, c.name, strings.TrimPrefix(line, "| "))...)
		case strings.HasPrefix(line, "% "):
			c.options = line[2:]
		case strings.HasPrefix(line, "= "):
			c.want = line[2:]
		default:
			tb.Fatalf("%s: what is %q?", c.name, line)
		}
	}
	return c
}

// unescape reads Go escapes, and {N x TEXT} as N times TEXT.
func unescape(tb testing.TB, name, line string) []byte {
	tb.Helper()
	var out []byte
	for {
		before, rest, found := strings.Cut(line, "{{")
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(before, `"`, `\"`) + `"`)
		if err != nil {
			tb.Fatalf("%s: %q: %v", name, before, err)
		}
		out = append(out, text...)
		if !found {
			return out
		}
		repeat, after, _ := strings.Cut(rest, "}}")
		count, what, _ := strings.Cut(repeat, " x ")
		n, err := strconv.Atoi(count)
		if err != nil {
			tb.Fatalf("%s: %q: %v", name, repeat, err)
		}
		out = append(out, bytes.Repeat(unescape(tb, name, what), n)...)
		line = after
	}
}

// limits are small where the case says so.
func (c caseOf) limits(tb testing.TB) (lim Limits, toHEAD, toCONNECT bool) {
	tb.Helper()
	lim = Defaults()
	for option := range strings.FieldsSeq(c.options) {
		key, value, _ := strings.Cut(option, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "tls":
			lim.TLS = true
		case "head":
			lim.Head = n
		case "line":
			lim.RequestLine = n
		case "fields":
			lim.Fields = n
		case "chunk":
			lim.ChunkLine = n
		case "trailers":
			lim.Trailers = n
		case "protected":
			lim.Protected = strings.Split(value, ",")
		case "HEAD":
			toHEAD = true
		case "CONNECT":
			toCONNECT = true
		case "answer": // of a chunked body
		default:
			tb.Fatalf("%s: option %q", c.name, option)
		}
	}
	return lim, toHEAD, toCONNECT
}

func TestCases(t *testing.T) {
	cases := readCases(t)
	if len(cases) < 150 {
		t.Errorf("%d cases, want 150 at least", len(cases))
	}
	seen := map[string]bool{}
	for i := range cases {
		c := &cases[i]
		if seen[c.name] {
			t.Errorf("%s: twice", c.name)
		}
		seen[c.name] = true
		got := answer(t, *c, nil)
		if *update {
			c.want = got
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
	if *update {
		writeCases(t, cases)
	}
}

// TestSplits holds every case to the same answer byte by byte and cut in two at every byte.
func TestSplits(t *testing.T) {
	for _, c := range readCases(t) {
		every := make([]int, len(c.in))
		for i := range every {
			every[i] = i + 1
		}
		if diff := cmp.Diff(c.want, answer(t, c, every)); diff != "" {
			t.Errorf("%s: byte by byte: -want +got\n%s", c.name, diff)
		}
		step := 1 + len(c.in)/2000
		for cut := 0; cut < len(c.in); cut += step {
			if diff := cmp.Diff(c.want, answer(t, c, []int{cut})); diff != "" {
				t.Fatalf("%s: cut at %d: -want +got\n%s", c.name, cut, diff)
			}
		}
	}
}

// TestEarly holds that a fault is reported when its byte has been seen, or the one behind it where that one must tell
// (a CR). Faults of a field or line as a whole are reported when its line ends.
func TestEarly(t *testing.T) {
	atByte := map[Kind]bool{
		BareLF: true, ControlByte: true, ControlInValue: true, MethodSyntax: true, RequestLineBlank: true, RequestLineTab: true, NameByte: true,
		SpaceInName: true, EmptyName: true, ObsFold: true, TooManyFields: true,
		ChunkSize: true, ChunkSizeOverflow: true, ChunkEnd: true, ChunkLineTooLong: true,
	}
	for _, c := range readCases(t) {
		kind, at := faultOf(c.want)
		if !atByte[kind] || kind == ChunkSize && c.in[at] <= ' ' || c.in[at] >= 0x80 || c.in[at] == 0x16 {
			continue // an extension may follow a blank; a letter is shown whole; a handshake may begin
		}
		short := c
		short.in = c.in[:at+1]
		if short.in[at] == '\r' {
			short.in = c.in[:at+2]
		}
		if diff := cmp.Diff(c.want, answer(t, short, nil)); diff != "" {
			t.Errorf("%s: after %d bytes: -want +got\n%s", c.name, len(short.in), diff)
		}
		short.in = c.in[:at]
		if got := answer(t, short, nil); !strings.HasPrefix(got, "incomplete") {
			t.Errorf("%s: after %d bytes already %s", c.name, at, got)
		}
	}
}

// TestPlaces holds that line and column of a fault are those that an editor shows for its byte.
func TestPlaces(t *testing.T) {
	for _, c := range readCases(t) {
		var kind string
		var at, line, column int
		if n, _ := fmt.Sscanf(c.want, "fault %s at %d line %d column %d", &kind, &at, &line, &column); n < 4 {
			continue
		}
		before := c.in[:at]
		if want := 1 + bytes.Count(before, []byte("\n")); line != want {
			t.Errorf("%s: line %d, want %d", c.name, line, want)
		}
		if want := at - bytes.LastIndexByte(before, '\n'); column != want {
			t.Errorf("%s: column %d, want %d", c.name, column, want)
		}
	}
}

func faultOf(want string) (Kind, int) {
	var name string
	var at int
	if _, err := fmt.Sscanf(want, "fault %s at %d", &name, &at); err != nil {
		return OK, 0
	}
	for k := range KindCount {
		if k.String() == name {
			return k, at
		}
	}
	return OK, 0
}

// TestKindsHaveCases holds that every kind has a name of its own and a case.
func TestKindsHaveCases(t *testing.T) {
	seen := map[string]bool{"ok": true}
	for _, c := range readCases(t) {
		for word := range strings.FieldsSeq(c.want) {
			seen[word] = true
		}
	}
	names := map[string]bool{}
	for k := range KindCount {
		name := k.String()
		if name == "" || names[name] {
			t.Errorf("kind %d: name %q is empty or taken", k, name)
		}
		names[name] = true
		if !seen[name] {
			t.Errorf("%s: no case", name)
		}
	}
}

func writeCases(tb testing.TB, cases []caseOf) {
	tb.Helper()
	archive, err := txtar.ParseFile(casesFile)
	if err != nil {
		tb.Fatal(err)
	}
	archive.Files = archive.Files[:0]
	for _, c := range cases {
		text := strings.Join(c.lines, "\n") + "\n"
		if c.options != "" {
			text = "% " + c.options + "\n" + text
		}
		text += "= " + c.want + "\n"
		archive.Files = append(archive.Files, txtar.File{Name: c.name, Data: []byte(text)})
	}
	if err := os.WriteFile(casesFile, txtar.Format(archive), 0o600); err != nil {
		tb.Fatal(err)
	}
}
