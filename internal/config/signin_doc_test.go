package config

import (
	"os"
	"regexp"
	"testing"
)

// TestSignInPage: each configuration that docs/sign-in.md shows is one at which people can sign in, and nothing in it is probably not what was meant.
func TestSignInPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/sign-in.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) != 2 {
		t.Errorf("the page shows %d configurations", len(blocks))
	}
	for _, b := range blocks {
		c, err := Parse("candor.yaml", append([]byte(appsOf), b[1]...), func(string) (string, bool) { return "a-secret", true })
		if err != nil {
			t.Errorf("%v in\n%s", err, b[1])
			continue
		}
		if !c.WWW.On() || len(c.Warnings) > 0 {
			t.Errorf("%v in\n%s", c.Warnings, b[1])
		}
	}
}
