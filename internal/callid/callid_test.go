package callid

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// rfcID is the UUIDv7 of RFC 9562 appendix A.6.
const (
	rfcText   = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
	rfcHex    = "017f22e279b07cc398c4dc0c0c07398f"
	rfcBase64 = "AX8i4nmwfMOYxNwMDAc5jw=="
	rfcMilli  = 0x017F22E279B0
)

func rfcID() ID { return New(rfcMilli, 0xCC3, 0x18C4DC0C0C07398F) }

func TestSpellings(t *testing.T) {
	id := rfcID()
	for _, c := range []struct {
		name, got, want string
	}{
		{"uuid", string(id.AppendUUID([]byte("x"))), "x" + rfcText},
		{"hex", string(id.AppendHex([]byte("x"))), "x" + rfcHex},
		{"base64", string(id.AppendBase64([]byte("x"))), "x" + rfcBase64},
		{"string", id.String(), rfcText},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
	if got := id.UnixMilli(); got != rfcMilli {
		t.Errorf("UnixMilli: got %x, want %x", got, int64(rfcMilli))
	}
	if id.IsZero() || !(ID{}).IsZero() {
		t.Error("IsZero does not tell the zero id from another")
	}
}

func TestNewUsesEveryRandomBit(t *testing.T) {
	all := New(1<<48-1, ^uint64(0), ^uint64(0)).String()
	none := New(0, 0, 0).String()
	if all != "ffffffff-ffff-7fff-bfff-ffffffffffff" || none != "00000000-0000-7000-8000-000000000000" {
		t.Errorf("got %s and %s", all, none)
	}
}

func TestJitter(t *testing.T) {
	seen := map[int]bool{}
	for lo := range uint64(1000) {
		j := New(rfcMilli, 0, lo).Jitter()
		if j < 0 || j > 60 {
			t.Fatalf("Jitter of lo %d: got %d", lo, j)
		}
		seen[j] = true
	}
	if len(seen) != 61 {
		t.Errorf("got %d different values, want 61", len(seen))
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, in string
		ok       bool
	}{
		{"36 characters", rfcText, true},
		{"36 characters, upper case", strings.ToUpper(rfcText), true},
		{"32 hex", rfcHex, true},
		{"32 hex, upper case", strings.ToUpper(rfcHex), true},
		{"base64", rfcBase64, true},
		{"empty", "", false},
		{"short", rfcText[:35], false},
		{"long", rfcText + "0", false},
		{"dash elsewhere", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", false},
		{"no hex", "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f", false},
		{"version 4", "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", false},
		{"other variant", "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f", false},
		{"nil UUID", "00000000-0000-0000-0000-000000000000", false},
		{"braces", "{017f22e279b07cc398c4dc0c0c07398f}", false},
		{"base64, URL alphabet", "AX8i4nmwfMOYxNwMDAc5-w==", false},
		{"base64, no padding", "AX8i4nmwfMOYxNwMDAc5jwAA", false},
		{"base64, stray bits", "AX8i4nmwfMOYxNwMDAc5jx==", false},
		{"base64, one more digit", "AX8i4nmwfMOYxNwMDAc5jww=", false},
	} {
		id, ok := Parse(c.in)
		want := ID{}
		if c.ok {
			want = rfcID()
		}
		if ok != c.ok || id != want {
			t.Errorf("%s: Parse(%q) = %v, %v; want %v, %v", c.name, c.in, id, ok, want, c.ok)
		}
	}
}

func TestNoAllocs(t *testing.T) {
	buf := make([]byte, 0, 64)
	id := rfcID()
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"New", func() { id = New(rfcMilli, 1, 2) }},
		{"AppendUUID", func() { buf = id.AppendUUID(buf[:0]) }},
		{"AppendHex", func() { buf = id.AppendHex(buf[:0]) }},
		{"AppendBase64", func() { buf = id.AppendBase64(buf[:0]) }},
		{"Parse uuid", func() { id, _ = Parse(rfcText) }},
		{"Parse hex", func() { id, _ = Parse(rfcHex) }},
		{"Parse base64", func() { id, _ = Parse(rfcBase64) }},
		{"Parse borrowed bytes", func() { id, _ = Parse(string(buf)) }},
		{"Jitter", func() { _ = id.Jitter() }},
	} {
		if n := testing.AllocsPerRun(100, c.f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", c.name, n)
		}
	}
}

// FuzzParse holds that whatever is accepted is one of the id's own spellings
// (but for case), and that the library's decoders read the same bytes from it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{rfcText, rfcHex, rfcBase64, "", rfcText + "0", strings.ToUpper(rfcText)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, ok := Parse(s)
		if !ok {
			if id != (ID{}) {
				t.Fatalf("refused %q, yet gave %v", s, id)
			}
			return
		}
		var spelled string
		var want []byte
		switch len(s) {
		case uuidLen:
			spelled = string(id.AppendUUID(nil))
			want, _ = hex.DecodeString(strings.ReplaceAll(s, "-", ""))
		case hexLen:
			spelled = string(id.AppendHex(nil))
			want, _ = hex.DecodeString(s)
		case base64Len:
			spelled = string(id.AppendBase64(nil))
			want, _ = base64.StdEncoding.Strict().DecodeString(s)
		}
		if len(s) != base64Len {
			s = strings.ToLower(s)
		}
		if s != spelled || !bytes.Equal(id[:], want) {
			t.Fatalf("%q was read as %q", s, spelled)
		}
	})
}

func BenchmarkSpell(b *testing.B) {
	buf := make([]byte, 0, 128)
	b.ReportAllocs()
	for b.Loop() {
		id := New(rfcMilli, 1, 2)
		buf = id.AppendBase64(id.AppendHex(id.AppendUUID(buf[:0])))
	}
}
