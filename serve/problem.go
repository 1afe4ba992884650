package serve

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gait/recording"
	"gait/store"
)

// retryLater is what Retry-After says where something is busy or away, in seconds.
const retryLater = "2"

// problem maps an error of the store or of a recording to what is answered.
// What is said of an error that nobody expected goes to the log alone.
func (s *Server) problem(ctx context.Context, doing string, err error) error {
	var readable *recording.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("there is nothing by that name in the store")
	case errors.Is(err, store.ErrCursor):
		return huma.Error400BadRequest("the cursor is none that this list gave: begin at the first page")
	case ctx.Err() != nil:
		return huma.NewError(499, "the client went away")
	case store.Later(err):
		s.log.Warn("answer put off", "doing", doing, "err", err)
		return huma.ErrorWithHeaders(huma.Error503ServiceUnavailable("the store is busy or away: try again"), http.Header{"Retry-After": {retryLater}})
	case errors.Is(err, recording.ErrNoSession), errors.Is(err, fs.ErrNotExist):
		return huma.Error404NotFound("the recording is no longer where it was: " + doing)
	case errors.Is(err, recording.ErrOutside):
		return huma.Error403Forbidden("the recording lies outside the folders that are watched")
	case errors.Is(err, fs.ErrPermission):
		return huma.Error403Forbidden("gait may not read the recording: see gait doctor")
	case errors.As(err, &readable):
		return huma.Error422UnprocessableEntity("the recording cannot be read: " + readable.What)
	}
	s.log.Error("request failed", "doing", doing, "err", err)
	return huma.Error500InternalServerError("something went wrong; the log says what")
}

// writeProblem answers with problem details outside of an operation.
func writeProblem(w http.ResponseWriter, status int, detail string) {
	body, _ := json.Marshal(&huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail})
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
