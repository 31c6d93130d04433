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
		{"patterns and methods that are probably meant otherwise", `upstreams: {a: "http://x"}
apis:
  - credentials: public
    routes:
      - {path: "/users/:id", methods: [PSOT, PURGE, POKE, Gte, COPY]}
      - {path: /users/<int:id>/posts}
      - "/v1/users:batch"
`, []string{
			`5:16: "/users/:id" is compared letter by letter here; did you mean /users/{id}?`,
			`5:40: "PSOT" is a method that no registry knows; did you mean POST?`,
			`5:53: "POKE" is a method that no registry knows`,
			`5:59: "Gte" is a method that no registry knows; did you mean GET?`,
			`6:16: "/users/<int:id>/posts" is compared letter by letter here; did you mean /users/{id}/posts?`,
		}},
		{"limits that do nothing", `upstreams: {a: "http://x"}
quotas:
  people: {member: 500/day, app: [100/min, 50/day], burst: 100/s}
  idle: {app: 5/day}
apps: [{name: small, quotas: {people: {member: 60/day}}}, {name: large, quotas: {people: {app: 5000/day}}}]
apis: [{preflight: refuse, routes: [{path: /a, quota: people}]}]
`, []string{
			`3:20: member: 500/day can never bite: app: 50/day is reached first`,
			`3:35: app: 100/minute can never bite: app: 50/day is reached first`,
			`3:60: burst: 100/second can never bite: app: 50/day is reached first`,
			`4:9: no route names the quota "idle", so it limits nothing; name it with quota: there`,
			`5:48: member: 60/day can never bite: app: 50/day is reached first`,
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
