package geo

import (
	"path"
	"strings"
	"time"
	"unicode"
)

// File is a paper in the file of a thing: a scan, a picture, a survey file. Its
// bytes are kept by their hash outside the web root; it is never public and
// never served as a page.
type File struct {
	Token     string // random; names it in URLs
	Entity    MachineName
	Code      string // of the thing
	Kind      string // what it is of, see FileKinds
	Name      string // as uploaded, without folders
	MediaType string // by its content, one of FileTypes
	Bytes     int64
	SHA256    string
	By        string
	CreatedAt time.Time
	StruckAt  time.Time
	StruckWhy string
}

// MaxFile is the largest file in bytes.
const MaxFile = 50 << 20

// maxFileName is the longest name of a file in characters.
const maxFileName = 200

// FileName makes a name fit to be kept and shown: without folders, without what
// is not seen or turns the writing round, and cut to 200 characters before its
// ending. A name of which nothing is left is 未命名.
func FileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimLeft(name, ". "))
	if name == "" {
		return "未命名"
	}
	if runes := []rune(name); len(runes) > maxFileName {
		end := []rune(path.Ext(name))
		if len(end) > 20 {
			end = nil
		}
		name = string(runes[:maxFileName-len(end)]) + string(end)
	}
	return name
}

// FileKinds lists what papers are.
func FileKinds() []Option {
	return []Option{
		{"agreement", "协议", "agreement"},
		{"survey", "勘测成果", "survey"},
		{"photo", "照片", "picture"},
		{"decision", "决定文书", "decision"},
		{"plan", "方案", "plan"},
		{"receipt", "凭证", "receipt"},
		{"evidence", "佐证", "evidence"},
		{"other", "其他", "other"},
	}
}

// ProgramType is the media type of what a machine would run. None is taken.
const ProgramType = "application/x-executable"

// FileNotTaken refuses a file of a media type that is not among FileTypes.
func FileNotTaken(mediaType string) error {
	e := Errorf(Invalid, "files of this type (%s) are not taken; PDF, JPEG, PNG, WebP, TIFF, ZIP, DOCX, XLSX, plain text and other data are, but no programs, scripts, web pages or XML",
		"不接受此类文件（%s）；可上传 PDF、JPEG、PNG、WebP、TIFF、ZIP、DOCX、XLSX、纯文本及其他数据文件，不可上传程序、脚本、网页或 XML", mediaType)
	e.Fields = []FieldError{{Field: "file", Code: "media_type", Zh: e.Zh, En: e.En}}
	return e
}

// FileTypes lists the media types that are taken, as found in the content;
// octets are whatever is none of the known types, such as survey data.
func FileTypes() []string {
	return []string{
		"application/pdf", "image/jpeg", "image/png", "image/webp", "image/tiff",
		"application/zip", // also DOCX and XLSX
		"text/plain; charset=utf-8", "application/octet-stream",
	}
}
