package sandbox

import (
	_ "embed"
	"fmt"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/problem"
)

// configuration is sandbox.yaml: the sandbox holds itself to what candor.yaml can say.
//
//go:embed sandbox.yaml
var configuration []byte

// Settings are the values of one sandbox that its configuration cannot know beforehand.
type Settings struct {
	API, Admin string // addresses to listen on; port 0 is any free one
	WWW        string // URL of the sandbox's page, without a final slash
	Upstream   string // URL of the LinkedIn-like API
	Data       string // folder of state.db; "none" keeps everything in memory
	AccessLog  string // file, "stdout" or "off"
	Profile    problem.Profile
}

// Config is the gateway's configuration for the sandbox.
func Config(s Settings) (*config.Config, error) {
	errors := "wrap"
	if s.Profile == problem.Standard {
		errors = "pass"
	}
	values := map[string]string{
		"API": s.API, "ADMIN": s.Admin, "WWW": s.WWW, "UPSTREAM": s.Upstream, "DATA": s.Data, "ACCESS_LOG": s.AccessLog,
		"PROFILE": s.Profile.String(), "ERRORS": errors,
		"DEMO_ID": apps[demoApp].ClientID, "ADS_ID": apps[adsApp].ClientID, "PLAIN_ID": apps[plainApp].ClientID,
	}
	cfg, err := config.Parse("sandbox.yaml", configuration, func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	})
	if err != nil {
		return nil, fmt.Errorf("configuration of the sandbox:\n%w", err)
	}
	return cfg, nil
}
