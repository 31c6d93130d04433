package clock

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAlarm(t *testing.T) {
	epoch := time.Unix(1000, 0)
	c := New(func() time.Time { return epoch })
	var got []string
	set := func(at time.Time) error {
		if at.IsZero() {
			got = append(got, "none")
			return nil
		}
		got = append(got, at.Sub(epoch).String())
		return nil
	}
	var a Alarm
	sec := int64(time.Second)
	for _, step := range []struct {
		now   int64
		limit time.Duration
		want  []string
	}{
		{0, 32 * time.Second, []string{"33s"}},
		{sec / 2, 32 * time.Second, nil}, // covered: 32.5 s is needed
		{sec, 32 * time.Second, nil},
		{sec + 1, 32 * time.Second, []string{"34.000000001s"}},
		{2 * sec, 1600 * time.Millisecond, []string{"3.7s"}}, // an earlier one is set at once
		{2 * sec, 0, []string{"none"}},
		{2 * sec, 0, nil},
	} {
		got = nil
		a.Set(c, set, step.now, step.limit)
		if d := cmp.Diff(step.want, got); d != "" {
			t.Errorf("at %v, limit %v (-want +got):\n%s", time.Duration(step.now), step.limit, d)
		}
	}
	a.Moved()
	got = nil
	a.Set(c, set, 2*sec, time.Second)
	if len(got) != 1 {
		t.Errorf("after Moved the deadline must be set again, got %v", got)
	}
}
