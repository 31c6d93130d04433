package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/config"
)

const (
	// renewEvery is how often the files of certificates are looked at: two calls of the system each.
	renewEvery = time.Second
	// surelyWritten is how old a file must be before a look at it tells all: a second write may have come within one tick of the file system's clock.
	surelyWritten = 2 * time.Second
)

// pairOf is one certificate of one listener.
type pairOf struct {
	listener int
	files    config.Certificate
}

// watched is a pair's files as they were when it was last read.
type watched struct {
	cert, key fs.FileInfo
	trouble
}

// watchCertificates reads certificates again when their files have changed.
func (s *Server) watchCertificates(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	known := map[pairOf]*watched{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		cfg := s.config()
		for i, of := range listeners(cfg) {
			if of.TLS == nil {
				continue
			}
			for number, files := range of.TLS.Certificates {
				s.renew(cfg, known, pairOf{i, files}, number)
			}
		}
	}
}

// renew reads one pair again if one of its files has changed. As long as the two do not fit, as between the writing of one and of the other, the earlier pair
// stays; what is wrong is told once.
func (s *Server) renew(cfg *config.Config, known map[pairOf]*watched, p pairOf, number int) {
	w := known[p]
	if w == nil { // it was read some time before, so it is read once more
		w = &watched{trouble: trouble{
			fails: "a certificate or its key has changed and cannot be used; the earlier ones are used on until it can",
			well:  "the certificate and its key can be used again",
		}}
		known[p] = w
	}
	cert, key := stat(p.files.Cert), stat(p.files.Key)
	if unchanged(w.cert, cert) && unchanged(w.key, key) {
		return
	}
	now := time.Now()
	pair, next, err := cfg.Renew(listeners(cfg)[p.listener].Address, p.files)
	w.tell(s.log, err, now)
	if err == nil && s.takePair(cfg, next, p.listener, number, pair) && settled(cert, now) && settled(key, now) {
		w.cert, w.key = cert, key
	}
}

// takePair uses a pair from now on. It reports false where a reload has come in between.
func (s *Server) takePair(was, next *config.Config, listener, number int, pair tls.Certificate) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cfg != was {
		return false
	}
	l := s.allListeners()[listener]
	pairs := slices.Clone(*l.certificates.Load())
	if slices.EqualFunc(pairs[number].Certificate, pair.Certificate, bytes.Equal) {
		return true
	}
	pairs[number] = pair
	l.certificates.Store(&pairs)
	s.cfg = next
	s.log.Info("a certificate has changed and was read again", "listener", l.Name, "cert", listeners(was)[listener].TLS.Certificates[number].Cert,
		"ends", pair.Leaf.NotAfter.UTC().Format(time.RFC3339))
	s.warnOfCertificates(next)
	return true
}

// stat is nil for a file that is missing.
func stat(path string) fs.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

func unchanged(was, is fs.FileInfo) bool {
	return was != nil && is != nil && os.SameFile(was, is) && was.ModTime().Equal(is.ModTime()) && was.Size() == is.Size()
}

// settled reports whether a look at the file shows each write from now on.
func settled(is fs.FileInfo, now time.Time) bool {
	return is != nil && now.Sub(is.ModTime()) > surelyWritten
}
