package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/server"
)

type errorsCmds struct {
	List   errorsListCmd   `cmd:"" default:"withargs" help:"List the errors that answers can name, which is also done where nothing is said."`
	Export errorsExportCmd `cmd:"" help:"Write a page for each error, as files for a web server."`
}

// Help is shown below the flags.
func (errorsCmds) Help() string {
	return `Examples:

    candor errors
    candor errors --json
    candor errors export ./errors`
}

type errorsListCmd struct {
	Config string `placeholder:"FILE" help:"A configuration whose words are used; the catalogue's own unless said."`
	JSON   bool   `name:"json" help:"Write the list as JSON."`
}

// Help is shown below the flags.
func (errorsListCmd) Help() string {
	return `One line for each error: its name, its status, its code, and what it means. The name is what the field Candor-Problem of an answer says; candor explain NAME says more.

Examples:

    candor errors
    candor errors --config candor.yaml --json`
}

// Run lists them.
func (c *errorsListCmd) Run(p *program) error {
	site, err := p.pages(c.Config)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, site.Lines())
	}
	var w strings.Builder
	for _, l := range site.Lines() {
		fmt.Fprintf(&w, "%-27s%-21s%-29s%s\n", l.Problem, l.Status, l.Code, l.Title)
	}
	_, err = fmt.Fprint(p.out, w.String())
	return err
}

type errorsExportCmd struct {
	Dir    string `arg:"" help:"The folder, which is made if it is missing."`
	Config string `placeholder:"FILE" help:"A configuration whose words are used: messages of its own, whom to ask; the catalogue's own unless said."`
	Force  bool   `help:"Write also into a folder with files of others, which stay."`
	JSON   bool   `name:"json" help:"Say what was written as JSON."`
}

// Help is shown below the flags.
func (errorsExportCmd) Help() string {
	return `index.html, a NAME.html for each error and each class of statuses, and the same as NAME.json and NAME.md. The links between them are relative. An export that fails leaves nothing of itself; one into a folder of an earlier export replaces its files.

Say docs.errors: URL in the configuration where the pages then stand, and each answer links to its own. The name of the error is put behind URL without .html, as most static hosts take it (nginx: try_files $uri $uri.html).

Exit code: 0 if all pages were written, 1 if they could not be, 2 if the folder has files of others or the configuration has mistakes.

Examples:

    candor errors export ./errors
    candor errors export --config candor.yaml /srv/www/errors`
}

// Run writes the pages.
func (c *errorsExportCmd) Run(p *program) error {
	site, err := p.pages(c.Config)
	if err != nil {
		return err
	}
	count, err := site.Export(c.Dir, c.Force)
	if other, refused := errors.AsType[*pages.OtherFilesError](err); refused {
		return mistake("%w; name another folder, or say --force, which leaves them there", other)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, struct {
			Folder string `json:"folder"`
			Files  int    `json:"files"`
		}{c.Dir, count})
	}
	_, err = fmt.Fprintf(p.out, "%d files in %s; begin with index.html.\n", count, c.Dir)
	return err
}

// pages are the error pages in the words of a configuration, if one is named.
func (p *program) pages(file string) (*pages.Site, error) {
	var o pages.Options
	if file != "" {
		cfg, err := p.load(file)
		if err != nil {
			return nil, err
		}
		o = server.PageOptions(cfg)
	}
	return pages.New(o)
}
