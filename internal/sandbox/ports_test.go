package sandbox

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name  string
		given Options
		taken []string
		want  places
	}{
		{"all are free", Options{}, nil, places{api: "127.0.0.1:8080", www: "127.0.0.1:8081", admin: "127.0.0.1:8082", demo: "127.0.0.1:8083"}},
		{"the API's is taken", Options{}, []string{"8080"}, places{
			api: "127.0.0.1:8084", www: "127.0.0.1:8081", admin: "127.0.0.1:8082", demo: "127.0.0.1:8083",
			moved: []string{"port 8080 is taken, so the API is at 127.0.0.1:8084"},
		}},
		{"the page's is taken", Options{}, []string{"8081", "8082"}, places{
			api: "127.0.0.1:8080", www: "127.0.0.1:8084", admin: "127.0.0.1:8085", demo: "127.0.0.1:8083",
			moved: []string{"port 8081 is taken, so the page is at 127.0.0.1:8084", "port 8082 is taken, so the admin is at 127.0.0.1:8085"},
		}},
		{"one that is given is left alone", Options{API: "127.0.0.1:0", Admin: "[::1]:8081"}, []string{"0"}, places{
			api: "127.0.0.1:0", www: "127.0.0.1:8084", admin: "[::1]:8081", demo: "127.0.0.1:8083",
			moved: []string{"port 8081 is taken, so the page is at 127.0.0.1:8084"},
		}},
		{"the demo's is taken", Options{}, []string{"8083", "8084"}, places{
			api: "127.0.0.1:8080", www: "127.0.0.1:8081", admin: "127.0.0.1:8082", demo: "127.0.0.1:8085",
			moved: []string{"port 8083 is taken, so the demo is at 127.0.0.1:8085"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.given.place(func(address string) (bool, error) {
				return slices.Contains(c.taken, strings.TrimPrefix(address, "127.0.0.1:")), nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got, cmp.AllowUnexported(places{})); d != "" {
				t.Error(d)
			}
		})
	}
	if _, err := (&Options{}).place(func(string) (bool, error) { return true, nil }); err == nil ||
		err.Error() != "no port from 8080 to 8279 is free; give addresses by --api, --www, --admin and --demo" {
		t.Errorf("%v", err)
	}
	denied := errors.New("denied")
	if _, err := (&Options{}).place(func(string) (bool, error) { return false, denied }); !errors.Is(err, denied) {
		t.Errorf("%v", err)
	}
}
