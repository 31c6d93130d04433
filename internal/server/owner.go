package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// root may do everything anyway.
const root = 0

// lookAtOwners refuses a data folder that belongs to another user, or in which a file of ours does: whoever owns it can put in grants, whatever its mode says. It
// is not taken over, as databases and sshd do not: whose it is may be what is right, and who runs Candor what is wrong.
func lookAtOwners(dir string) error {
	for _, path := range []string{
		dir, filepath.Join(dir, sqlite.LockFile), filepath.Join(dir, sqlite.File), filepath.Join(dir, sqlite.File+"-wal"), filepath.Join(dir, sqlite.File+"-shm"),
		filepath.Join(dir, sqlite.CountersFile),
	} {
		if err := strange(path, dir, os.Geteuid()); err != nil {
			return err
		}
	}
	return nil
}

// lookAtKeyOwners is lookAtOwners for the folder of the keys: whoever owns it can read them, and so make tokens.
func lookAtKeyOwners(dir string) error {
	keys, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	signing, _ := filepath.Glob(filepath.Join(dir, "*.signing"))
	for _, path := range slices.Concat([]string{dir}, keys, signing) {
		if err := strange(path, dir, os.Geteuid()); err != nil {
			return err
		}
	}
	return nil
}

// strange says whose a path in a folder is, if it is neither that user's nor root's.
func strange(path, dir string, user int) error {
	owner, known := ownerOf(path)
	if !known || mayOwn(owner, user) {
		return nil
	}
	return fmt.Errorf("%s belongs to another user (uid %d), who can change what is kept in it, and this is uid %d; run candor as uid %d, or, as root, give it to this user: chown -R %d %s",
		path, owner, user, owner, user, dir)
}

func mayOwn(owner, user int) bool { return owner == user || owner == root }

// openToAll says why a folder should not be made in a parent: who can write there, and is not bound by a sticky bit, can put another in its place at any time.
func openToAll(parent fs.FileInfo) bool {
	return parent.Mode().Perm()&0o002 != 0 && parent.Mode()&fs.ModeSticky == 0
}
