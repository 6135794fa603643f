package measure

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriteSection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.md")
	const before = "a\n<!-- one: generated from here -->\nold\n<!-- one: to here -->\nb\n<!-- two: generated from here -->\n<!-- two: to here -->\n"
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"one", "two"} {
		if err := WriteSection(path, section, "new "+section+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	const want = "a\n<!-- one: generated from here -->\nnew one\n<!-- one: to here -->\nb\n<!-- two: generated from here -->\nnew two\n<!-- two: to here -->\n"
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	if err := WriteSection(path, "three", "x"); err == nil {
		t.Error("a section that is not there was written")
	}
}
