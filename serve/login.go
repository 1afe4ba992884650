package serve

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/store"
)

func (s *Server) loginRoutes() {
	add(s, post("login", "/login", "access", "Exchange the token of a login link for a cookie").
		says("The token works once, within ten minutes. `gait login` prints a link."), s.login)
	out := post("logout", "/logout", "access", "End the session of the cookie")
	out.status = http.StatusNoContent
	add(s, out, s.logout)
}

type loginInput struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"256" doc:"What stands behind #token= in the link"`
	}
}

type loginOutput struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   me
}

func (s *Server) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	r := requestOf(ctx)
	cookie, who, err := s.letIn(r, in.Body.Token)
	if err != nil {
		return nil, s.loginProblem(ctx, err)
	}
	return &loginOutput{Cookie: *cookie, Body: me{who.Name, who.Role, when(who.Expires)}}, nil
}

// loginProblem says why somebody was not let in.
func (s *Server) loginProblem(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, errTooOften):
		return huma.ErrorWithHeaders(huma.Error429TooManyRequests("too many attempts to log in from this address"), http.Header{"Retry-After": {"60"}})
	case errors.Is(err, errBadToken):
		return huma.Error401Unauthorized("this link has been used, has expired, or never was one: gait login prints another")
	}
	return s.problem(ctx, "log in", err)
}

// letIn exchanges the token of a login link for the token of a session, and
// gives the cookie that holds it.
func (s *Server) letIn(r *http.Request, secret string) (*http.Cookie, store.Token, error) {
	if !s.logins.take(s.proxies.client(r)) {
		return nil, store.Token{}, errTooOften
	}
	ctx, hash, now := r.Context(), Hash(secret), time.Now()
	// A token of another use must not be taken, only looked at.
	t, err := s.opt.Store.TokenByHash(ctx, hash, now)
	if err == nil && t.Use != store.UseLogin {
		err = store.ErrNotFound
	}
	if err == nil {
		t, err = s.opt.Store.TakeToken(ctx, hash, now)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, store.Token{}, errBadToken
	}
	if err != nil {
		return nil, store.Token{}, err
	}
	secret = newSecret(sessionPrefix)
	hash = Hash(secret)
	who := store.Token{
		Name: "browser-" + hex.EncodeToString(hash[:8]), Role: t.Role, Use: store.UseSession, Hash: hash, Created: now, Expires: now.Add(sessionLasts),
	}
	if err := s.opt.Store.AddToken(ctx, who); err != nil {
		return nil, store.Token{}, err
	}
	s.log.Info("logged in", "as", who.Name, "role", who.Role, "from", s.proxies.client(r))
	return s.cookie(r, secret, sessionLasts), who, nil
}

// cookieName is the name of our cookie. Cookies do not know ports: the name
// tells several of us on one machine apart. Under TLS it is one that only this
// very host can have set.
func (s *Server) cookieName(r *http.Request) string {
	name := "gait_" + s.hosts.port
	if s.secure(r) {
		name = "__Host-" + name
	}
	return name
}

func (s *Server) cookie(r *http.Request, value string, lasts time.Duration) *http.Cookie {
	c := &http.Cookie{
		Name: s.cookieName(r), Value: value, Path: "/", MaxAge: int(lasts.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure(r),
	}
	if lasts <= 0 {
		c.MaxAge = -1
	}
	return c
}

type logoutOutput struct {
	Cookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	cookie, err := s.letOut(requestOf(ctx))
	if err != nil {
		return nil, s.problem(ctx, "log out", err)
	}
	return &logoutOutput{*cookie}, nil
}

// letOut ends the session of a request's cookie, and gives the cookie that
// takes it away.
func (s *Server) letOut(r *http.Request) (*http.Cookie, error) {
	if c, err := r.Cookie(s.cookieName(r)); err == nil {
		who, err := s.door.who(r.Context(), c.Value, true)
		switch {
		case err == nil:
			if err := s.opt.Store.RevokeToken(r.Context(), who.Name); err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			s.door.forget(who.Hash)
		case !errors.Is(err, errBadToken) && !errors.Is(err, errNoToken):
			return nil, err
		}
	}
	return s.cookie(r, "", 0), nil
}
