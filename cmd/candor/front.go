package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

// front are the flags of a Candor that stands in front of one URL.
type front struct {
	Listen    string   `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where calls come in, 127.0.0.1:8080 unless said; port 0 is any free one."`
	Admin     string   `placeholder:"ADDRESS" help:"Where health and metrics are, as in 127.0.0.1:9090; nowhere unless said."`
	KeepHost  bool     `help:"Send the caller's own Host to the API, and not that of the URL."`
	Host      []string `sep:"none" placeholder:"NAME" help:"A further name that calls may have in Host where the listener is on a loopback address; may be repeated."`
	Forwarded string   `enum:"append,off" default:"append" placeholder:"WORD" help:"append (unless said) puts the caller's address at the end of X-Forwarded-For; off leaves it as it came."`
	CA        string   `name:"ca" placeholder:"FILE" help:"The authorities to trust for an https URL, in PEM; those of the system unless said."`
	Insecure  bool     `help:"Take any certificate of an https URL."`
	JSON      bool     `name:"json" help:"Write JSON."`
}

// config is the configuration for a URL; command is how the user would say it again.
func (f *front) config(command, to string) (*config.Config, *url.URL, error) {
	of := f.of(to)
	cfg, err := of.Config()
	var wrong *config.FrontMistake
	switch {
	case errors.As(err, &wrong) && wrong.Instead != "":
		return nil, nil, mistake("%s; write: %s %s", wrong.Text, command, wrong.Instead)
	case errors.As(err, &wrong) && wrong.Flag != "":
		return nil, nil, mistake("%s %s", wrong.Flag, wrong.Text)
	case err != nil:
		return nil, nil, mistake("%w", err)
	}
	at, err := url.Parse(cfg.Upstreams[0].Targets[0])
	if err != nil {
		return nil, nil, mistake("%w", err)
	}
	return cfg, at, nil
}

func (f *front) of(to string) config.Front {
	return config.Front{
		URL: to, Listen: f.Listen, Admin: f.Admin, KeepHost: f.KeepHost, Hosts: f.Host, NoForwarded: f.Forwarded == "off", CA: f.CA, Insecure: f.Insecure,
	}
}

// noCircle refuses a URL that leads back here.
func (f *front) noCircle(ctx context.Context, command, to string, at *url.URL) error {
	switch {
	case server.LeadsTo(ctx, at, f.Listen):
		return mistake("%s is where Candor itself would listen, so every call would go in a circle; listen elsewhere: %s %s --listen %s", to, command, to, elsewhere(f.Listen))
	case f.Admin != "" && server.LeadsTo(ctx, at, f.Admin):
		return mistake("%s is where --admin would listen; give it another address", to)
	}
	return nil
}

// elsewhere is an address beside one that is taken.
func elsewhere(address string) string {
	host, port, _ := strings.Cut(address, ":")
	if strings.HasSuffix(port, "8080") {
		return host + ":8081"
	}
	return host + ":8080"
}

// taken says of an address that cannot be had by which flag it was given.
func (f *front) taken(err error) error {
	var e *server.ListenError
	if !errors.As(err, &e) {
		return err
	}
	for flag, given := range map[string]string{"--listen": f.Listen, "--admin": f.Admin} {
		if given == e.Address {
			return mistake("%s: %w", flag, e)
		}
	}
	return err
}

// listening are the URLs at which a server takes calls, a line each.
func listening(s *server.Server) string {
	var lines strings.Builder
	for _, a := range s.APIAddrs() {
		lines.WriteString("listening on " + reached(a) + "\n")
	}
	return lines.String()
}

// reached is a URL that can be opened. Of a listener on all addresses it is that of loopback: browsers and Windows take no [::].
func reached(listener string) string {
	host, port, err := net.SplitHostPort(listener)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return "http://" + listener
	}
	return "http://" + net.JoinHostPort("127.0.0.1", port) + " and on every other address of this machine"
}

// given reports whether any of the flags was.
func (f *front) given() string {
	set := map[string]bool{
		"--listen": f.Listen != "127.0.0.1:8080", "--admin": f.Admin != "", "--keep-host": f.KeepHost, "--host": len(f.Host) > 0, "--forwarded": f.Forwarded != "append",
		"--ca": f.CA != "", "--insecure": f.Insecure, "--json": f.JSON,
	}
	var names []string
	for name, is := range set {
		if is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
