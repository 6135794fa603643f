package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tengdi/geo"
)

// Filer keeps which papers are in the files of things.
type Filer interface {
	Attach(ctx context.Context, actor geo.Actor, collection, code string, f geo.File) (geo.Event, error)
	Files(ctx context.Context, v geo.Viewer, collection, code string) ([]geo.File, error)
	File(ctx context.Context, v geo.Viewer, token string) (geo.File, error)
	StrikeFile(ctx context.Context, actor geo.Actor, token, reason string) (geo.Event, error)
}

// FileKeeper keeps the bytes of papers, by their hash.
type FileKeeper interface {
	// Put keeps what r gives and tells its size, its hash and its media type by
	// its content. Errors: TooLarge, Invalid for what is not taken.
	Put(ctx context.Context, r io.Reader) (geo.File, error)
	// Open reads what was kept. NotFound when it is not there.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
}

// fileAnswer is one paper.
type fileAnswer struct {
	Token     string     `json:"token"`
	Kind      string     `json:"kind"`
	Name      string     `json:"name"`
	MediaType string     `json:"media_type"`
	Bytes     int64      `json:"bytes"`
	SHA256    string     `json:"sha256"`
	By        string     `json:"by"` // login
	ByName    string     `json:"by_name,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	StruckAt  *time.Time `json:"struck_at,omitempty"`
	StruckWhy string     `json:"struck_why,omitempty"`
}

type filesAnswer struct {
	Files []fileAnswer `json:"files"`
}

func (s *Server) getFiles(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, code, err := s.openThing(r, collection, readPapers)
		if err != nil {
			return err
		}
		zone, err := s.district.zone(r.Context())
		if err != nil {
			return err
		}
		files, err := s.cfg.Store.Files(r.Context(), v, collection, code)
		if err != nil {
			return err
		}
		named, err := peopleOf(r.Context(), s.cfg.Store, v.Audience, files, func(f geo.File) string { return f.By })
		if err != nil {
			return err
		}
		a := filesAnswer{[]fileAnswer{}}
		for _, f := range files {
			one := fileAnswer{
				Token: f.Token, Kind: f.Kind, Name: f.Name, MediaType: f.MediaType, Bytes: f.Bytes,
				SHA256: f.SHA256, By: f.By, ByName: named[f.By], CreatedAt: f.CreatedAt.In(zone), StruckWhy: f.StruckWhy,
			}
			if !f.StruckAt.IsZero() {
				at := f.StruckAt.In(zone)
				one.StruckAt = &at
			}
			a.Files = append(a.Files, one)
		}
		return sendJSON(w, r, a)
	}
}

func filesOff() error {
	return geo.Errorf(geo.Unavailable, "Files are switched off.", "附件功能未启用。")
}

// postFile takes a paper: the bytes are kept as they come in, then the thing's
// file is told of them. A few at a time; where the file is refused, the bytes are
// left to the sweep, for another upload of the same may be under way.
func (s *Server) postFile(collection string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.writing(r, collection, geo.WriteDeed(collection)); err != nil {
			return err
		}
		code, err := pathCode(r)
		if err != nil {
			return err
		}
		if s.cfg.Files == nil {
			return filesOff()
		}
		if err := s.thingIsThere(r, collection, code); err != nil {
			return err
		}
		select {
		case s.uploads <- struct{}{}:
			defer func() { <-s.uploads }()
		default:
			return tooMany(5 * time.Second)
		}
		if err := extend(w, uploadTime, uploadTime+answerTime); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(r.Context(), uploadTime)
		defer cancel()
		r = r.WithContext(ctx)
		f, err := s.receivePaper(w, r)
		if err != nil {
			return err
		}
		// Another upload of the same file has other boundaries: what counts is what is in it.
		actor, err := s.actor(r, []byte(f.Kind), []byte(f.Name), []byte(f.SHA256))
		if err != nil {
			return err
		}
		event, err := s.cfg.Store.Attach(ctx, actor, collection, code, f)
		if err != nil {
			return err
		}
		return s.sendWritten(w, r, event, "/api/"+collection+"/"+url.PathEscape(code)+"/files")
	}
}

// thingIsThere refuses an upload for what does not exist, or not for the
// caller, before its bytes are taken.
func (s *Server) thingIsThere(r *http.Request, collection, code string) error {
	v, err := s.viewer(r.Context())
	if err != nil {
		return err
	}
	f, err := s.cfg.Store.Feature(r.Context(), geo.Staff, collection, code)
	if err != nil {
		return err
	}
	sees := seesFeature(v, f)
	if collection == "areas" {
		sees = v.Sees(code)
	}
	switch {
	case sees:
		return nil
	case collection == households:
		return notHere()
	}
	return geo.Errorf(geo.Forbidden, "%s does not belong to an area that you are assigned to", "%s 不属于您包联的片区，无权办理", code)
}

// receivePaper reads the two parts of the upload: kind and file, in any order.
func (s *Server) receivePaper(w http.ResponseWriter, r *http.Request) (geo.File, error) {
	var f geo.File
	r.Body = http.MaxBytesReader(w, r.Body, geo.MaxFile+64<<10)
	parts, err := r.MultipartReader()
	if err != nil {
		return f, &statusError{
			status: http.StatusUnsupportedMediaType,
			err:    geo.Errorf(geo.Invalid, "The upload must be multipart/form-data.", "上传须为 multipart/form-data。"),
		}
	}
	seen := map[string]bool{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f, uploadError(err, geo.MaxFile)
		}
		name := part.FormName()
		if seen[name] || len(seen) >= 2 {
			return f, badField(geo.Excerpt(name), "repeated", "is given twice, or there are too many parts", "重复，或分段过多")
		}
		seen[name] = true
		switch name {
		case "kind":
			text, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return f, uploadError(err, geo.MaxFile)
			}
			f.Kind = strings.TrimSpace(string(text))
		case "file":
			if err := s.keep(r.Context(), &f, part, fileName(part.FileName())); err != nil {
				return f, err
			}
		default:
			return f, badField(geo.Excerpt(name), "unknown_field", "is not a part of an upload; there are kind and file", "不是上传的分段；只有 kind 与 file")
		}
	}
	if !slices.ContainsFunc(geo.FileKinds(), func(o geo.Option) bool { return o.Code == f.Kind }) {
		return f, badField("kind", "unknown", "must be one of the kinds of files; /api/forms lists them", "须为附件类别之一；见 /api/forms")
	}
	if f.SHA256 == "" {
		return f, badField("file", "missing", "is missing", "缺少文件")
	}
	return f, nil
}

// keep stores the bytes of the part as they come.
func (s *Server) keep(ctx context.Context, f *geo.File, part io.Reader, name string) error {
	if name == "" {
		return badField("file", "missing", "has no name", "缺少文件名")
	}
	kept, err := s.cfg.Files.Put(ctx, part)
	if err != nil {
		if known := new(geo.Error); errors.As(err, &known) {
			return err
		}
		return uploadError(err, geo.MaxFile)
	}
	f.Name, f.SHA256, f.Bytes, f.MediaType = name, kept.SHA256, kept.Bytes, kept.MediaType
	return nil
}

// getFile hands out a paper: always as an attachment, never as a page.
func (s *Server) getFile(w http.ResponseWriter, r *http.Request) error {
	f, v, err := s.paper(r)
	if err != nil {
		return err
	}
	if s.cfg.Files == nil {
		return filesOff()
	}
	body, err := s.cfg.Files.Open(r.Context(), f.SHA256)
	if err != nil {
		return err
	}
	defer body.Close()
	if f.Entity == geo.HouseholdMachine {
		if err := s.note(r.Context(), v, readPaper, f.Code); err != nil {
			return err
		}
	}
	if err := extend(w, uploadTime, uploadTime); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", attachment(f.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}

// paper finds the paper that the path names, if the caller may read it.
func (s *Server) paper(r *http.Request) (geo.File, geo.Viewer, error) {
	v, err := s.viewer(r.Context())
	if err != nil {
		return geo.File{}, v, err
	}
	token, err := pathText(r, "token")
	if err != nil {
		return geo.File{}, v, err
	}
	f, err := s.cfg.Store.File(r.Context(), v, token)
	if err != nil {
		return f, v, err
	}
	_, err = readable(v, geo.CollectionOf(f.Entity))
	return f, v, err
}

// strikeRequest is the body of striking a paper out.
type strikeRequest struct {
	Reason string `json:"reason"`
}

// strikeFile strikes a paper out of the thing's file. Its bytes stay. Whose it is
// and whether it is there the store looks at, after it looked for an answer that
// was given before: asked again, the paper is gone already.
func (s *Server) strikeFile(w http.ResponseWriter, r *http.Request) error {
	role := callerOf(r.Context()).user.Role
	writes := func(c string) bool { return role.May(geo.WriteDeed(c)) }
	if !role.May(geo.StrikeOut) && !slices.ContainsFunc(thingCollections(), writes) {
		return forbidden()
	}
	token, err := pathText(r, "token")
	if err != nil {
		return err
	}
	var in strikeRequest
	body, err := readBody(w, r, maxJSON, &in)
	if err != nil {
		return err
	}
	if err := needReason(in.Reason); err != nil {
		return err
	}
	actor, err := s.actor(r, body)
	if err != nil {
		return err
	}
	event, err := s.cfg.Store.StrikeFile(r.Context(), actor, token, in.Reason)
	if err != nil {
		return err
	}
	return s.sendWritten(w, r, event, "")
}

// attachment is a Content-Disposition with the name in both forms of RFC 6266:
// the plain one for what knows no other, and the UTF-8 one of RFC 8187.
func attachment(name string) string {
	plain := strings.Map(func(c rune) rune {
		if c < 0x20 || c > 0x7e || strings.ContainsRune(`"\/%`, c) {
			return '_'
		}
		return c
	}, name)
	out := mime.FormatMediaType("attachment", map[string]string{"filename": plain})
	if out == "" {
		out = "attachment"
	}
	if plain == name {
		return out
	}
	return out + "; filename*=UTF-8''" + encodeName(name)
}

// encodeName writes a text as an ext-value of RFC 8187.
func encodeName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("!#$&+-.^_`|~", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteString(strings.ToUpper(strconv.FormatInt(int64(c)+0x100, 16)[1:]))
		}
	}
	return b.String()
}
