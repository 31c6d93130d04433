package config

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// AppendYAML appends the configuration with every default, as a file that loads to the same
// configuration. Secrets are not in it: what came from a variable stands as that variable.
func (c *Config) AppendYAML(dst []byte) ([]byte, error) {
	text, err := yaml.Dump(rootKeys(c).write(c), yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1))
	if err != nil {
		return dst, fmt.Errorf("write the configuration as YAML: %w", err)
	}
	return append(dst, text...), nil
}
