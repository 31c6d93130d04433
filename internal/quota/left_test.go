package quota

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEach(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	l := New(Options{})
	s := l.Set("people", []Limit{{Key: App, Window: Day, N: 10}, {Key: Member, Window: Day, N: 5}, {Key: App, Window: Minute, N: 4}}, nil)
	var r Result
	for range 3 {
		l.Take(s, 1, 7, noon.UnixNano(), &r)
	}
	midnight, minute := noon.Add(12*time.Hour).Unix(), noon.Add(time.Minute).Unix()
	for name, c := range map[string]struct {
		member int
		want   []Left
	}{
		"the app alone": {0, []Left{{Limit{Key: Member, Window: Day, N: 5}, false, 0, 0}, {Limit{Key: App, Window: Minute, N: 4}, true, 1, minute}, {Limit{Key: App, Window: Day, N: 10}, true, 7, midnight}}},
		"its member":    {7, []Left{{Limit{Key: Member, Window: Day, N: 5}, true, 2, midnight}, {Limit{Key: App, Window: Minute, N: 4}, true, 1, minute}, {Limit{Key: App, Window: Day, N: 10}, true, 7, midnight}}},
	} {
		l.Peek(s, 1, 0, noon.UnixNano(), &r)
		if c.member != 0 {
			l.Peek(s, 1, 7, noon.UnixNano(), &r)
		}
		var got []Left
		r.Each(func(left Left) { got = append(got, left) })
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}
