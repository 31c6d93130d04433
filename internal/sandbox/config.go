package sandbox

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/problem"
)

// configuration is sandbox.yaml: the sandbox holds itself to what candor.yaml can say.
//
//go:embed sandbox.yaml
var configuration []byte

// Settings are the values of one sandbox that its configuration cannot know beforehand.
type Settings struct {
	API, Admin, WWWAddress string // addresses to listen on; port 0 is any free one
	WWW, Demo              string // URLs of the sandbox's pages and of its demo, without a final slash
	Upstream               string // URL of the LinkedIn-like API
	Data                   string // folder of state.db; "none" keeps everything in memory
	AccessLog              string // file, "stdout" or "off"
	Profile                problem.Profile
}

// Config is the gateway's configuration for the sandbox.
func Config(s Settings) (*config.Config, error) {
	errors := "wrap"
	if s.Profile == problem.Standard {
		errors = "pass"
	}
	values := map[string]string{
		"API": s.API, "ADMIN": s.Admin, "WWW": s.WWW, "UPSTREAM": s.Upstream, "DATA": s.Data, "ACCESS_LOG": s.AccessLog,
		"PROFILE": s.Profile.String(), "ERRORS": errors, "WWW_ADDRESS": s.WWWAddress, "DEMO": s.Demo, "DEVELOPER": developerEmail,
	}
	for _, app := range Apps(s.Demo) {
		name := strings.ToUpper(app.Name)
		values[name+"_ID"], values[name+"_SECRET"] = app.ClientID, app.ClientSecret
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
