package config

import (
	"crypto/sha256"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/token"
)

// Load reads a configuration file. env looks up variables, as os.LookupEnv does. The error is
// Mistakes: everything that is wrong, in the file's order.
func Load(file string, env func(string) (string, bool)) (*Config, error) {
	text, mistake := readFile(file)
	if mistake != nil {
		return nil, Mistakes{*mistake}
	}
	return Parse(file, text, env)
}

// Parse reads a configuration that is already in memory; file names it in mistakes, and its folder
// is where relative paths begin.
func Parse(file string, text []byte, env func(string) (string, bool)) (*Config, error) {
	r := newReader(file, env)
	r.cfg.Digest = sha256.Sum256(text)
	root := r.parseYAML(text)
	if root == nil {
		return nil, inOrder(r.mistakes)
	}
	r.prepare(root)
	r.cfg.root = root
	rootKeys(r.cfg).read(r, root, r.cfg)
	r.settle()
	r.check()
	if len(r.mistakes) > 0 {
		return nil, inOrder(r.mistakes)
	}
	r.cfg.Warnings = inOrder(r.warnings)
	return r.cfg, nil
}

func newReader(file string, env func(string) (string, bool)) *reader {
	r := &reader{
		file: file, dir: folderOf(file), env: env,
		places: map[[2]int]bool{}, broken: map[*yaml.Node]bool{}, written: map[*yaml.Node]string{},
		cfg: Default(),
	}
	r.cfg.File = file
	r.cfg.Data = r.path("candor-data")
	return r
}

// Default is what holds where a configuration says nothing: a configuration without upstreams and
// APIs, for those who build one in Go. It writes nothing to disk.
func Default() *Config {
	return &Config{
		Fabric:    "candor",
		Listeners: []Listener{{Address: "127.0.0.1:8080", Headers: ownDefault()}},
		Admin:     &Admin{Address: "127.0.0.1:9090"},
		Log:       Log{Access: "stdout", Level: "info", Format: "json"},
		Requests:  requestlog.Settings{Detail: 10, Keep: 14 * 24 * time.Hour, Size: gib},
		Cache:     Cache{Size: 64 * mib},
		Limits: Limits{
			InFlight: 10_000, Buffered: 256 * mib,
			RequestLine: 8 * kib, Head: 32 * kib, Fields: 128,
			Body: 10 * mib, JSONBody: mib, ChunkLine: 256, Trailers: 4 * kib,
			UpstreamHead: 64 * kib, UpstreamFields: 1000, FailedCredentials: 1000,
		},
		Timeouts: Timeouts{
			Handshake: 10 * time.Second, FirstByte: 10 * time.Second, Head: 10 * time.Second, Idle: time.Minute,
			BodyGap: 30 * time.Second, WriteStall: 30 * time.Second,
		},
		Drain:  Drain{Delay: 5 * time.Second, Finish: 30 * time.Second},
		Tokens: token.Spec{Keys: "none", Life: 60 * 24 * time.Hour},
	}
}

// Operator is how a command reaches the running instance of a configuration: by the socket in its
// data folder, or by the admin address with the token.
type Operator struct {
	Data    string // "" for none
	Address string // of admin; "" for off
	Token   Secret // empty where there is none
	// Unread says what of admin could not be read, such as a variable that is set for the instance
	// alone: the socket needs none of it.
	Unread error
}

// OperatorOf reads no more of a configuration than that, and judges nothing else: a command that
// talks to a running instance has not the variables that the instance was started with.
func OperatorOf(file string, env func(string) (string, bool)) (o Operator, err error) {
	text, mistake := readFile(file)
	if mistake != nil {
		return o, Mistakes{*mistake}
	}
	r := newReader(file, env)
	root := r.parseYAML(text)
	if _, n := child(root, "data"); n != nil {
		r.prepare(n)
		fileOrNone("none").read(r, n, &r.cfg.Data)
	}
	if len(r.mistakes) > 0 {
		return o, inOrder(r.mistakes)
	}
	o.Data = r.cfg.Data
	if _, n := child(root, "admin"); n != nil {
		r.prepare(n)
		orOff(adminKeys.kind()).read(r, n, &r.cfg.Admin)
	}
	if len(r.mistakes) > 0 {
		o.Unread = inOrder(r.mistakes)
	}
	if a := r.cfg.Admin; a != nil {
		o.Address, o.Token = a.Address, a.Token
	}
	return o, nil
}
