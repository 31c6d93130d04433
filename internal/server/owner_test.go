package server

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

func TestMayOwn(t *testing.T) {
	for _, c := range []struct {
		name        string
		owner, user int
		may         bool
	}{
		{"one's own", 1000, 1000, true},
		{"root's own", 0, 0, true},
		{"root's", 0, 1000, true},
		{"another's", 1001, 1000, false},
		{"another's, for root", 1000, 0, false},
	} {
		if got := mayOwn(c.owner, c.user); got != c.may {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStrange(t *testing.T) {
	dir, own := t.TempDir(), os.Getuid()
	if err := strange(dir, dir, own); err != nil {
		t.Errorf("of its owner: %v", err)
	}
	if err := strange(filepath.Join(dir, "missing"), dir, own+1); err != nil {
		t.Errorf("missing: %v", err)
	}
	if runtime.GOOS == "windows" || own == root { // whose files are everybody's
		return
	}
	me, other := strconv.Itoa(own), strconv.Itoa(own+1)
	want := dir + " belongs to another user (uid " + me + "), who can change what is kept in it, and this is uid " + other +
		"; run candor as uid " + me + ", or, as root, give it to this user: chown -R " + other + " " + dir
	if err := strange(dir, dir, own+1); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
