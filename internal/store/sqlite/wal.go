package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A -wal file holds what was written last, page by page, and says nothing of the database that it goes on from: SQLite would lay the one that a killed
// process left behind over any other database that stands in its place, such as a backup that was put back. But page 1 is the same in both, up to what the
// first transaction changed there, and every transaction of ours counts up the user_version on it. A copy by VACUUM or .backup has another schema cookie
// (https://www.sqlite.org/fileformat2.html, 1.3 and 4.1).

const (
	walHeader   = 32
	frameHeader = 24
	pageHeader  = 100
)

// pageOne is the header of a database: what stands at the beginning of its page 1.
type pageOne [pageHeader]byte

func (p *pageOne) at(offset int) uint32 { return binary.BigEndian.Uint32(p[offset:]) }
func (p *pageOne) changes() uint32      { return p.at(24) }
func (p *pageOne) schema() uint32       { return p.at(40) }
func (p *pageOne) version() uint32      { return p.at(60) }
func (p *pageOne) before(first *pageOne) bool { // a -wal whose first page 1 is first goes on from p
	ours := p.version()+1 == first.version() && p.schema() == first.schema()
	migrated := p.version() == first.version() && (p.changes() == first.changes() || p.changes()+1 == first.changes())
	return ours || migrated
}

// checkWAL refuses a state.db beside a -wal that goes on from another one.
func checkWAL(dir string) error {
	path := filepath.Join(dir, File)
	pages, some, err := walPages(path + "-wal")
	if err != nil || !some {
		return err
	}
	main, err := pageOneOf(path)
	if err != nil {
		return err
	}
	if main != nil && (len(pages) == 0 || main.before(&pages[0]) || slices.Contains(pages, *main)) {
		return nil
	}
	return fmt.Errorf("%s-wal goes on from another state.db than the one beside it, which was probably restored from a backup: to begin with that one, remove %s-wal and %s-shm; to begin where the last instance ended, put its own state.db back",
		path, path, path)
}

// pageOneOf is nil where there is no database.
func pageOneOf(path string) (*pageOne, error) {
	f, err := os.Open(path) //nolint:gosec // in the operator's directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	defer f.Close()
	var p pageOne
	if _, err := io.ReadFull(f, p[:]); err != nil {
		return nil, nil // too short to be one
	}
	return &p, nil
}

// walPages are the headers in a -wal, each once. some is false where nothing was written to it.
func walPages(path string) (pages []pageOne, some bool, err error) {
	f, err := os.Open(path) //nolint:gosec // in the operator's directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("open the store: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	var head [walHeader]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, false, nil // nothing was written whole
	}
	size := binary.BigEndian.Uint32(head[8:])
	if size < 512 || size > 1<<16 {
		return nil, false, nil
	}
	frame := make([]byte, frameHeader+size)
	for {
		_, err := io.ReadFull(in, frame)
		if err != nil || string(frame[8:16]) != string(head[16:24]) { // the salts: what follows is of an earlier round
			return pages, some, nil // a frame that was not written whole is none
		}
		some = true
		if binary.BigEndian.Uint32(frame) != 1 {
			continue
		}
		if p := pageOne(frame[frameHeader : frameHeader+pageHeader]); len(pages) == 0 || pages[len(pages)-1] != p {
			pages = append(pages, p)
		}
	}
}
