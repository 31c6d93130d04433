package admission

import (
	"testing"

	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/problem"
)

// Every fault of a JSON body is worded, and by the detail that has its name.
func TestJSONDetails(t *testing.T) {
	for kind := jsontext.OK + 1; kind < jsontext.KindCount; kind++ {
		if d := jsonDetails[kind]; d == problem.NoDetail || d.Name() != kind.String() {
			t.Errorf("%s is worded as %q", kind, d.Name())
		}
	}
}
