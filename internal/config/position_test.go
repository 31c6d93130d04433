package config

import "testing"

func TestPosition(t *testing.T) {
	c, err := Parse("candor.yaml", []byte(`upstreams:
  people:
    targets:
      - http://10.0.0.5:9000
apis:
  - name: one
    credentials: public
    routes:
      - path: /a
        methods: [GET, POST]
      - /b
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path         []any
		line, column int
		said         bool
	}{
		{nil, 1, 1, true},
		{[]any{"upstreams"}, 1, 1, true},
		{[]any{"upstreams", "people"}, 2, 3, true},
		{[]any{"upstreams", "people", "targets", 0}, 4, 9, true},
		{[]any{"upstreams", "people", "errors"}, 2, 3, false},
		{[]any{"apis", 0}, 6, 5, true},
		{[]any{"apis", 0, "name"}, 6, 11, true},
		{[]any{"apis", 0, "routes", 0}, 9, 9, true},
		{[]any{"apis", 0, "routes", 0, "path"}, 9, 15, true},
		{[]any{"apis", 0, "routes", 0, "methods", 1}, 10, 24, true},
		{[]any{"apis", 0, "routes", 0, "scopes", 3}, 9, 9, false},
		{[]any{"apis", 0, "routes", 1, "path"}, 11, 9, false},
		{[]any{"apis", 7, "routes"}, 5, 1, false},
		{[]any{"nowhere"}, 1, 1, false},
	}
	for _, test := range tests {
		line, column := c.Position(test.path...)
		if said := c.Said(test.path...); line != test.line || column != test.column || said != test.said {
			t.Errorf("%v: at %d:%d, said %v; want %d:%d, %v", test.path, line, column, said, test.line, test.column, test.said)
		}
	}
	if m := c.Mistake("no", "apis", 0, "routes", 1); m.String() != "candor.yaml:11:9: no" {
		t.Errorf("mistake = %s", m)
	}
	if line, column := Default().Position("apis", 0); line != 0 || column != 0 {
		t.Errorf("without a file: %d:%d", line, column)
	}
}
