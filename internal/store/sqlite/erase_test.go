package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// TestNothingIsLeftOfAnErasedMember in any file, not even where SQLite has no row any more.
func TestNothingIsLeftOfAnErasedMember(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 300 { // so that pages fill, split and are moved
		a := account.Account{Email: fmt.Sprintf("needle%03d@example.com", i), Member: fmt.Sprintf("needle-%03d", i), Password: "needle-hash", Issuer: "i", Subject: fmt.Sprintf("needle %d", i)}
		made, err := s.CreateAccount(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.ChangeAccount(t.Context(), made.ID, func(a *account.Account) error {
			a.Password += a.Email
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := found(t, dir, "needle"); n == 0 {
		t.Fatal("the needle is not found where it is")
	}
	for i := range 300 {
		if _, _, err := s.EraseMember(t.Context(), fmt.Sprintf("needle-%03d", i), storetest.Noon); err != nil {
			t.Fatal(err)
		}
	}
	if n := found(t, dir, "needle"); n != 0 {
		t.Errorf("the needle is found %d times", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Check(dir); err != nil {
		t.Error(err)
	}
}

// found is how often what is sought stands in the files of a folder.
func found(t *testing.T, dir, sought string) (n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(b, []byte(sought))
	}
	return n
}
