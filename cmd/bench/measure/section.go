package measure

import (
	"fmt"
	"os"
	"strings"
)

// WriteSection replaces a generated section of a document: what stands between the
// two lines of comment that name it. An error when they are not there.
func WriteSection(path, section, text string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+section+": generated from here -->\n", "<!-- "+section+": to here -->\n"
	head, rest, ok := strings.Cut(string(raw), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !ok || !ended {
		return fmt.Errorf("%s has no section %q", path, section)
	}
	return os.WriteFile(path, []byte(head+begin+text+end+tail), 0o644)
}
