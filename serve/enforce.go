package serve

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// enforce lets an operation be used by those who may, as the table says.
func (s *Server) enforce(ctx huma.Context, next func(huma.Context)) {
	need := roles[ctx.Operation().OperationID]
	r, _ := humago.Unwrap(ctx)
	who, err := s.identify(r)
	switch {
	case need == nobody:
		huma.WriteErr(s.api, ctx, http.StatusForbidden, "nobody may do this")
	case need == anyone:
		next(huma.WithContext(ctx, withIdentity(ctx.Context(), who, r)))
	case errors.Is(err, errTooOften):
		ctx.SetHeader("Retry-After", "60")
		huma.WriteErr(s.api, ctx, http.StatusTooManyRequests, "too many tokens that are not known, from this address")
	case errors.Is(err, errNoToken), errors.Is(err, errBadToken):
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="gait"`)
		huma.WriteErr(s.api, ctx, http.StatusUnauthorized, err.Error()+": log in by the link that gait login prints, or send a token of gait token create as a bearer")
	case err != nil:
		s.writeErr(ctx, s.problem(ctx.Context(), "look up a token", err))
	case who.Role < need:
		huma.WriteErr(s.api, ctx, http.StatusForbidden, "this needs the role "+need.String())
	default:
		next(huma.WithContext(ctx, withIdentity(ctx.Context(), who, r)))
	}
}

// errTooOften says that a client has shown too many tokens that are none.
var errTooOften = errors.New("too many unknown tokens")

// identify finds out who asks, and counts tokens that are none.
func (s *Server) identify(r *http.Request) (identity, error) {
	secret, byCookie := secretOf(r, s.cookieName(r))
	client := s.proxies.client(r)
	if secret != "" && s.guesses.empty(client) {
		return identity{}, errTooOften
	}
	who, err := s.door.who(r.Context(), secret, byCookie)
	if errors.Is(err, errBadToken) && !byCookie {
		s.guesses.take(client)
	}
	return who, err
}

// writeErr answers an operation with an error that [Server.problem] made.
func (s *Server) writeErr(ctx huma.Context, err error) {
	var headers huma.HeadersError
	if errors.As(err, &headers) {
		for name, values := range headers.GetHeaders() {
			for _, v := range values {
				ctx.SetHeader(name, v)
			}
		}
	}
	status := http.StatusInternalServerError
	var with huma.StatusError
	if errors.As(err, &with) {
		status = with.GetStatus()
	}
	huma.WriteErr(s.api, ctx, status, err.Error())
}
