package keyfile

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestWrite: a file is there whole, for its owner alone, and nothing beside it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "00001.key")
	for _, text := range []string{"one", "another"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := Private(path, 0o600); err != nil {
		t.Error(err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	for range 2 { // one that is gone is no error
		if err := Remove(path); err != nil {
			t.Error(err)
		}
	}
	if err := Write(filepath.Join(dir, "none", "00001.key"), nil); err == nil || !strings.Contains(err.Error(), "must be writable") {
		t.Errorf("into no directory: %v", err)
	}
}

func TestPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	err := Private(path, 0o600)
	if runtime.GOOS != "windows" && (err == nil || !strings.HasSuffix(err.Error(), "(mode 0644); run: chmod 0600 "+path)) {
		t.Errorf("%v", err)
	}
	if err := Private(path+"x", 0o600); err == nil {
		t.Error("what is not there is private")
	}
}
