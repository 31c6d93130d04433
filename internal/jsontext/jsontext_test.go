package jsontext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	const (
		wrong = UnexpectedByte
		short = UnexpectedEnd
		more  = AfterEnd
		enc   = Encoding
		str   = BadString
		num   = BadNumber
	)
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for in, want := range map[string]string{
		// What RFC 8259 allows.
		`{}`: "", `[]`: "", `""`: "", `0`: "", `-0`: "", `-1.5e+10`: "", `1E5`: "", `true`: "", `false`: "", `null`: "",
		" \t\r\n{} \t\r\n":                   "",
		`{"a":[1,2,{"b":null}],"a":"twice"}`: "",
		`"\"\\\/\b\f\n\r\t\u00e9"`:           "",
		`"é€😀"`:                              "",
		`"\ud800"`:                           "", // a lone surrogate is in the grammar (§8.2)
		`"\udc00\ud800"`:                     "",
		"\"\u007f\"":                         "",
		deep(10000):                          "",
		`1e999`:                              "",
		strings.Repeat("9", 400):             "",

		// What ends too early.
		``: say(Empty, 1, 1, ""), ` `: say(Blanks, 1, 2, ""), "\n\n ": say(Blanks, 3, 2, ""),
		`{`: say(short, 1, 2, ""), `{"a"`: say(short, 1, 5, ""), `{"a":`: say(short, 1, 6, ""), `{"a":1`: say(short, 1, 7, ""), `{"a":1,`: say(short, 1, 8, ""),
		`[1,`: say(short, 1, 4, ""), `"ab`: say(short, 1, 4, ""), `"\`: say(short, 1, 3, ""), `"\u00`: say(short, 1, 6, ""),
		`tru`: say(short, 1, 4, ""), `-`: say(short, 1, 2, ""), `1.`: say(short, 1, 3, ""), `1e`: say(short, 1, 3, ""), `1e+`: say(short, 1, 4, ""),
		"{\n  \"a\": [\n": say(short, 3, 1, ""),

		// What is not in it.
		`}`:                              say(wrong, 1, 1, "}"),
		`{]`:                             say(wrong, 1, 2, "]"),
		`{"a":1,}`:                       say(CommaBeforeEnd, 1, 8, "}"),
		`[1,]`:                           say(CommaBeforeEnd, 1, 4, "]"),
		`[1 2]`:                          say(MissingComma, 1, 4, "2"),
		`{"a" 1}`:                        say(MissingColon, 1, 6, "1"),
		`{a:1}`:                          say(BareName, 1, 2, "a"),
		`{'a':1}`:                        say(SingleQuotes, 1, 2, "'"),
		"{\n  \"text\": \"hello\",\n  }": say(CommaBeforeEnd, 3, 3, "}"),
		"{\r\n\"a\":x}":                  say(BareWord, 2, 5, "x"),
		"\t\tx":                          say(BareWord, 1, 3, "x"),
		`True`:                           say(ForeignLiteral, 1, 1, "True"),
		`truf`:                           say(BareWord, 1, 1, "t"),
		`NaN`:                            say(ForeignLiteral, 1, 1, "NaN"),
		`+1`:                             say(num, 1, 1, "+"),
		`.5`:                             say(num, 1, 1, "."),
		`01`:                             say(num, 1, 2, "1"),
		`1.e5`:                           say(num, 1, 3, "e"),
		`-x`:                             say(num, 1, 2, "x"),
		`"\x"`:                           say(str, 1, 3, "x"),
		`"\u00g0"`:                       say(str, 1, 6, "g"),
		"\"a\nb\"":                       say(str, 1, 3, "\n"),
		"\"a\x00b\"":                     say(str, 1, 3, "\x00"),
		"\"a\tb\"":                       say(str, 1, 3, "\t"),
		"\xef\xbb\xbf{}":                 say(ByteOrderMark, 1, 1, "\xef\xbb\xbf"), // §8.1: a sender adds none
		"\xef\xbb\xbf":                   say(ByteOrderMark, 1, 1, "\xef\xbb\xbf"),
		"\xff\xfe{\x00}\x00":             say(ByteOrderMark, 1, 1, "\xff\xfe"),
		"\xfe\xff\x00{\x00}":             say(ByteOrderMark, 1, 1, "\xfe\xff"),
		"{}\xef\xbb\xbf":                 say(more, 1, 3, "\xef\xbb\xbf"),
		"{}\x00":                         say(more, 1, 3, "\x00"),
		"{\"a\":\u00a01}":                say(wrong, 1, 6, "\u00a0"),
		"/* */ {}":                       say(Comment, 1, 1, "/"),
		deep(10001):                      say(TooDeep, 1, 10001, "["),

		// §8.1: the text is UTF-8.
		"\"\xff\"":             say(enc, 1, 2, "\xff"),
		"\"\xc3\"":             say(enc, 1, 2, "\xc3"),
		"\"\xc0\x80\"":         say(enc, 1, 2, "\xc0"),
		"\"\xed\xa0\x80\"":     say(enc, 1, 2, "\xed"), // a surrogate in three bytes
		"\"\xf4\x90\x80\x80\"": say(enc, 1, 2, "\xf4"),
		"{\"\xe9\":1}":         say(enc, 1, 3, "\xe9"),
		"\"ok\xe2\x82":         say(enc, 1, 4, "\xe2"),

		// A column counts characters, as an editor does.
		`{"é€😀":x}`:      say(BareWord, 1, 8, "x"),
		"\"é\"\n\"é\" x": say(more, 2, 1, `"`),

		// What many send in its place.
		"[object Object]":                        say(ObjectText, 1, 1, "[object Object]"),
		`{"a":[object Object]}`:                  say(ObjectText, 1, 6, "[object Object]"),
		`[object]`:                               say(BareWord, 1, 2, "o"),
		`'{"a":1}'`:                              say(SingleQuotes, 1, 1, "'"),
		`{"a":'b'}`:                              say(SingleQuotes, 1, 6, "'"),
		`{“a”:1}`:                                say(CurlyQuotes, 1, 2, "“"),
		`{\"a\":1}`:                              say(EscapedQuotes, 1, 2, `\`),
		`{"a":None}`:                             say(ForeignLiteral, 1, 6, "None"),
		`[undefined]`:                            say(ForeignLiteral, 1, 2, "undefined"),
		`[-Infinity]`:                            say(ForeignLiteral, 1, 2, "-Infinity"),
		`[nil]`:                                  say(ForeignLiteral, 1, 2, "nil"),
		`[Nonesuch]`:                             say(BareWord, 1, 2, "N"),
		"{\"b\": tru\n}":                         say(BareWord, 1, 7, "t"),
		`hello`:                                  say(BareWord, 1, 1, "h"),
		"{\n  // a\n  \"b\":1}":                  say(Comment, 2, 3, "/"),
		"{\"b\":1 /* c */}":                      say(Comment, 1, 8, "/"),
		"{\"b\":1} // c":                         say(Comment, 1, 9, "/"),
		"# c\n{}":                                say(Comment, 1, 1, "#"),
		`a=1&b=2`:                                say(Form, 1, 1, "a"),
		`c2VjcmV0cw==`:                           say(BareWord, 1, 1, "c"),
		`a[0]=1`:                                 say(Form, 1, 1, "a"),
		"--x1\r\nContent-Disposition: form-data": say(Multipart, 1, 1, "-"),
		"\x1f\x8b\x08\x00":                       say(Compressed, 1, 1, "\x1f"),
		"\x78\x9c\x03":                           say(Compressed, 1, 1, "x"),
		"\x28\xb5\x2f\xfd":                       say(Compressed, 1, 1, "("),
		"PK\x03\x04":                             say(Compressed, 1, 1, "P"),
		`<a/>`:                                   say(Markup, 1, 1, "<"),
		`@body.json`:                             say(FileName, 1, 1, "@"),
		`%7B%22a%22%3A1%7D`:                      say(PercentEncoded, 1, 1, "%7B"),
		`{"a":${ID}}`:                            say(Placeholder, 1, 6, "$"),
		`{"a":{{id}}}`:                           say(Placeholder, 1, 7, "{"),
		`{"a":<id>}`:                             say(Placeholder, 1, 6, "<"),
		`{"a"="b"}`:                              say(MissingColon, 1, 5, "="),
		"{\"a\":1\n\"b\":2}":                     say(MissingComma, 2, 1, `"`),
		`{"a":"he said "no""}`:                   say(MissingComma, 1, 16, "n"),
		`[12ab]`:                                 say(wrong, 1, 4, "a"),
		`{"a":}`:                                 say(wrong, 1, 6, "}"),
		`{"a":1,]`:                               say(wrong, 1, 8, "]"),

		// What follows.
		`{} {}`:    say(more, 1, 4, "{"),
		`{}x`:      say(more, 1, 3, "x"),
		`1 2`:      say(more, 1, 3, "2"),
		`null,`:    say(more, 1, 5, ","),
		"[]\n\n ]": say(more, 3, 2, "]"),
		"{}é":      say(more, 1, 3, "é"),
	} {
		got := ""
		if f := Check([]byte(in)); f.Kind != OK {
			got = say(f.Kind, f.Line, f.Column, string(f.Excerpt))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%.60q (-want +got):\n%s", in, diff)
		}
	}
}

func say(k Kind, line, column int, excerpt string) string {
	return fmt.Sprintf("%s at line %d, column %d: %q", k, line, column, excerpt)
}

// FuzzCheck holds Check against encoding/json, which knows the same grammar but not that the text is UTF-8.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,true,false,null,"\u00e9\n"]}`, `[1,]`, "\xef\xbb\xbf{}", "\"\xff\"", `01`, `{} {}`, `"\ud800"`, `{"a":1,}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fault := Check(body)
		if want := json.Valid(body) && utf8.Valid(body); (fault.Kind == OK) != want {
			t.Fatalf("%q: %+v, want it to pass: %v", body, fault, want)
		}
		if fault.Kind == OK {
			return
		}
		lines := bytes.SplitAfter(body, []byte("\n"))
		if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > utf8.RuneCount(lines[fault.Line-1])+1 {
			t.Fatalf("%q: line %d, column %d", body, fault.Line, fault.Column)
		}
		// What stands before the place can be gone on with: only what stands there is wrong.
		if at := len(body) - len(bytes.Join(lines[fault.Line-1:], nil)); !bytes.Contains(body[at:], fault.Excerpt) {
			t.Fatalf("%q: the excerpt %q is not there", body, fault.Excerpt)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	body := []byte(`[` + strings.Repeat(`{"id":12345,"name":"Ada Lovelace","tags":["a","b"],"on":true},`, 16000) + `null]`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if f := Check(body); f.Kind != OK {
			b.Fatal(f)
		}
	}
}
