package token

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKeysAreListed(t *testing.T) {
	k := Memory(noonTime)
	first := k.Active()
	later := noonTime.UTC().Add(time.Hour)
	if err := k.Rotate(later); err != nil {
		t.Fatal(err)
	}
	want := []KeyInfo{
		{ID: first, Created: noonTime.UTC(), Until: later.Add(keepRetired)},
		{ID: first + 1, Active: true, Created: later},
	}
	if diff := cmp.Diff(want, k.List()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
