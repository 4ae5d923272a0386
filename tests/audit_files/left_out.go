// Lines of a .dockerignore on standard input and paths as arguments in, a line `path true|false` each
// out: what the matcher of docker build itself says. Reads nothing else.
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/moby/patternmatcher"
)

func main() {
	var lines []string
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	for _, path := range os.Args[1:] {
		leftOut, err := patternmatcher.MatchesOrParentMatches(path, lines)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(path, leftOut)
	}
}
