//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printTable prints rows below a title as a table that can be read as it is and
// pasted into Markdown; without rows nothing.
func printTable(out io.Writer, title string, header []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	fmt.Fprintf(out, "\n%s\n\n", title)
	printRow(out, header, widths)
	rule := make([]string, len(header))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	printRow(out, rule, widths)
	for _, row := range rows {
		printRow(out, row, widths)
	}
}

func printRow(out io.Writer, row []string, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		line.WriteString("| " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1))
	}
	fmt.Fprintln(out, line.String()+"|")
}
