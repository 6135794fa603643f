package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"tengdi/geo"
)

// SecondFactorStore keeps what the second factor needs.
type SecondFactorStore interface {
	BeginTOTP(ctx context.Context, login, secret string) error
	ConfirmTOTP(ctx context.Context, actor geo.Actor, login, secret string, step int64, recovery []string) error
	EndTOTP(ctx context.Context, actor geo.Actor, login string, seen int) error
	TakeStep(ctx context.Context, login, secret string, step int64) (bool, error)
	TakeRecovery(ctx context.Context, actor geo.Actor, login, hash string) (bool, error)
}

// Codes by time as RFC 6238 has them by default, which every authenticator app
// knows: SHA-1, 6 digits, steps of 30 s; the step before and the one after the
// present one are taken, too, as phones are late or early.
const (
	totpStep   = 30 * time.Second
	totpAround = 1
	qrPixels   = 240
)

// stepOf finds the time step whose code this is; false when it is none of those
// that hold now.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	at := now.Unix() / int64(totpStep/time.Second)
	opts := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	var found int64
	ok := false
	for step := at - totpAround; step <= at+totpAround; step++ {
		// All are compared, so that the time tells nothing.
		if good, err := hotp.ValidateCustom(code, uint64(step), secret, opts); err == nil && good {
			found, ok = step, true
		}
	}
	return found, ok
}

// plainCode takes out what people put between the digits.
func plainCode(s string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '-' {
			return -1
		}
		return c
	}, s)
}

// newRecovery makes recovery codes of 80 bits, as four groups of four, and their
// hashes. With so many bits one pass of SHA-256 keeps them.
func newRecovery(login string) (codes, hashes []string) {
	for range geo.RecoveryCodes {
		c := strings.ToLower(rand.Text()[:16])
		codes = append(codes, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
		hashes = append(hashes, recoveryHash(login, c))
	}
	return codes, hashes
}

func recoveryHash(login, code string) string {
	sum := sha256.Sum256([]byte(login + "\x00" + strings.ToLower(plainCode(code))))
	return hex.EncodeToString(sum[:])
}

// secondStep is what the second factor is answered with: one of the two.
type secondStep struct {
	Code     string `json:"code"`
	Recovery string `json:"recovery"`
}

// prove makes one try at the second factor of an account that has one.
func (s *Server) prove(r *http.Request, u geo.User, given secondStep) error {
	if (given.Code == "") == (given.Recovery == "") || len(given.Code)+len(given.Recovery) > 64 {
		return badField("code", "missing", "give the code of the app, or else a recovery code as recovery", "请提供动态验证码，或以 recovery 提供恢复码")
	}
	device, err := s.knownDevice(r, u.Login)
	if err != nil {
		return err
	}
	return s.logins.checkCode(s.clientKey(r), device, u.Login, func() (bool, error) {
		if given.Recovery != "" {
			return s.cfg.Store.TakeRecovery(r.Context(), accountActor(u), u.Login, recoveryHash(u.Login, given.Recovery))
		}
		step, ok := stepOf(u.TOTPSecret, plainCode(given.Code), s.now())
		if !ok {
			return false, nil
		}
		return s.cfg.Store.TakeStep(r.Context(), u.Login, u.TOTPSecret, step)
	})
}

// accountActor is somebody who changes an account in the browser.
func accountActor(u geo.User) geo.Actor {
	return geo.Actor{Login: u.Login, Role: u.Role, Source: geo.FromUI}
}

// postSessionTOTP is the second step of a sign-in: the code, or a recovery code.
func (s *Server) postSessionTOTP(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r.Context())
	if c.need != needCode {
		return notSignedIn("Give login and password first.", "请先输入用户名和密码。")
	}
	var in secondStep
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if err := s.prove(r, c.user, in); err != nil {
		return err
	}
	return s.complete(w, r, c.user, passed{second: true})
}

func notSignedIn(en, zh string) error { return &geo.Error{Kind: geo.Unauthorized, En: en, Zh: zh} }

// enroller is the caller if it may begin a second factor: somebody signed in, or
// somebody who lacks nothing but that.
func enroller(r *http.Request) (geo.User, error) {
	c := callerOf(r.Context())
	if c.audience == geo.Staff || c.need == needEnrol {
		return c.user, nil
	}
	return geo.User{}, notSignedIn("Please sign in.", "请先登录。")
}

// totpAnswer is a second factor that was begun, for an authenticator app.
type totpAnswer struct {
	Secret string `json:"secret"` // base32
	URL    string `json:"url"`    // otpauth:
	QR     string `json:"qr"`     // the address as a picture, PNG in a data: URL
}

// postTOTP begins a second factor: a secret that is not asked for until a code
// of it was shown.
func (s *Server) postTOTP(w http.ResponseWriter, r *http.Request) error {
	u, err := enroller(r)
	if err != nil {
		return err
	}
	if u.Hash == "" {
		return geo.Errorf(geo.Conflict, "This account signs on at the identity provider, which asks for second factors itself.", "此账号通过统一身份认证登录，双重验证由认证方负责。")
	}
	d, err := s.district.get(r.Context())
	if err != nil {
		return err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "腾地 " + d.Name, AccountName: u.Login})
	if err != nil {
		return fmt.Errorf("make a second factor: %w", err)
	}
	if err := s.cfg.Store.BeginTOTP(r.Context(), u.Login, key.Secret()); err != nil {
		return err
	}
	picture, err := key.Image(qrPixels, qrPixels)
	if err != nil {
		return fmt.Errorf("draw a QR code: %w", err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture); err != nil {
		return fmt.Errorf("draw a QR code: %w", err)
	}
	return sendSecret(w, r, totpAnswer{
		Secret: key.Secret(), URL: key.URL(),
		QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(buf.Bytes()),
	})
}

type codeRequest struct {
	Code string `json:"code"`
}

// recoveryAnswer are the recovery codes, told once.
type recoveryAnswer struct {
	Recovery []string `json:"recovery"`
}

// putTOTP confirms a second factor with its first code. The recovery codes are
// told this once.
func (s *Server) putTOTP(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r.Context())
	if _, err := enroller(r); err != nil {
		return err
	}
	var in codeRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	u, err := s.cfg.Store.User(r.Context(), c.user.Login) // the caller may be a second old
	if err != nil {
		return err
	}
	if u.TOTPSecret == "" || !u.TOTPOn.IsZero() {
		return geo.Errorf(geo.Conflict, "No second factor was begun.", "尚未开始设置双重验证，或已启用。")
	}
	codes, hashes := newRecovery(u.Login)
	device, err := s.knownDevice(r, u.Login)
	if err != nil {
		return err
	}
	err = s.logins.checkCode(s.clientKey(r), device, u.Login, func() (bool, error) {
		step, ok := stepOf(u.TOTPSecret, plainCode(in.Code), s.now())
		if !ok {
			return false, nil
		}
		return true, s.cfg.Store.ConfirmTOTP(r.Context(), accountActor(u), u.Login, u.TOTPSecret, step, hashes)
	})
	if kindOf(err) == geo.Unauthorized {
		return badField("code", "wrong", "is not the code of this moment; look again, and at the phone's clock", "不是此刻的验证码；请再看一次，并检查手机时间")
	}
	if err != nil {
		return err
	}
	if u, err = s.cfg.Store.User(r.Context(), u.Login); err != nil {
		return err
	}
	how := passed{second: true, provider: c.provider}
	if err := s.sessions.begin(w, r, u, how); err != nil {
		return err
	}
	if err := s.rememberDevice(w, r, u.Login); err != nil {
		return err
	}
	return sendSecret(w, r, recoveryAnswer{codes})
}

// endTOTPRequest shows the password, and a code or a recovery code.
type endTOTPRequest struct {
	Password string `json:"password"`
	Code     string `json:"code"`
	Recovery string `json:"recovery"`
}

// deleteTOTP ends one's own second factor, by password and code. Who must have
// one can do nothing else then but begin another.
func (s *Server) deleteTOTP(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r.Context())
	var in endTOTPRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	u, err := s.ownPassword(r, c.user, in.Password, "password")
	if err != nil {
		return err
	}
	if u.TOTPOn.IsZero() {
		return geo.Errorf(geo.Conflict, "This account has no second factor.", "此账号未启用双重验证。")
	}
	if err := s.prove(r, u, secondStep{Code: in.Code, Recovery: in.Recovery}); err != nil {
		if kindOf(err) == geo.Unauthorized {
			return badField("code", "wrong", "is wrong or was used already", "不正确或已使用过")
		}
		return err
	}
	if err := s.cfg.Store.EndTOTP(r.Context(), accountActor(u), u.Login, 0); err != nil {
		return err
	}
	s.sessions.known.forget(c.session)
	w.Header().Set("Cache-Control", "private, no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// sendSecret answers with what must be kept nowhere.
func sendSecret(w http.ResponseWriter, r *http.Request, v any) error {
	w.Header().Set("Cache-Control", "private, no-store")
	return sendJSON(w, r, v)
}
