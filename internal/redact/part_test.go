package redact

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendTargetOfParts(t *testing.T) {
	const head = "--X\r\nContent-Disposition: form-data; name="
	for _, tt := range []struct{ name, in, want string }{
		{"a secret", head + "\"password\"\r\n\r\ngeheim\r\n--X--\r\n", head + "\"password\"\r\n\r\nREDACTED\r\n--X--\r\n"},
		{"no secret", head + "\"city\"\r\n\r\nBern\r\n--X--\r\n", head + "\"city\"\r\n\r\nBern\r\n--X--\r\n"},
		{"the next part stays", head + "\"pin\"\r\n\r\n1\r\n--\r\n2\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--", head + "\"pin\"\r\n\r\nREDACTED\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--"},
		{"behind another part", head + "\"city\"\r\n\r\nBern\r\n" + head + "\"token\"\r\n\r\ngeheim\r\n--X--", head + "\"city\"\r\n\r\nBern\r\n" + head + "\"token\"\r\n\r\nREDACTED\r\n--X--"},
		{"more of a head", head + "\"secret\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\ngeheim\r\n--X--", head + "\"secret\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nREDACTED\r\n--X--"},
		{"read as a query", "?" + head + "\"pin\"\r\n\r\n1\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--", "?" + head + "\"pin\"\r\n\r\nREDACTED\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--"},
		{"far behind its name", head + "\"password\"\r\nX-Filler: " + strings.Repeat("x", 20<<10) + "\r\n\r\ngeheim\r\n--X--", head + "\"password\"\r\nX-Filler: " + strings.Repeat("x", 20<<10) + "\r\n\r\nREDACTED\r\n--X--"},
		{"a head without a value", head + "\"password\"\r\n--X\r\nA: b\r\n\r\nBern\r\n--X--", head + "\"password\"\r\n--X\r\nA: b\r\n\r\nBern\r\n--X--"},
		{"several", head + "\"pin\"\r\n\r\n1\r\n" + head + "\"token\"\r\n\r\n2\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--", head + "\"pin\"\r\n\r\nREDACTED\r\n" + head + "\"token\"\r\n\r\nREDACTED\r\n" + head + "\"city\"\r\n\r\nBern\r\n--X--"},
		{"cut", head + "\"password\"\r\n\r\ngehe", head + "\"password\"\r\n\r\nREDACTED"},
		{"bare line feeds", "--X\nContent-Disposition: form-data; name=password\n\ngeheim\n--X--", "--X\nContent-Disposition: form-data; name=password\n\nREDACTED\n--X--"},
	} {
		if diff := cmp.Diff(tt.want, string(AppendTarget(nil, []byte(tt.in)))); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// BenchmarkNamesWithoutValues is of names that have no value: twice as many take twice as long, and not four times.
func BenchmarkNamesWithoutValues(b *testing.B) {
	for _, names := range []int{1 << 10, 1 << 11, 1 << 12, 1 << 14} {
		text := []byte("--X\r\n" + strings.Repeat("; name=\"password\"", names))
		b.Run(strconv.Itoa(names), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				AppendTarget(nil, text)
			}
		})
	}
}
