package accesslog

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/callid"
)

var when = time.Date(2026, 3, 4, 5, 6, 7, 89_999_999, time.UTC).UnixNano()

func whole() *Entry {
	return &Entry{
		Time: when, ID: callid.New(0x017F22E279B0, 0xCC3, 0x18C4DC0C0C07398F),
		Listener: "0.0.0.0:8080", API: "people", Route: "me", Problem: "entity_not_found", ByUpstream: true,
		App: "demo", Member: "m-77", Client: netip.MustParseAddr("::ffff:192.0.2.1"),
		Method: []byte("GET"), Target: []byte("/v2/me?access_token=abc&q=1"), Version: "HTTP/1.1",
		Status: 404, In: 120, Out: 3456, RequestID: []byte("their-id"),
		Stations: Stations{Head: 12, Admit: 15, Connect: 300, FirstByte: 2100, Done: 2345},
		Peer:     netip.MustParseAddr("10.0.0.1"),
		Upstream: "10.0.0.5:9000", UpstreamStatus: 404, Attempts: 2, Reused: true, Note: "wrapped",
	}
}

func TestAppendJSON(t *testing.T) {
	for _, c := range []struct {
		name  string
		entry *Entry
		want  string
	}{
		{"whole", whole(), `{"time":"2026-03-04T05:06:07.089Z","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",` +
			`"listener":"0.0.0.0:8080","api":"people","route":"me","method":"GET","target":"/v2/me?access_token=REDACTED&q=1",` +
			`"version":"HTTP/1.1","status":404,"problem":"entity_not_found","by":"upstream",` +
			`"client":"192.0.2.1","peer":"10.0.0.1","app":"demo","member":"m-77","request_id":"their-id",` +
			`"in":120,"out":3456,"duration_us":2345,"head_us":12,"admit_us":15,"connect_us":300,"first_byte_us":2100,` +
			`"upstream":"10.0.0.5:9000","upstream_status":404,"attempts":2,"reused":true,"note":"wrapped"}` + "\n"},
		{"least", &Entry{}, `{"time":"1970-01-01T00:00:00.000Z","id":"00000000-0000-0000-0000-000000000000",` +
			`"status":0,"by":"gateway","in":0,"out":0,"duration_us":0}` + "\n"},
		{
			"upgrades", &Entry{Upgrade: "websocket", EndedBy: "client", Ended: "closed", Dropped: []byte("h2c\"" + strings.Repeat("x", 100)), Note: "n"},
			`{"time":"1970-01-01T00:00:00.000Z","id":"00000000-0000-0000-0000-000000000000",` +
				`"status":0,"by":"gateway","in":0,"out":0,"duration_us":0,"upgrade":"websocket","upgrade_dropped":"h2c\"` + strings.Repeat("x", 60) +
				`","ended_by":"client","ended":"closed","note":"n"}` + "\n",
		},
		{"escapes", &Entry{
			Method: []byte("G\x00T"), Target: []byte("/a\"b?token=\x1b[2J\xff&q=\xc3\xa9\xff\xc2\x9b\\"),
			Client: netip.MustParseAddr("fe80::1%eth0"), Peer: netip.MustParseAddr("fe80::1%eth0"), Attempts: 1,
		}, `{"time":"1970-01-01T00:00:00.000Z","id":"00000000-0000-0000-0000-000000000000",` +
			`"method":"G\u0000T","target":"/a\"b?token=REDACTED&q=é\u00ff\u009b\\","status":0,"by":"gateway","client":"fe80::1",` +
			`"in":0,"out":0,"duration_us":0}` + "\n"},
	} {
		if d := cmp.Diff(c.want, string(c.entry.AppendJSON(nil))); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	e := whole()
	e.Target = []byte("/\"quoted\"")
	got := e.AppendJSON([]byte("before\n"))
	if want := "before\n" + string(e.AppendJSON(nil)); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEntryNoAllocs(t *testing.T) {
	plainEntry, odd := whole(), whole()
	odd.Target = []byte("/a\"b?token=\x1b[2J\xff&q=\xc3\xa9\xff\xc2\x9b\\")
	odd.Note = "line\nbreak \xff"
	buf := make([]byte, 0, 4096)
	for name, e := range map[string]*Entry{"plain": plainEntry, "odd": odd} {
		if n := testing.AllocsPerRun(100, func() { buf = e.AppendJSON(buf[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

// FuzzAppendJSON holds that any bytes give one line of strict JSON that holds
// them: valid UTF-8 reads back as it was, other bytes as U+00XX.
func FuzzAppendJSON(f *testing.F) {
	f.Add([]byte("GET"), []byte("/v2/me?token=x"), "note")
	f.Add([]byte("\xff\x00\""), []byte("/\\\n\xe2\x80\xa8%zz"), "\x1b[2J")
	f.Fuzz(func(t *testing.T, method, target []byte, note string) {
		e := whole()
		e.Method, e.Target, e.Note = method, target, note
		line := e.AppendJSON(nil)
		if bytes.IndexByte(line, '\n') != len(line)-1 || !utf8.Valid(line) {
			t.Fatalf("no single line of UTF-8: %q", line)
		}
		var got struct{ Method, Target, Note string }
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if got.Method != latin(method) || got.Note != latin([]byte(note)) {
			t.Fatalf("read back %q and %q", got.Method, got.Note)
		}
	})
}

// latin is b with each byte that is no UTF-8 read as ISO 8859-1.
func latin(b []byte) string {
	var out []rune
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if n == 1 {
			r = rune(b[0])
		}
		out, b = append(out, r), b[n:]
	}
	return string(out)
}

func BenchmarkAppendJSON(b *testing.B) {
	e := whole()
	e.Target = []byte("/v2/me")
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = e.AppendJSON(buf[:0])
	}
}

// TestMisleading: whatever a caller sends, a line looks like what it is.
func TestMisleading(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a\u202eb\u202ac", `a\u202eb\u202ac`},
		{"\u2066\u2069\u200e\u200f\u061c", `\u2066\u2069\u200e\u200f\u061c`},
		{"a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`},
		{"\ufeffa\u200bb\u00adc\u2060", `\ufeffa\u200bb\u00adc\u2060`},
		{"é漢字🦆 \u05d0\u0627", "é漢字🦆 \u05d0\u0627"},
	} {
		e := Entry{Target: []byte("/" + c.in), RequestID: []byte(c.in), App: c.in, Note: c.in, Method: []byte(c.in), Problem: "p", UserAgent: []byte(c.in)}
		line := string(e.AppendJSON(nil))
		if n := strings.Count(line, c.want); n != 6 {
			t.Errorf("%+q stands %d times as %s in %s", c.in, n, c.want, line)
		}
		plain := `{"msg":"` + c.in + `"}`
		if got := string(AppendSafe(nil, []byte(plain))); got != `{"msg":"`+c.want+`"}` {
			t.Errorf("%+q became %s", plain, got)
		}
	}
}

// TestNoTokenInTheCallersOwnID: some send it as that.
func TestNoTokenInTheCallersOwnID(t *testing.T) {
	e := Entry{RequestID: []byte("cdr_at_geheim")}
	if line := string(e.AppendJSON(nil)); !strings.Contains(line, `"request_id":"cdr_at_REDACTED"`) {
		t.Error(line)
	}
}
