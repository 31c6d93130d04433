package problem

import (
	"encoding/json"
	"testing"
)

// The table is a public format: this file says when it changes.
func TestGoldenTable(t *testing.T) {
	b, err := json.MarshalIndent(Table(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "table", append(b, '\n'))
}
