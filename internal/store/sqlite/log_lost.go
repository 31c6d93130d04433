package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Lost reports that the file at the log's path is not the one that is open: it was removed, or another was put in its place. What is written then can be read by nobody who
// looks there, and is gone with the process.
func (l *Log) Lost() error {
	if l.file == "" || l.opened == nil {
		return nil
	}
	now, err := os.Stat(l.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was removed while it was open", l.file)
	case err == nil && !os.SameFile(now, l.opened): // a folder that cannot be read says nothing of the file
		return fmt.Errorf("%s was replaced while it was open", l.file)
	}
	return nil
}
