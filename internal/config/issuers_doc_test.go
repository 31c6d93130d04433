package config

import (
	"os"
	"regexp"
	"testing"
)

// TestTokensPage: each configuration that docs/tokens.md shows is one, put behind an upstream, and nothing in it is probably not what was meant.
func TestTokensPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 4 {
		t.Errorf("the page shows %d configurations", len(blocks))
	}
	for _, b := range blocks {
		c, err := Parse("candor.yaml", append([]byte("upstreams: {shop: \"http://127.0.0.1:3000\"}\n"), b[1]...), testEnv)
		if err != nil {
			t.Errorf("%v in\n%s", err, b[1])
			continue
		}
		if len(c.Issuers) == 0 || c.APIs[0].Credentials.Issuers == 0 {
			t.Errorf("no tokens of others are taken in\n%s", b[1])
		}
	}
}
