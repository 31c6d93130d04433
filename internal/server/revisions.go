package server

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
)

// revisionsFile is in the data folder; beside state.db and log.db, since neither has to be there.
const revisionsFile = "revisions.json"

// revisions are how often the configuration has changed, and which change was the last of each route.
type revisions struct {
	Last   revision                 `json:"last"`
	Routes map[string]routeRevision `json:"routes"` // by name, as it is shown
}

type revision struct {
	Number int         `json:"number"`
	At     time.Time   `json:"at"`
	File   fingerprint `json:"file"` // of its bytes
}

type routeRevision struct {
	By   fingerprint `json:"by"` // of all by which it is served
	Last revision    `json:"last"`
	// Before are those that it had earlier, the latest first: one that is brought back is no other than it was.
	Before []routeRevision `json:"before,omitempty"`
}

// maxBefore is how many of them are kept.
const maxBefore = 4

// next is the route's with what serves it now.
func (r routeRevision) next(by fingerprint, now revision) routeRevision {
	if r.By == by {
		return r
	}
	earlier := append([]routeRevision{{By: r.By, Last: r.Last}}, r.Before...)
	if i := slices.IndexFunc(earlier, func(e routeRevision) bool { return e.By == by }); i >= 0 {
		now = earlier[i].Last
		earlier = slices.Delete(earlier, i, i+1)
	}
	return routeRevision{By: by, Last: now, Before: earlier[:min(len(earlier), maxBefore)]}
}

// next is what becomes of them with a configuration that is taken now: nothing, where neither its file nor what a route is served by is otherwise. A variable can change a
// route without the file, and a comment the file without a route.
func (r *revisions) next(file fingerprint, routes map[string]fingerprint, now time.Time) *revisions {
	same := r.Last.Number > 0 && r.Last.File == file && len(routes) == len(r.Routes)
	for name, by := range routes {
		was, known := r.Routes[name]
		same = same && known && was.By == by
	}
	if same {
		return r
	}
	n := &revisions{Last: revision{r.Last.Number + 1, now.UTC(), file}, Routes: make(map[string]routeRevision, len(routes))}
	for name, by := range routes {
		n.Routes[name] = routeRevision{By: by, Last: n.Last}
		if was, known := r.Routes[name]; known {
			n.Routes[name] = was.next(by, n.Last)
		}
	}
	return n
}

// fingerprint is how a SHA-256 begins.
type fingerprint [8]byte

// MarshalText writes hexadecimal digits.
func (d fingerprint) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (d *fingerprint) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err == nil && len(b) != len(d) {
		err = fmt.Errorf("%d bytes, and there are %d", len(b), len(d))
	}
	if err == nil {
		*d = fingerprint(b)
	}
	return err
}

func (r revision) generation() gateway.Generation {
	return gateway.Generation{Number: r.Number, At: r.At.UnixNano(), Hash: r.File}
}

// number says which revision a policy is of, and which was the last of each of its routes.
func (r *revisions) number(of *gateway.Spec) {
	of.Generation, of.Changed = r.Last.generation(), map[uint32]gateway.Generation{}
	for _, route := range of.Admission.Routes.Routes() {
		if last, known := r.Routes[route.Name]; known {
			of.Changed[route.Number] = last.Last.generation()
		}
	}
}

// nextRevisions are those with a configuration that is about to be taken.
func (s *Server) nextRevisions(cfg *config.Config) *revisions {
	was := s.known.revisions
	if was == nil {
		was = s.readRevisions()
	}
	return was.next(fingerprint(cfg.Digest[:len(fingerprint{})]), routeFingerprints(cfg), s.o.Now())
}

// revisionsPath is "" where they end with the process.
func (s *Server) revisionsPath() string {
	if s.core.folder == "" || !mustHaveData(s.cfg) {
		return ""
	}
	return filepath.Join(s.core.folder, revisionsFile)
}

// readRevisions begins anew where they cannot be read: that is no reason not to serve.
func (s *Server) readRevisions() *revisions {
	path, none := s.revisionsPath(), &revisions{}
	if path == "" {
		return none
	}
	r, err := revisionsOf(path)
	if err != nil {
		s.log.Warn("the revisions of the configuration cannot be read and are counted from 1 again", "file", path, "error", err)
		return none
	}
	if r == nil {
		return none
	}
	s.keptRevisions = r
	return r
}

// revisionsOf are those of a file; nil: there is none.
func revisionsOf(path string) (*revisions, error) {
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's directory
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var r revisions
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// keepRevisions writes those of the policy at work, where they are others than those that are written.
func (s *Server) keepRevisions() {
	path, now := s.revisionsPath(), s.known.revisions
	if path == "" || now == s.keptRevisions {
		return
	}
	if err := writeRevisions(path, now); err != nil {
		s.log.Warn("the revisions of the configuration cannot be kept; the next start will count this one again", "file", path, "error", err)
		return
	}
	s.keptRevisions = now
}

// writeRevisions puts the file in its place whole. It does not wait for the disk: with the power goes a number, and a start does not wait for it.
func writeRevisions(path string, r *revisions) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+revisionsFile+"-*") // its owner alone may read it
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
