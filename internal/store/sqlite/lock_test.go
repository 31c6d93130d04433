package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(dir)
	var held *HeldError
	if !errors.Is(err, ErrHeld) || !errors.As(err, &held) {
		t.Fatalf("taken twice: %v", err)
	}
	if diff := cmp.Diff(&HeldError{Dir: dir, PID: os.Getpid()}, held); diff != "" {
		t.Error(diff)
	}
	want := fmt.Sprintf("the data directory %s is in use by process %d; stop it, or choose another directory by data:", dir, os.Getpid())
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if err = release(); err != nil {
		t.Error(err)
	}
	again, err := Lock(dir)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}

func TestALockFileAloneHoldsNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, LockFile)
	if err := os.WriteFile(path, []byte("123456789012\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if pid := holder(path); pid != os.Getpid() {
		t.Errorf("the file names %d, not us", pid)
	}
}

func TestLockWhereNoneCanBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(file); err == nil || errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "set data: to one that can be written") {
		t.Error(err)
	}
	if pid := holder(file); pid != 0 {
		t.Errorf("read %d from a file that names nobody", pid)
	}
	if pid := holder(file + "-missing"); pid != 0 {
		t.Errorf("read %d from no file", pid)
	}
	if got := (&HeldError{Dir: "d"}).Error(); got != "the data directory d is in use by another process; stop it, or choose another directory by data:" {
		t.Error(got)
	}
}
