package signing

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Keys {
	t.Helper()
	k, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return quick(k)
}

func TestKeysSurviveReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	k := open(t, dir)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatalf("opening made something: %v", err)
	}
	token := sign(t, k, noon)
	k.generate = generate
	if err := k.Rotate(t.Context(), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	for _, at := range []time.Duration{time.Hour, 2 * Ahead, 3 * Ahead} {
		now := noon.Add(at)
		if diff := cmp.Diff(k.List(now), again.List(now)); diff != "" {
			t.Errorf("after %s (-before +after reopening):\n%s", at, diff)
		}
		if k, a := kid(t, sign(t, k, now)), kid(t, sign(t, again, now)); k != a {
			t.Errorf("after %s %s signs, after reopening %s", at, k, a)
		}
	}
	if _, err := again.Verify(token, noon); err != nil {
		t.Errorf("after reopening: %v", err)
	}
	if err := again.Rotate(t.Context(), noon.Add(10*Ahead)); err != nil {
		t.Fatal(err)
	}
	want := []string{"00002.signing", "00003.signing"}
	if diff := cmp.Diff(want, files(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestKeyFilesAreForTheirOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // its permission bits say nothing
	}
	dir := filepath.Join(t.TempDir(), "keys")
	sign(t, open(t, dir), noon)
	file := keyPath(dir, 1)
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
	for path, mode := range map[string]os.FileMode{dir: 0o750, file: 0o640} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err = os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err = Open(dir); err == nil || !strings.Contains(err.Error(), "chmod") || !strings.Contains(err.Error(), path) {
			t.Errorf("%s with mode %04o: %v", path, mode, err)
		}
		if err = os.Chmod(path, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	whole := func() string {
		dir := filepath.Join(t.TempDir(), "keys")
		sign(t, open(t, dir), noon)
		text, err := os.ReadFile(keyPath(dir, 1))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}()
	const from = `"signs_from":"2026-11-26T12:00:00Z"`
	for _, c := range []struct{ name, file, text, why string }{
		{"empty", "00001", "", "not JSON"},
		{"cut", "00001", whole[:len(whole)/2], "not JSON"},
		{"another format", "00001", strings.Replace(whole, `"candor_signing_key":1`, `"candor_signing_key":2`, 1), "format 2"},
		{"another name", "00007", whole, "it says that it is key 1"},
		{"no time", "00001", strings.Replace(whole, from, `"x":0`, 1), "times"},
		{"signs before it was made", "00001", strings.Replace(whole, from, `"signs_from":"2026-11-26T11:59:59Z"`, 1), "times"},
		{"no key", "00001", `{"candor_signing_key":1,"id":1,"created":"2026-11-26T12:00:00Z","signs_from":"2026-11-26T12:00:00Z"}`, "no RSA key"},
		{"base64 that is none", "00001", strings.Replace(whole, `"private":"M`, `"private":"?`, 1), "not JSON"},
		{"bytes that are no key", "00001", strings.Replace(whole, `"private":"MI`, `"private":"AA`, 1), "no RSA key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, c.file+keySuffix)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), c.why) || !strings.Contains(err.Error(), path) {
				t.Fatalf("told %v, want %q", err, c.why)
			}
			if secret := c.text[len(c.text)/2:]; len(secret) > 20 && strings.Contains(err.Error(), secret[:20]) {
				t.Errorf("the error quotes the key: %v", err)
			}
		})
	}
}

func TestAnUnwritableDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k := open(t, path)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign(t.Context(), claims{"ada"}, noon); err == nil || !strings.Contains(err.Error(), "write key file") {
		t.Fatalf("told %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	sign(t, k, noon)
}
