package sandbox

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// docs/openapi.yaml has what directs the sandbox, with every field, and nothing else under its tag.
func TestTheDocumentHasWhatDirects(t *testing.T) {
	text, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range d.Paths {
		for method, of := range item {
			if fields, is := of.(map[string]any); is && slices.Contains(fields["tags"].([]any), any("sandbox")) {
				described = append(described, strings.ToUpper(method)+" "+strings.Replace(path, "{name}", "", 1))
			}
		}
	}
	for _, e := range (&sandbox{}).extras() {
		for _, method := range e.Methods {
			if method != "HEAD" {
				served = append(served, method+" "+e.Path)
			}
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("-served +docs/openapi.yaml\n%s", diff)
	}
	for name, of := range map[string]any{"SandboxRule": Told{}, "SandboxMatch": Match{}, "SandboxRules": RuleList{}, "SandboxRemoved": Removed{}, "SandboxClock": ClockTold{}} {
		want := jsonNames(reflect.TypeOf(of))
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(d.Components.Schemas[name].Properties))); diff != "" {
			t.Errorf("%s: -code +docs/openapi.yaml\n%s", name, diff)
		}
	}
}

func jsonNames(of reflect.Type) (names []string) {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			names = append(names, jsonNames(f.Type)...)
		case f.IsExported():
			names = append(names, name)
		}
	}
	return names
}

var fenced = regexp.MustCompile("(?s)```json\n(.*?)```")

// Every rule and every answer of docs/sandbox.md is one.
func TestRulesOfThePage(t *testing.T) {
	text, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	all := fenced.FindAllStringSubmatch(string(text), -1)
	if len(all) < 8 {
		t.Errorf("%d rules", len(all))
	}
	k := knownOf(&File{Apps: Apps("http://127.0.0.1:8083"), Members: Members()}, []string{"v2/me", "rest/posts"})
	for _, one := range all {
		if _, err := k.newRules([]byte(one[1]), time.Now()); err != nil || !json.Valid([]byte(one[1])) {
			t.Errorf("%s: %v", one[1], err)
		}
	}
}
