package house

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestChangelog: what has not been released is in order, added before changed before fixed, and nothing is said twice, as merges leave it.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, unreleased, _ := strings.Cut(string(text), "\n## [Unreleased]\n")
	unreleased, _, _ = strings.Cut(unreleased, "\n## [")
	var order []string
	for _, kind := range regexp.MustCompile(`(?m)^### (.+)$`).FindAllStringSubmatch(unreleased, -1) {
		order = append(order, kind[1])
	}
	if got := strings.Join(order, " "); got != "Added Changed Fixed" {
		t.Errorf("the parts are %s", got)
	}
	const enough = 40 // bytes that tell one line from another
	said := map[string]bool{}
	for line := range strings.SplitSeq(unreleased, "\n") {
		if !strings.HasPrefix(line, "- ") {
			continue
		}
		begin := line[:min(enough, len(line))]
		if said[begin] {
			t.Errorf("said twice: %s", line)
		}
		said[begin] = true
	}
}
