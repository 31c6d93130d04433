package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// warningsOf is what a text without mistakes is told all the same, a line each.
func warningsOf(t *testing.T, text string) []string {
	t.Helper()
	c, err := Parse("candor.yaml", []byte(text), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, w := range c.Warnings {
		lines = append(lines, strings.TrimPrefix(w.String(), "candor.yaml:"))
	}
	return lines
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"none", least, nil},
		{"a resource that was shared by a route's own name", `upstreams: {a: "http://x"}
apps: [demo]
quotas: {few: {app: 5/day}}
apis:
  - name: v2
    cors: {origins: ["*"]}
    routes:
      - {path: /people, quota: few}
      - {path: /persons, quota: few, resource: people}
      - {path: /men, quota: few, resource: v2/people}
      - {path: /women, quota: few, resource: women}
      - {path: /others, quota: few, resource: all}
`, []string{
			`9:48: the resource "people" is not that of the route v2/people, which counts by itself; write resource: v2/people to count both together`,
		}},
		{"nobody can call", "upstreams: {a: \"http://x\"}\napis: [{preflight: refuse, routes: [/**]}]\n", []string{
			`2:8: routes ask for a token, but there are no apps: to hold one; add apps:, or say credentials: public`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, warningsOf(t, test.text)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
