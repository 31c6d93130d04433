package explain

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// collections are the files whose cases words are learnt of.
func collections(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/[tw]*.txt*")
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// saidOfCauses is how many texts what we say of a cause counts for.
const saidOfCauses = 2

// learn counts which words the cases of files are told with, by their cause.
func learn(tb testing.TB, files []string) []byte {
	tb.Helper()
	texts, words := map[string]int{}, map[string]map[string]int{}
	add := func(cause, text string, times int) {
		texts[cause] += times
		for w := range stems(text) {
			if words[w] == nil {
				words[w] = map[string]int{}
			}
			words[w][cause] += times
		}
	}
	for _, c := range allCauses() {
		add(c.name, c.title+" "+c.check+" "+c.fix+" "+c.otherwise, saidOfCauses)
	}
	for _, file := range files {
		for _, c := range casesOf(tb, file) {
			add(c.want[0], string(c.text), 1)
		}
	}
	var out bytes.Buffer
	number := map[string]int{}
	for i, cause := range slices.Sorted(maps.Keys(texts)) {
		number[cause] = i
		fmt.Fprintf(&out, "=%s %d\n", cause, texts[cause])
	}
	for _, w := range slices.Sorted(maps.Keys(words)) {
		out.WriteString(w)
		for _, cause := range slices.Sorted(maps.Keys(words[w])) {
			fmt.Fprintf(&out, " %d:%d", number[cause], words[w][cause])
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// casesOf are those of a file of either form.
func casesOf(tb testing.TB, file string) []wildCase {
	tb.Helper()
	if strings.HasSuffix(file, ".txtar") {
		return wildCases(tb, file)
	}
	return lineCases(tb, file)
}

// What is embedded is what the collections tell.
func TestLearnt(t *testing.T) {
	want := learn(t, collections(t))
	if *update {
		if err := os.WriteFile("learnt.txt", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if learntText != string(want) {
		t.Error("learnt.txt is not what the collections tell: go test ./internal/explain -run TestLearnt -update")
	}
}

// How much the words of a collection tell that they were not learnt of: more than one cause in three is named first by them alone.
func TestLearntOfOthers(t *testing.T) {
	files := collections(t)
	for _, held := range []string{"testdata/wild7.txtar", "testdata/wild8.txtar", "testdata/wild9.txtar", "testdata/wild_threads.txtar"} {
		l := readLore(string(learn(t, slices.DeleteFunc(slices.Clone(files), func(f string) bool { return f == held }))))
		cases := casesOf(t, held)
		first := 0
		for _, c := range cases {
			shares := l.shares(string(c.text))
			if l.causes[slices.Index(shares, slices.Max(shares))] == c.want[0] {
				first++
			}
		}
		t.Logf("%s: %d of %d are named first by words alone", held, first, len(cases))
		if 3*first < len(cases) {
			t.Errorf("%s: %d of %d are named first by words alone", held, first, len(cases))
		}
	}
}

// What holds no word that was learnt is shared evenly, and nothing is told of it.
func TestLearntOfNothing(t *testing.T) {
	d := doubt{}
	d.recall(lookAt("the api says qqqq, the login fails with zzzz"))
	if len(d) != 0 {
		t.Errorf("unknown words tell of %v", d)
	}
}

// Whatever tells of no failure, or of one of something else, gets no cause.
func TestNoFailureTold(t *testing.T) {
	for _, text := range []string{
		"Please bring milk, two loaves of bread and some apples when you come home tonight.",
		"Dear team, the meeting of Thursday is moved to Friday at ten. Bring your notes and the budget of the second quarter.",
		"Bake the cake for forty minutes at 180 degrees and let it cool before you cut it.",
		"thanks, this solved it for me!",
		"Hello, can somebody help me please? It does not work.",
		"How do I paginate through the list of contacts, fifty at a time?",
		"What is the difference between PUT and PATCH?",
		"SELECT id, name FROM users WHERE age > 30 ORDER BY name",
	} {
		if found := ranked([]byte(text)); len(found) > 0 {
			t.Errorf("%q is said to be %v", text, found)
		}
	}
}
