package server

import (
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

// warnEvery is how often a certificate that ends is told again.
const warnEvery = 24 * time.Hour

// warnOfCertificates tells of certificates that have ended, end soon, or have not begun.
func (s *Server) warnOfCertificates(cfg *config.Config) {
	for _, w := range cfg.CertificateWarnings(s.o.Now()) {
		s.log.Warn(w.Text, "at", fmt.Sprintf("%s:%d:%d", w.File, w.Line, w.Column))
	}
}

// certificateEnds is the metric by which ends are watched: with a day's scrape missing, it still says when.
func (s *Server) certificateEnds() admin.Family {
	return admin.Family{
		Name:   "candor_certificate_ends_seconds",
		Help:   "When a certificate ends, in Unix seconds: of a listener, or of an authority that an upstream is trusted by.",
		Labels: []string{"listener", "upstream", "name", "serial"},
		Each: func(yield func([]string, float64)) {
			for _, c := range s.config().Reliances() {
				yield([]string{c.Listener, c.Upstream, c.Name, c.Serial}, float64(c.Ends.Unix()))
			}
		},
	}
}
