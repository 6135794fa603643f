package geo

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"协议（正本）.pdf":                       "协议（正本）.pdf",
		"../../etc/passwd":                 "passwd",
		`C:\Users\a\勘测.dwg`:                "勘测.dwg",
		"a/b\\c/":                          "未命名",
		"":                                 "未命名",
		"..":                               "未命名",
		" .htaccess ":                      "htaccess",
		"a\x00b\r\nc.txt":                  "abc.txt",
		"annex\u202Egpj.exe":               "annexgpj.exe",
		"\xff\xfe.pdf":                     "pdf",
		"\u200b\u2028":                     "未命名",
		"<img src=x onerror=alert(1)>.png": "<img src=x onerror=alert(1)>.png",
		"e\u0301.pdf":                      "e\u0301.pdf",
	} {
		if got := FileName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	long := FileName(strings.Repeat("长", 500) + ".pdf")
	if utf8.RuneCountInString(long) != 200 || !strings.HasSuffix(long, "长.pdf") {
		t.Errorf("a long name becomes %q", long)
	}
	if long = FileName("a." + strings.Repeat("b", 500)); utf8.RuneCountInString(long) != 200 {
		t.Errorf("a long ending becomes %q", long)
	}
}
