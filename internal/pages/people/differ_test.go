package people

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiffer(t *testing.T) {
	for _, c := range []struct {
		sent, registered string
		want             int
	}{
		{"", "", -1},
		{"a", "a", -1},
		{"a", "b", 0},
		{"", "a", 0},
		{"a", "", 0},
		{"https://a/x", "https://a/x/", 11},
		{"https://a/x/", "https://a/x", 11},
		{"https://a/X", "https://a/x", 10},
		{"aé", "aè", 2}, // both begin with C3
	} {
		if got := Differ(c.sent, c.registered); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.sent, c.registered, got, c.want)
		}
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct {
		text string
		at   int
		want []piece
	}{
		{"", -1, nil},
		{"", 0, []piece{{"ends here", true, true}}},
		{"abc", -1, []piece{{Text: "abc"}}},
		{"abc", 1, []piece{{Text: "a"}, {Text: "b", Mark: true}, {Text: "c"}}},
		{"abc", 3, []piece{{Text: "abc"}, {"ends here", true, true}}},
		{"aéb", 2, []piece{{Text: "a"}, {Text: "é", Mark: true}, {Text: "b"}}}, // the second byte of é
		{"a b", 1, []piece{{Text: "a"}, {"blank", true, true}, {Text: "b"}}},
		{"a\u202eb", -1, []piece{{Text: "a"}, {Text: "U+202E", Code: true}, {Text: "b"}}},
		{"a\u0301", -1, []piece{{Text: "a"}, {Text: "U+0301", Code: true}}}, // it would sit on the letter before it
		{"\x00\n\xff", 2, []piece{{Text: "U+0000", Code: true}, {Text: "U+000A", Code: true}, {"byte FF", true, true}}},
		{"\ufffd", -1, []piece{{Text: "\ufffd"}}}, // it was sent so
		{strings.Repeat("a", 1000) + "b", 1000, []piece{{Text: "… 600 more bytes", Code: true}, {Text: strings.Repeat("a", 400)}, {Text: "b", Mark: true}}},
		{strings.Repeat("a", 401), -1, []piece{{Text: strings.Repeat("a", 400)}, {Text: "… 1 more byte", Code: true}}},
	} {
		if diff := cmp.Diff(c.want, pieces(c.text, c.at)); diff != "" {
			t.Errorf("%.20q at %d (-want +got):\n%s", c.text, c.at, diff)
		}
	}
}

func TestDifference(t *testing.T) {
	for _, c := range []struct{ sent, registered, says, hint string }{
		{"https://a.example/cb", "https://a.example/cb", "", ""},
		{"https://a.example/cb/", "https://a.example/cb", "The beginning is the same for 20 characters. Then “/” was sent, and nothing more is registered.", "the slash at the end"},
		{"https://a.example/cb", "https://a.example/cb/", "Then nothing more was sent, and “/” is registered.", "the slash at the end"},
		{"https://a.example/CB", "https://a.example/cb", "Then “C” was sent, and “c” is registered.", "capital letters"},
		{"http://a.example/cb", "https://a.example/cb", "The beginning is the same for 4 characters. Then “:” was sent, and “s” is registered.", "http and https"},
		{"https://a.example/cb ", "https://a.example/cb", "Then blank was sent, and nothing more is registered.", "blanks at an end"},
		{"https://a.example/cb#x", "https://a.example/cb", "Then “#” was sent", "behind #"},
		{"https://a.example/cb?a=b", "https://a.example/cb?a=c", "Then “b” was sent, and “c” is registered.", "the query"},
		{"https%3A%2F%2Fa.example%2Fcb", "https://a.example/cb", "Then “%” was sent, and “:” is registered.", "percent encoding"},
		{"https%253A%252F%252Fa.example%252Fcb", "https://a.example/cb", "Then “%” was sent, and “:” is registered.", "percent encoding"},
		{"https://a.example:8443/cb", "https://a.example/cb", "Then “:” was sent, and “/” is registered.", "the port"},
		{"http://localhost:3000/cb", "http://127.0.0.1:3000/cb", "Then “l” was sent, and “1” is registered.", "the name of this machine"},
		{"http://[::1]:3000/cb", "http://localhost:3000/cb", "Then “[” was sent, and “l” is registered.", "the name of this machine"},
		{"https://ехample.com", "https://example.com", "The beginning is the same for 8 characters. Then “е” (U+0435) was sent, and “e” is registered.", ""},
		{"https://a.example/\u200bcb", "https://a.example/cb", "Then U+200B was sent, and “c” is registered.", ""},
		{"é", "è", "From the beginning they differ: “é” (U+00E9) was sent, and “è” (U+00E8) is registered.", ""},
		{"a://%zz", "b://%zz/x", "“a” was sent", ""},
	} {
		if got := difference(c.sent, c.registered); !strings.Contains(got, c.says) || (got == "") != (c.says == "") {
			t.Errorf("%q, %q: %s", c.sent, c.registered, got)
		}
		if got := hint(c.sent, c.registered); !strings.Contains(got, c.hint) || (got == "") != (c.hint == "") {
			t.Errorf("%q, %q: the hint is %q", c.sent, c.registered, got)
		}
	}
}

func TestNearest(t *testing.T) {
	registered := []string{"https://a.example/", "https://a.example/oauth/callback", "https://b.example/callback", "https://a.example/callback"}
	for sent, want := range map[string]int{
		"https://a.example/callback/":      3,
		"https://a.example/":               0,
		"https://a.example":                0,
		"https://b.example/":               2,
		"https://a.example/oauth/Callback": 1,
		"":                                 0,
	} {
		if got := nearest(sent, registered); got != want {
			t.Errorf("%q: %q, want %q", sent, registered[got], registered[want])
		}
	}
	if got := nearest("x", nil); got != -1 {
		t.Errorf("of none: %d", got)
	}
}

// TestKnown: the nearest stands first, no more are shown than can be read, and the caller's list stays as it was.
func TestKnown(t *testing.T) {
	v := AuthorizationProblem{Sent: "https://z/k"}
	for _, c := range "abcdefghijklmno" {
		v.Registered = append(v.Registered, "https://z/"+string(c))
	}
	v.Registered = append(v.Registered, "https://z/kk")
	known := v.Known()
	if first := known[0][0].Text; first != "https://z/" && first != "https://z/k" || len(known) != 10 || v.More() != 6 || v.Registered[0] != "https://z/a" {
		t.Errorf("%v, and %d more", known, v.More())
	}
}

func FuzzPieces(f *testing.F) {
	f.Add("https://a.example/cb/", "https://a.example/cb")
	f.Add("a\xc3", "a\xc3\xa9")
	f.Add("\u202e", "")
	f.Fuzz(func(t *testing.T, sent, registered string) {
		at := Differ(sent, registered)
		if (at < 0) != (sent == registered) || at >= 0 && sent[:at] != registered[:at] {
			t.Fatalf("differ at %d", at)
		}
		for _, text := range []string{sent, registered} {
			marks := 0
			for _, p := range pieces(text, at) {
				if strings.ContainsFunc(p.Text, hidden) {
					t.Errorf("not seen: %q", p.Text)
				}
				if p.Mark {
					marks++
				}
			}
			if want := min(1, at+1); marks != want {
				t.Errorf("%q: %d marks, want %d", text, marks, want)
			}
		}
		_, _ = difference(sent, registered), hint(sent, registered)
	})
}
