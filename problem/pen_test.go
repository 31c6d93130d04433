package problem

import (
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	long := strings.Repeat("a", 70)
	for _, tc := range []struct{ sent, plain, json string }{
		{"", "", ""},
		{"abc", "abc", "abc"},
		{`"\`, `"\`, `\"\\`},
		{"\x00\t\x7f", `\x00\x09\x7f`, `\\x00\\x09\\x7f`},
		{"é\xff", `é\xff`, `é\\xff`},
		{"\u202e\U000e0001", `\u202e\U000e0001`, `\\u202e\\U000e0001`},
		{long[:64], long[:64], long[:64]},
		{long, long[:63] + "…", long[:63] + "…"},
		{long[:62] + "\x00", long[:62] + "…", long[:62] + "…"},
		{long[:60] + "\x00", long[:60] + `\x00`, long[:60] + `\\x00`},
	} {
		plain, json := pen{}, pen{in: inJSON}
		plain.shown([]byte(tc.sent))
		json.shown([]byte(tc.sent))
		if string(plain.b) != tc.plain || string(json.b) != tc.json {
			t.Errorf("%q: %s, %s; want %s, %s", tc.sent, plain.b, json.b, tc.plain, tc.json)
		}
	}
}

func TestDecoded(t *testing.T) {
	for sent, want := range map[string]string{
		"person": "person", "p%65rson": "person", "%C3%A9": "é", "%ff": `\xff`, "%00": `\x00`, "%": "%", "%4": "%4", "%zz": "%zz", "%25%34": "%4",
	} {
		var w pen
		w.decoded([]byte(sent))
		if string(w.b) != want {
			t.Errorf("%s: %s, want %s", sent, w.b, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	var w pen
	for _, n := range []int64{1, 1000, 1024, 10 << 20, 1 << 30, 1<<20 + 1} {
		w.size(n)
		w.raw(", ")
	}
	for _, ms := range []int64{5, 1500, 3000, 60_000, 90_000} {
		w.duration(ms)
		w.raw(", ")
	}
	w.seconds(1)
	w.raw(", ")
	w.seconds(2)
	const want = "1 byte, 1000 bytes, 1 KiB, 10 MiB, 1 GiB, 1048577 bytes, 5 ms, 1500 ms, 3 s, 1 min, 90 s, 1 second, 2 seconds"
	if string(w.b) != want {
		t.Errorf("%s\nwant %s", w.b, want)
	}
}

func TestStrings(t *testing.T) {
	var w pen
	w.str("a\"\\\n\x7fé\xff\u2028b")
	if got, want := string(w.b), `"a\"\\\u000a\u007fé\ufffd\u2028b"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
