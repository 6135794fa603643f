package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tengdi/geo"
)

// Importer brings a file in; the command line and the browser share it. Refused
// rows are in the report, and then nothing was written.
type Importer interface {
	Import(ctx context.Context, actor geo.Actor, in ImportRequest, progress func(stage string, done, total int64)) (geo.IngestReport, error)
}

// ImportRequest is one file and how to take it. Texts are as the person typed
// them; "" leaves the choice to the importer.
type ImportRequest struct {
	Path     string // of the bytes on this machine; its ending is that of Name
	Name     string // as the person's machine calls it: for the report, never a path
	Layer    geo.Layer
	CRS      string // EPSG:4526 or 4526; "" = as the file says
	Datum    string // gcj02, bd09
	Encoding string // of texts: GBK, UTF-8 …
	Map      string // code=BSM,name=MC: columns to fields
	Area     string // code of the area that the rows belong to
	Number   string // how rows without a code are numbered
	On       string // day since which new rows have stood: YYYY-MM-DD
	Table    string // which layer, table or file, where the upload has several
	Fix      bool
	DryRun   bool
}

// Bounds of an upload besides its file.
const (
	maxParts   = 20
	maxField   = 64 << 10         // bytes of one text part
	uploadTime = 10 * time.Minute // for the bytes to come in
	importTime = 30 * time.Minute // for the work
	answerTime = time.Minute      // for the report to go out
)

// extend gives a request more time than the server's limits, from now on, to
// read its body and to write its answer.
func extend(w http.ResponseWriter, read, write time.Duration) error {
	rc, now := http.NewResponseController(w), time.Now()
	err := errors.Join(rc.SetReadDeadline(now.Add(read)), rc.SetWriteDeadline(now.Add(write)))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("import: extend deadlines: %w", err)
	}
	return nil
}

// postImport takes an upload and imports it. The file lies in a temporary place
// meanwhile and is removed in every case.
func (s *Server) postImport(w http.ResponseWriter, r *http.Request) error {
	if s.cfg.Importer == nil {
		return geo.Errorf(geo.Unavailable, "Imports are switched off.", "导入功能未启用。")
	}
	select {
	case s.imports <- struct{}{}:
		defer func() { <-s.imports }()
	default:
		return tooMany(10 * time.Second)
	}
	if err := extend(w, uploadTime, uploadTime+answerTime); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(s.cfg.TempDir, "tengdi-import-")
	if err != nil {
		return fmt.Errorf("import: temporary folder: %w", err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			s.log.Error("an upload could not be removed", "folder", dir, "error", err)
		}
	}()
	in, err := s.receive(w, r, dir)
	if err != nil {
		return err
	}
	// The connection is read on during the work, to see whether the caller goes.
	if err := extend(w, importTime+answerTime, importTime+answerTime); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), importTime)
	defer cancel()
	actor, err := s.importActor(r, in)
	if err != nil {
		return err
	}
	report, err := s.cfg.Importer.Import(ctx, actor, in, s.logProgress(r))
	return s.answerImport(w, r, report, err)
}

// importActor is the caller as the author of an import. Two uploads are the
// same request when their bytes and what was said of them are the same.
func (s *Server) importActor(r *http.Request, in ImportRequest) (geo.Actor, error) {
	file, err := os.Open(in.Path)
	if err != nil {
		return geo.Actor{}, fmt.Errorf("import: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return geo.Actor{}, fmt.Errorf("import: %w", err)
	}
	in.Path = ""
	said, err := json.Marshal(in)
	if err != nil {
		return geo.Actor{}, fmt.Errorf("import: %w", err)
	}
	actor, err := s.actor(r, said, sum.Sum(nil))
	actor.Source = geo.FromImport
	return actor, err
}

// logProgress writes a line when an import enters a new stage.
func (s *Server) logProgress(r *http.Request) func(stage string, done, total int64) {
	last := ""
	return func(stage string, done, total int64) {
		if stage == last {
			return
		}
		last = stage
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "import",
			slog.String("stage", stage), slog.Int64("total", total), slog.String("request_id", requestID(r.Context())))
	}
}

// answerImport answers with the report. Refused rows, and a file that cannot be
// taken, are 422; the report is then a member of the problem.
func (s *Server) answerImport(w http.ResponseWriter, r *http.Request, report geo.IngestReport, err error) error {
	if report.Notes == nil {
		report.Notes = []geo.RowNote{}
	}
	unprocessable := &statusError{status: http.StatusUnprocessableEntity, err: err}
	if report.Rows > 0 || report.Refused > 0 {
		unprocessable.report = &report
	}
	switch {
	case err == nil && report.Refused == 0:
		w.Header().Set("Cache-Control", "private, no-store")
		if report.Replayed {
			w.Header().Set("Idempotency-Replayed", "true")
		}
		return sendJSON(w, r, report)
	case err == nil:
		unprocessable.err = geo.Errorf(geo.Invalid, "%d of %d rows were refused. Nothing was imported.",
			"共 %[2]d 行，其中 %[1]d 行未被接受，未导入任何数据。", report.Refused, report.Rows)
		return unprocessable
	case kindOf(err) == geo.Invalid:
		return unprocessable
	case kindOf(err) == geo.Conflict || kindOf(err) == geo.Refused:
		return &statusError{err: err, report: unprocessable.report}
	}
	return err
}

// receive reads the parts of the upload as they come: texts into the request,
// the file onto the disk.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, dir string) (ImportRequest, error) {
	var in ImportRequest
	limit := s.cfg.Limits.UploadBytes
	r.Body = http.MaxBytesReader(w, r.Body, limit+maxParts*(maxField+4<<10))
	parts, err := r.MultipartReader()
	if err != nil {
		return in, &statusError{
			status: http.StatusUnsupportedMediaType,
			err:    geo.Errorf(geo.Invalid, "The upload must be multipart/form-data.", "上传须为 multipart/form-data。"),
		}
	}
	seen := map[string]bool{}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return in, uploadError(err, limit)
		}
		name := part.FormName()
		if n >= maxParts || seen[name] {
			return in, badField(geo.Excerpt(name), "repeated", "is given twice, or there are too many parts", "重复，或分段过多")
		}
		seen[name] = true
		if name == "file" {
			err = s.receiveFile(&in, part, dir)
		} else {
			err = receiveField(&in, part, name)
		}
		if err != nil {
			return in, uploadError(err, limit)
		}
	}
	switch in.Layer {
	case geo.AreaLayer, geo.ParcelLayer, geo.BuildingLayer:
	default:
		return in, badField("layer", "invalid", "must be areas, parcels or buildings", "须为 areas、parcels 或 buildings")
	}
	if in.Path == "" {
		return in, badField("file", "missing", "is missing", "缺少文件")
	}
	if _, err := dayParam("on", in.On); err != nil {
		return in, err
	}
	return in, nil
}

// receiveFile copies the file's bytes into the folder, under a name of our own.
func (s *Server) receiveFile(in *ImportRequest, part *multipart.Part, dir string) error {
	in.Name = fileName(part.FileName())
	if in.Name == "" {
		return badField("file", "missing", "has no name", "缺少文件名")
	}
	in.Path = filepath.Join(dir, "upload"+fileEnding(in.Name))
	f, err := os.OpenFile(in.Path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("import: temporary file: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(part, s.cfg.Limits.UploadBytes+1))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("import: receive file: %w", err)
	}
	if n > s.cfg.Limits.UploadBytes {
		return &http.MaxBytesError{Limit: s.cfg.Limits.UploadBytes}
	}
	return nil
}

// receiveField reads one text part into the request.
func receiveField(in *ImportRequest, part *multipart.Part, name string) error {
	text, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return fmt.Errorf("import: receive field: %w", err)
	}
	if len(text) > maxField {
		return badField(geo.Excerpt(name), "too_long", "is longer than 64 KiB", "超过 64 KiB")
	}
	v := strings.TrimSpace(string(text))
	texts := map[string]*string{
		"layer": (*string)(&in.Layer), "crs": &in.CRS, "datum": &in.Datum, "encoding": &in.Encoding,
		"map": &in.Map, "area": &in.Area, "number": &in.Number, "table": &in.Table, "on": &in.On,
	}
	flags := map[string]*bool{"fix": &in.Fix, "dry_run": &in.DryRun}
	switch {
	case texts[name] != nil:
		*texts[name] = v
	case flags[name] != nil:
		on, ok := flag(v)
		if !ok {
			return badField(name, "invalid", "must be true or false", "须为 true 或 false")
		}
		*flags[name] = on
	default:
		return badField(geo.Excerpt(name), "unknown_field", "is not a field of an import", "不是导入的字段")
	}
	return nil
}

// flag reads a yes or no as forms and scripts write it; a checked box of a form
// says "on".
func flag(v string) (on, ok bool) {
	switch v {
	case "":
		return false, true
	case "on":
		return true, true
	}
	on, err := strconv.ParseBool(v)
	return on, err == nil
}

// uploadError tells an upload that is too large or broken off from a failure of
// ours.
func uploadError(err error, limit int64) error {
	var tooLarge *http.MaxBytesError
	var known *geo.Error
	switch {
	case errors.As(err, &tooLarge):
		return geo.Errorf(geo.TooLarge, "The file is larger than %d MiB.", "文件超过 %d MiB。", limit>>20)
	case errors.As(err, &known):
		return err
	case errors.Is(err, os.ErrPermission), errors.As(err, new(*os.PathError)):
		return err
	}
	return &geo.Error{Kind: geo.Invalid, En: "The upload broke off or is not well formed.", Zh: "上传中断或格式有误。", Err: err}
}

// fileName keeps the last part of what the browser calls the file, printable
// and short.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(name, ""))
	if name == "." || name == ".." || name == "/" {
		return ""
	}
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:])
	}
	return name
}

// fileEnding is the ending by which formats are told, when it is a plain one.
func fileEnding(name string) string {
	ending := strings.ToLower(path.Ext(name))
	if len(ending) < 2 || len(ending) > 12 || strings.Trim(ending[1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return ending
}
