package sqlite

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/candor-gateway/candor/internal/quota"
)

// CountersFile is the name of the counters' file in the data directory.
const CountersFile = "counters"

// counterFile is a line that says what it is, then blocks: the length of what follows, its CRC-32C, and so many records. A later record replaces an earlier one
// of the same identity. A block that is not whole, as one that was being written when the process or the machine died, ends the file: the next one is written
// over it.
type counterFile struct {
	path   string
	file   *os.File // nil until something is saved
	end    int64    // where the next block goes
	grown  bool     // something was appended since the file was rewritten
	blocks []byte   // used again
}

const (
	countersHeader = "candor counters 1\n"
	blockHead      = 8
	blockFull      = 4 << 10 // a write of so much takes a few µs
	blockMost      = 64 << 10
	stretch        = 128 // records that are looked at before others are let on
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// append writes the counters behind the others.
func (f *counterFile) append(ctx context.Context, counters iter.Seq[quota.Counter]) error {
	var block []byte
	var from int64
	for c := range counters {
		if block == nil {
			if err := f.open(); err != nil {
				return err
			}
			block, from = f.begin(), f.end
		}
		if block = appendRecord(block, &c); len(block) < blockFull {
			continue
		}
		if err := errors.Join(ctx.Err(), f.put(block)); err != nil {
			return err
		}
		block = f.begin()
	}
	if block == nil {
		return nil
	}
	if err := f.put(block); err != nil {
		return err
	}
	return settle(f.file, from, f.end-from)
}

func (f *counterFile) begin() []byte {
	return append(f.blocks[:0], make([]byte, blockHead)...)
}

// put writes a block, if there is anything in it. One that was written in part does not count: the next goes to the same place.
func (f *counterFile) put(block []byte) error {
	f.blocks = block
	if len(block) == blockHead {
		return nil
	}
	if _, err := f.file.WriteAt(seal(block), f.end); err != nil {
		return err
	}
	f.end += int64(len(block))
	f.grown = true
	return nil
}

// seal fills in the head of a block.
func seal(block []byte) []byte {
	binary.LittleEndian.PutUint32(block, uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint32(block[4:], crc32.Checksum(block[blockHead:], castagnoli))
	return block
}

// open opens the file for writing, behind its last whole block, or makes it.
func (f *counterFile) open() error {
	if f.file != nil {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, end, err := f.parse(file, func() {})
	if err == nil && end == 0 {
		end = int64(len(countersHeader))
		_, err = file.WriteAt([]byte(countersHeader), 0)
	}
	if err == nil {
		err = file.Truncate(end)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file, f.end, f.grown = file, end, true
	return nil
}

// load reads the file that is there, if there is one.
func (f *counterFile) load() (map[quota.Counter]quota.Counter, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	latest, _, err := f.parse(file, func() {})
	return latest, err
}

// parse returns the latest counter of each identity, and where the last whole block ends, 0 for an empty file. Between two stretches it calls rest.
func (f *counterFile) parse(file io.Reader, rest func()) (latest map[quota.Counter]quota.Counter, end int64, err error) {
	latest = make(map[quota.Counter]quota.Counter)
	r := bufio.NewReader(file)
	if end, err = f.readHeader(r); err != nil || end == 0 {
		return latest, 0, err
	}
	for {
		block, err := f.readBlock(r)
		if err != nil || block == nil {
			return latest, end, err
		}
		for len(block) > 0 {
			c, size := parseRecord(block)
			if size <= 0 {
				return nil, 0, fmt.Errorf("%s has a block that this candor cannot read at byte %d; run the candor that wrote it, or move the file away: counters then begin at 0", f.path, end)
			}
			latest[identity(c)] = c
			block = block[size:]
		}
		end += int64(len(f.blocks)) + blockHead
		rest()
	}
}

// readHeader tells a file that is empty, or was cut while it was begun, from one that is none of ours.
func (f *counterFile) readHeader(r io.Reader) (end int64, err error) {
	var header [len(countersHeader)]byte
	n, err := io.ReadFull(r, header[:])
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return 0, err
	case !strings.HasPrefix(countersHeader, string(header[:n])):
		return 0, fmt.Errorf("%s is not a file of counters that this candor knows; run the candor that wrote it, or move the file away: counters then begin at 0", f.path)
	case n < len(header):
		return 0, nil
	}
	return int64(n), nil
}

// readBlock reads the records of the next block into f.blocks; nil where there is no whole one.
func (f *counterFile) readBlock(r io.Reader) ([]byte, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, unlessEnd(err)
	}
	n, sum := binary.LittleEndian.Uint32(head[:]), binary.LittleEndian.Uint32(head[4:])
	if n == 0 || n > blockMost {
		return nil, nil
	}
	f.blocks = append(f.blocks[:0], make([]byte, n)...)
	if _, err := io.ReadFull(r, f.blocks); err != nil {
		return nil, unlessEnd(err)
	}
	if crc32.Checksum(f.blocks, castagnoli) != sum {
		return nil, nil
	}
	return f.blocks, nil
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// rewrite writes the whole file with the latest counters that have not ended by now, and tells how many others it had.
func (f *counterFile) rewrite(ctx context.Context, now int64, rest func()) (gone int, err error) {
	if !f.grown {
		return 0, nil
	}
	latest, _, err := f.parse(io.NewSectionReader(f.file, 0, f.end), rest) // also where the name is gone
	if err != nil {
		return 0, err
	}
	for id, c := range latest {
		if c.Ends <= now {
			delete(latest, id)
			gone++
		}
	}
	return gone, f.replace(ctx, latest, rest)
}

// replace puts a file with these counters in the place of the one that is there. It is on disk before the old one is gone.
func (f *counterFile) replace(ctx context.Context, counters map[quota.Counter]quota.Counter, rest func()) error {
	fresh := counterFile{path: f.path + ".new", blocks: f.blocks}
	if err := os.Remove(fresh.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := fresh.open(); err != nil {
		return err
	}
	err := fresh.append(ctx, restful(counters, rest))
	if err = errors.Join(err, fresh.file.Sync(), fresh.file.Close(), f.close()); err != nil {
		return err
	}
	if err = os.Rename(fresh.path, f.path); err != nil {
		return err
	}
	f.blocks = fresh.blocks
	if err = f.open(); err != nil {
		return err
	}
	f.grown = false
	return syncDir(filepath.Dir(f.path))
}

// restful calls rest between two stretches.
func restful(counters map[quota.Counter]quota.Counter, rest func()) iter.Seq[quota.Counter] {
	return func(yield func(quota.Counter) bool) {
		n := 0
		for _, c := range counters {
			if n++; n%stretch == 0 {
				rest()
			}
			if !yield(c) {
				return
			}
		}
	}
}

// finish waits until all is on disk, and closes the file.
func (f *counterFile) finish() error {
	if f.file == nil {
		return nil
	}
	return errors.Join(f.file.Sync(), f.close())
}

func (f *counterFile) close() error {
	if f.file == nil {
		return nil
	}
	file := f.file
	f.file = nil
	return file.Close()
}

// syncDir makes a rename last.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // it cannot, and need not
	}
	d, err := os.Open(dir) //nolint:gosec // the operator's directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
