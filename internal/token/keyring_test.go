package token

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noonTime = time.Unix(noon, 0)

func open(t *testing.T, dir string) *Keyring {
	t.Helper()
	k, err := OpenKeys(dir, noonTime)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeysSurviveReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	k := open(t, dir)
	v := NewVerifier(k, asked{t})
	tokens := [][]byte{v.mint(Access, 1, noon)}
	if err := k.Rotate(noonTime.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	tokens = append(tokens, v.mint(Access, 1, noon))
	again := open(t, dir)
	if !k.Fresh() || again.Fresh() || again.Active() != k.Active() {
		t.Errorf("fresh %v then %v, active %d then %d", k.Fresh(), again.Fresh(), k.Active(), again.Active())
	}
	for i, cred := range tokens {
		if r := NewVerifier(again, asked{t}).verify(cred, at(noon)); r.State != Unknown {
			t.Errorf("token %d after reopening: %+v", i, r)
		}
	}
}

func TestKeyFilesAreForTheirOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // its permission bits say nothing
	}
	dir := filepath.Join(t.TempDir(), "keys")
	k := open(t, dir)
	file := keyPath(dir, k.Active())
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, file: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode(), err, want)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory holds %v (%v), want the key file alone", entries, err)
	}
	if err = os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = OpenKeys(dir, noonTime)
	want := file + " can be reached by others (mode 0640); run: chmod 0600 " + file
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestKeyFilesThatCannotBeRead(t *testing.T) {
	good := `{"candor_key":1,"id":3,"created":"2026-01-01T00:00:00Z","root":"` + strings.Repeat("A", 43) + `"}`
	const fix = "; restore it from a backup, or move it away: the tokens it signed then count as invalid"
	for _, c := range []struct{ name, file, text, want string }{
		{"cut", "00003.key", good[:20], "key file FILE is damaged: it is not JSON" + fix},
		{"empty", "00003.key", "", "key file FILE is damaged: it is not JSON" + fix},
		{"short root", "00003.key", strings.Replace(good, "AAAA", "", 1), "key file FILE is damaged: its root is not 32 bytes of base64url" + fix},
		{"renamed", "00004.key", good, "key file FILE is damaged: it says that it is key 3" + fix},
		{
			"later format", "00003.key", strings.Replace(good, ":1,", ":2,", 1),
			"key file FILE has format 2, this candor reads format 1; run the candor that wrote it",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, c.file)
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := OpenKeys(dir, noonTime)
			if want := strings.ReplaceAll(c.want, "FILE", file); err == nil || err.Error() != want {
				t.Errorf("got %v\nwant %s", err, want)
			}
		})
	}
}

func TestOpenKeysWithoutADirectory(t *testing.T) {
	if _, err := OpenKeys("", noonTime); err == nil {
		t.Error("opened nothing")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(file, noonTime); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file as directory: %v", err)
	}
}

func TestRotation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := open(t, dir)
	v := NewVerifier(k, nil)
	first, id := v.mint(Access, 1, noon), k.Active()
	if err := k.Rotate(noonTime.Add(24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if k.Active() != id+1 {
		t.Errorf("key %d follows %d", k.Active(), id)
	}
	end := noonTime.Add(24*time.Hour + keepRetired).UnixNano()
	got := []Why{v.verify(first, end-1).Why, v.verify(first, end).Why, v.verify(v.mint(Access, 1, noon), end).Why}
	// Expired is told from forged until the retired key's own end.
	if diff := cmp.Diff([]Why{NoFault, OtherKeys, NoFault}, got); diff != "" {
		t.Error(diff)
	}
	if err := k.Rotate(noonTime); err == nil || !strings.Contains(err.Error(), "set the clock right") {
		t.Errorf("rotated into the past: %v", err)
	}
	if err := k.Rotate(time.Unix(0, end).Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	if diff := cmp.Diff([]string{keyPath(dir, id+1), keyPath(dir, id+2)}, files); diff != "" {
		t.Errorf("files after the first has outlived itself: %s", diff)
	}
}

func TestReloadSeesKeysOfAnotherProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	ours, theirs := open(t, dir), open(t, dir)
	v := NewVerifier(ours, asked{t})
	var s Scratch
	var r Result
	v.Verify(v.mint(Access, 1, noon), at(noon), &s, &r)
	if err := theirs.Rotate(noonTime); err != nil {
		t.Fatal(err)
	}
	cred := (&Verifier{keys: theirs}).mint(Access, 1, noon)
	before := v.verify(cred, at(noon)).Why
	if err := ours.Reload(); err != nil {
		t.Fatal(err)
	}
	v.Verify(cred, at(noon), &s, &r)
	if before != OtherKeys || r.State != Unknown || ours.Active() != theirs.Active() {
		t.Errorf("before %v, after %+v, active %d and %d", before, r, ours.Active(), theirs.Active())
	}
	v.Verify((&Verifier{keys: theirs}).mint(Access, 1, noon), at(noon), &s, &r)
	if len(s.macs) != 2 {
		t.Errorf("the scratch holds %d states for two keys", len(s.macs))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := ours.Reload(); err == nil || ours.Active() != theirs.Active() {
		t.Errorf("reloaded from nothing: %v", err)
	}
}

func TestTheLastKeyID(t *testing.T) {
	k := testKeys()
	k.set.Store(newKeyset([]*key{derive(65535, noonTime, [32]byte{})}))
	if err := k.Rotate(noonTime); err == nil || !strings.Contains(err.Error(), "all 65535 key ids have been used") {
		t.Error(err)
	}
}
