package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/signing"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/token"
)

// Look says what would keep an instance of cfg from starting here, as this user: folders, permissions, addresses. It makes nothing and changes nothing. Where
// an instance runs already, nothing does.
func Look(ctx context.Context, cfg *config.Config) []error {
	if cfg.Data != "" && sqlite.Holder(cfg.Data) != nil {
		return nil
	}
	return append(look(cfg), lookAtPorts(ctx, cfg)...)
}

// lookBefore says what would keep this process from using what is kept: another one, or what a look finds.
func lookBefore(cfg *config.Config, look func(*config.Config) []error) error {
	if cfg.Data != "" {
		if held := sqlite.Holder(cfg.Data); held != nil {
			return held
		}
	}
	return errors.Join(look(cfg)...)
}

// look says what Look does, but for addresses.
func look(cfg *config.Config) []error {
	all := lookAtKept(cfg)
	if err := lookAtLog(cfg.Log.Access); err != nil {
		all = append(all, err)
	}
	return all
}

// lookAtKept says what is wrong with the folders of what is kept.
func lookAtKept(cfg *config.Config) (all []error) {
	if cfg.Data != "" && (mustHaveData(cfg) || exists(cfg.Data)) {
		if err := lookAtData(cfg.Data); err != nil {
			all = append(all, err)
		}
	}
	inData := strings.HasPrefix(cfg.Tokens.Keys, cfg.Data+string(filepath.Separator))
	if needsTokens(cfg) && keptKeys(cfg) && (len(all) == 0 || !inData) {
		if err := lookAtKeys(cfg.Tokens.Keys); err != nil {
			all = append(all, err)
		}
	}
	return all
}

// lookBeside says what look does where an instance runs that is about to leave the data folder.
func lookBeside(cfg *config.Config) []error {
	all := []error{lookAtOwners(cfg.Data)}
	if needsTokens(cfg) && keptKeys(cfg) {
		all = append(all, lookAtKeys(cfg.Tokens.Keys))
	}
	return append(all, lookAtLog(cfg.Log.Access))
}

// Keeps reports whether an instance of cfg has a store and keys, so that apps can be created and tokens minted.
func Keeps(cfg *config.Config) bool { return needsTokens(cfg) }

// needsTokens reports whether there is anything to keep: whoever asks for no token, and has no app to give one to, needs neither keys nor a store.
func needsTokens(cfg *config.Config) bool {
	for i := range cfg.APIs {
		for j := range cfg.APIs[i].Routes {
			asked := cfg.APIs[i].Credentials
			if own := cfg.APIs[i].Routes[j].Credentials; own != nil {
				asked = *own
			}
			if off := cfg.APIs[i].Routes[j].Modes; asked.Need != route.Public && (off == nil || off[route.CheckCredential] != route.Off) {
				return true
			}
		}
	}
	return len(cfg.Apps) > 0 || cfg.OAuth != nil || cfg.WWW != nil && cfg.WWW.On()
}

// mustHaveData reports whether an instance without its data folder would lack what was asked for. Without tokens the folder is there for the socket alone, and
// that is missed only by who has named a folder.
func mustHaveData(cfg *config.Config) bool { return needsTokens(cfg) || cfg.Said("data") }

func keptKeys(cfg *config.Config) bool { return cfg.Tokens.Keys != "none" && cfg.Tokens.Keys != "" }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func lookAtData(dir string) error {
	if err := admin.CheckSocket(socketPath(dir)); err != nil {
		return fmt.Errorf("the data folder %s: %w", dir, err)
	}
	if exists(dir) {
		if err := lookAtOwners(dir); err != nil {
			return err
		}
		if err := sqlite.Check(dir); err != nil {
			return err
		}
	}
	return mayMakeIn(dir, "the data folder", "data")
}

func lookAtKeys(dir string) error {
	if exists(dir) {
		if err := lookAtKeyOwners(dir); err != nil {
			return err
		}
		_, err := signing.Open(dir) // it changes nothing
		return errors.Join(token.CheckKeys(dir), err)
	}
	return mayMakeIn(dir, "the folder of the keys", "tokens.keys")
}

// mayMakeIn says why a folder can neither be written nor, where it is missing, be made.
func mayMakeIn(dir, what, key string) error {
	there := dir
	for !exists(there) {
		there = filepath.Dir(there)
	}
	info, err := os.Stat(there)
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: %w", what, dir, err)
	case ofTheKernel(there):
		return fmt.Errorf("%s %s cannot be made: %s shows the system's own state and takes no files; set %s: to another folder", what, dir, there, key)
	case !info.IsDir():
		return fmt.Errorf("%s %s cannot be made: %s is a file; set %s: to another folder", what, dir, there, key)
	}
	err = mayWrite(there)
	switch {
	case err == nil && there != dir && openToAll(info):
		return fmt.Errorf("%s %s would be made in %s, where all users can put another in its place (mode %04o); run chmod +t %s, as for /tmp, or set %s: to another folder; where you trust them all, make it yourself: mkdir -p -m 700 %s",
			what, dir, there, info.Mode().Perm(), there, key, dir)
	case err == nil:
		return nil
	case there == dir:
		return fmt.Errorf("%s %s cannot be written by this user (uid %d): %w; give it to this user, or set %s: to another folder", what, dir, os.Geteuid(), err, key)
	}
	return fmt.Errorf("%s %s cannot be made by this user (uid %d) in %s: %w; make it for this user (as root, install -d -m 700 -o USER %s), or set %s: to another folder",
		what, dir, os.Geteuid(), there, err, dir, key)
}

func lookAtLog(file string) error {
	if isStream(file) {
		return nil
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("the access log %s is a folder; set log.access: to a file in it", file)
	case err == nil:
		err = mayWrite(file)
	case errors.Is(err, fs.ErrNotExist) && !exists(filepath.Dir(file)):
		return fmt.Errorf("the access log %s has no folder: make %s, or set log.access: to another file", file, filepath.Dir(file))
	case errors.Is(err, fs.ErrNotExist):
		err = mayWrite(filepath.Dir(file))
	}
	if err != nil {
		return fmt.Errorf("the access log %s cannot be written by this user (uid %d): %w; set log.access: to another file", file, os.Geteuid(), err)
	}
	return nil
}

// lookAtPorts tries the addresses.
func lookAtPorts(ctx context.Context, cfg *config.Config) (all []error) {
	addresses := make([]string, 0, len(cfg.Listeners)+2)
	for i := range cfg.Listeners {
		addresses = append(addresses, cfg.Listeners[i].Address)
	}
	if cfg.WWW != nil {
		addresses = append(addresses, cfg.WWW.Address)
	}
	if cfg.Admin != nil {
		addresses = append(addresses, cfg.Admin.Address)
	}
	for _, a := range addresses {
		l, err := Listen(ctx, a)
		if err == nil {
			_ = l.Close()
			continue
		}
		all = append(all, err)
	}
	return all
}
