package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is the file in the data folder that tells programs where the sandbox is and with what to call it.
const FileName = "sandbox.json"

// File is the content of sandbox.json. URLs have no final slash.
type File struct {
	API        string      `json:"api"`
	WWW        string      `json:"www"`
	Admin      string      `json:"admin"`
	AdminToken string      `json:"admin_token"` // of /v1/faults and /v1/clock there
	Clock      string      `json:"clock"`       // how far the clock is ahead of the machine's
	Demo       string      `json:"demo"`
	Apps       []App       `json:"apps"`
	Members    []Member    `json:"members"`
	Developers []Developer `json:"developers"`
	Tokens     Tokens      `json:"tokens"`
}

// App is one application of the sandbox.
type App struct {
	Name         string   `json:"name"`
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	RedirectURIs []string `json:"redirect_uris"`
	Scopes       []string `json:"scopes"`
	Public       bool     `json:"public"`
}

// Member is one member of the sandbox.
type Member struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
	ID       string `json:"id"`
}

// Developer is who owns apps of the sandbox. The key looks up what became of their calls.
type Developer struct {
	Email    string   `json:"email"`
	Password string   `json:"password"`
	Apps     []string `json:"apps"`
	Key      string   `json:"key"`
}

// Tokens are access tokens in every state, and the refresh token of an app.
type Tokens struct {
	Good             string `json:"good"`
	App              string `json:"app"`
	NoScope          string `json:"no_scope"`
	Expired          string `json:"expired"`
	Revoked          string `json:"revoked"`
	RestrictedMember string `json:"restricted_member"`
	OtherApp         string `json:"other_app"`
	Refresh          string `json:"refresh"`
}

// encode is the file's text.
func (f *File) encode() ([]byte, error) {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", FileName, err)
	}
	return append(b, '\n'), nil
}

// publish puts the file in place as a whole, readable by its owner alone: it holds passwords and tokens.
func publish(dir string, text []byte) error { return replace(dir, FileName, text) }

// replace puts a file in the place of another, as a whole.
func replace(dir, name string, text []byte) error {
	t, err := os.CreateTemp(dir, name+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = t.Write(text)
	if err = errors.Join(err, t.Close()); err == nil {
		err = os.Rename(t.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(t.Name()))
	}
	return nil
}

// withdraw removes the file: nobody is to call a sandbox that is not there.
func withdraw(dir string) error {
	return errors.Join(remove(filepath.Join(dir, FileName)), remove(asideName(dir)))
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", FileName, err)
	}
	return nil
}

// setAside takes away the file that is there when a sandbox starts. One that was killed has left it; but if a sandbox still
// runs in this folder the start will fail, and putBack returns its file.
func setAside(dir string) error { return move(filepath.Join(dir, FileName), asideName(dir)) }

// putBack undoes setAside.
func putBack(dir string) error { return move(asideName(dir), filepath.Join(dir, FileName)) }

func asideName(dir string) string { return filepath.Join(dir, FileName+".before") }

func move(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("move %s: %w", FileName, err)
	}
	return nil
}
