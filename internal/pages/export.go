package pages

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// file is one page in one format, as it is written.
type file struct {
	name string
	text []byte
}

// files are all of them, with links that lead from one to another.
func (s *Site) files() []file {
	var all []file
	for _, name := range append([]string{indexName}, s.names...) {
		d := s.pages[name]
		if name == indexName {
			d = s.index
		}
		all = append(all, file{name + ".html", d.file}, file{name + ".json", d.json}, file{name + ".md", d.markdown})
	}
	return all
}

// OtherFilesError says that a folder holds what no export wrote.
type OtherFilesError struct {
	Folder string
	Names  []string // some of them
}

// Error names the files.
func (e *OtherFilesError) Error() string {
	return fmt.Sprintf("%s holds other files: %s", e.Folder, strings.Join(e.Names, ", "))
}

// Export writes all pages into a folder, which is made if it is missing, and returns how many files those are. A folder with files of others is refused with
// *OtherFilesError, unless force is said; those files stay. The pages are written aside first: of an export that fails nothing is left.
func (s *Site) Export(folder string, force bool) (count int, err error) {
	folder = filepath.Clean(folder)
	all := s.files()
	there, err := look(folder, all)
	if err != nil {
		return 0, err
	}
	if there.strange != nil && !force {
		return 0, &OtherFilesError{folder, there.strange}
	}
	aside, err := there.makeAside(folder)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	for _, f := range all {
		if err := os.WriteFile(filepath.Join(aside, f.name), f.text, 0o644); err != nil { //nolint:gosec // pages are for everybody
			return 0, fmt.Errorf("write the pages: %w", err)
		}
	}
	if err := os.Chmod(aside, 0o755); err != nil { //nolint:gosec // pages are for everybody
		return 0, fmt.Errorf("write the pages: %w", err)
	}
	return len(all), there.place(aside, folder, all)
}

// found is what a folder was found to be.
type found struct {
	exists  bool
	strange []string // files that are none of ours
}

// shownStrange is how many names a refusal says.
const shownStrange = 5

func look(folder string, ours []file) (there found, err error) {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return there, nil
	case err != nil:
		return there, fmt.Errorf("look into %s: %w", folder, err)
	}
	there.exists = true
	for _, e := range entries {
		own := e.Type().IsRegular() && slices.ContainsFunc(ours, func(f file) bool { return f.name == e.Name() })
		if !own && len(there.strange) < shownStrange {
			there.strange = append(there.strange, e.Name())
		}
	}
	return there, nil
}

// makeAside makes a folder on the same disk: in the one that exists, which may be a mount of its own, or where that will be.
func (there found) makeAside(folder string) (aside string, err error) {
	in := folder
	if !there.exists {
		in = filepath.Dir(folder)
		if err = os.MkdirAll(in, 0o755); err != nil { //nolint:gosec // pages are for everybody
			return "", fmt.Errorf("make the folder around %s: %w", folder, err)
		}
	}
	if aside, err = os.MkdirTemp(in, ".candor-errors-"); err != nil {
		return "", fmt.Errorf("make a folder in %s: %w", in, err)
	}
	return aside, nil
}

// place moves the pages to where they belong: the whole folder, or into one that exists, file by file.
func (there found) place(aside, folder string, all []file) error {
	if !there.exists {
		if err := os.Rename(aside, folder); err != nil {
			return fmt.Errorf("put the pages in their place: %w", err)
		}
		return nil
	}
	for _, f := range all {
		if err := os.Rename(filepath.Join(aside, f.name), filepath.Join(folder, f.name)); err != nil {
			return fmt.Errorf("put the pages in their place: %w", err)
		}
	}
	return nil
}
