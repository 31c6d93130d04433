package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/observe"
)

// draftEvery is how often a draft is written anew.
const draftEvery = time.Minute

// draft is a configuration that is learnt while calls are observed, and written each minute and at the end. nil is none.
type draft struct {
	file   string
	front  observe.Front
	screen *observe.Screen
	now    func() time.Time

	lenient func() []string // what of answers was let pass

	stop  chan struct{}
	ended sync.WaitGroup
}

// newDraft makes the file: one that is there already may have been worked on, and is not written over.
func newDraft(file string, cfg *config.Config, keepHost bool, screen *observe.Screen, now func() time.Time) (*draft, error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the file that the user names
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, mistake("--draft %s: there is a file of this name, and it is not written over; move it away, or name another", file)
	case err != nil:
		return nil, mistake("--draft: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("--draft: %w", err)
	}
	u := &cfg.Upstreams[0]
	return &draft{file: file, screen: screen, now: now, stop: make(chan struct{}), front: observe.Front{
		Listen: cfg.Listeners[0].Address, Target: u.Targets[0], Prefix: u.Prefix, KeepHost: keepHost, NoForwarded: u.NoForwarded, CA: u.CA,
		Insecure: u.InsecureSkipVerify,
	}}, nil
}

// begin writes it from now on each minute, until end.
func (d *draft) begin(lenient func() []string) {
	if d == nil {
		return
	}
	d.lenient = lenient
	d.ended.Go(func() {
		again := time.NewTicker(draftEvery)
		defer again.Stop()
		for {
			select {
			case <-d.stop:
				return
			case <-again.C:
				_ = d.write() // whoever ends it is told, where it fails then too
			}
		}
	})
}

// end writes it once more, and says where it failed.
func (d *draft) end() error {
	if d == nil {
		return nil
	}
	close(d.stop)
	d.ended.Wait()
	return d.write()
}

// drop takes away what was made for a start that has failed.
func (d *draft) drop() {
	if d != nil {
		_ = os.Remove(d.file)
	}
}

// write puts a whole draft in the place of the one before.
func (d *draft) write() error {
	d.front.Lenient = d.lenient()
	f, err := os.CreateTemp(filepath.Dir(d.file), ".candor-draft-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write the draft: %w", err)
	}
	_, err = f.Write(d.screen.Draft(&d.front, d.now()))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), d.file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write the draft: %w", err)
	}
	return nil
}
