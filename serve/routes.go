package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// register adds all operations.
func (s *Server) register() {
	s.attackerRoutes()
	s.attributionRoutes()
	s.rhythmRoutes()
	s.linkRoutes()
	s.sessionRoutes()
	s.explainRoutes()
	s.historyRoutes()
	s.recordingRoutes()
	s.commandRoutes()
	s.markRoutes()
	s.reasonRoutes()
	s.observationRoutes()
	s.primitiveRoutes()
	s.parkedRoutes()
	s.countRoutes()
	s.healthRoutes()
	s.loginRoutes()
	s.eventRoutes()
	s.openAPIRoutes()
}

// route is how an operation is found and described.
type route struct {
	id, method, path string
	tag, summary     string
	more             string // description
	status           int    // 0 for 200
}

func get(id, path, tag, summary string) route {
	return route{id: id, method: http.MethodGet, path: path, tag: tag, summary: summary}
}

func post(id, path, tag, summary string) route {
	return route{id: id, method: http.MethodPost, path: path, tag: tag, summary: summary}
}

// says adds a description.
func (r route) says(more string) route {
	r.more = more
	return r
}

// operation describes a route for OpenAPI, with its role.
func (r route) operation() huma.Operation {
	need := roles[r.id]
	o := huma.Operation{
		OperationID: r.id, Method: r.method, Path: r.path, Tags: []string{r.tag}, Summary: r.summary, Description: r.more,
		DefaultStatus: r.status, MaxBodyBytes: maxBody,
		Errors: []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}
	o.Extensions = map[string]any{"x-role": need.String()}
	if need > anyone {
		o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusForbidden)
		o.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	}
	if strings.Contains(r.path, "{") {
		o.Errors = append(o.Errors, http.StatusNotFound)
	}
	slices.Sort(o.Errors)
	return o
}

// add registers an operation.
func add[I, O any](s *Server, r route, f func(context.Context, *I) (*O, error)) {
	huma.Register(s.api, r.operation(), f)
}

// document adds what a stream answers to its description, which cannot be
// derived from its type.
func (s *Server) document(r route, contentType, what string) {
	item := s.api.OpenAPI().Paths[r.path]
	op := item.Get
	if r.method == http.MethodPost {
		op = item.Post
	}
	op.Responses["200"] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{
		contentType: {Schema: &huma.Schema{Type: huma.TypeString}},
	}}
}

// refuseMethods answers the paths of the API where they are asked by another
// method than they have.
func (s *Server) refuseMethods(mux *http.ServeMux) {
	for path, item := range s.api.OpenAPI().Paths {
		allow := "GET, HEAD"
		if item.Get == nil {
			allow = http.MethodPost
		} else if item.Post != nil {
			allow += ", POST"
		}
		mux.HandleFunc(basePath+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", allow)
			writeProblem(w, http.StatusMethodNotAllowed, "this is asked by "+allow)
		})
	}
}

// openAPIRoutes serve the description of all this.
func (s *Server) openAPIRoutes() {
	asJSON := get("openapi-json", "/openapi.json", "system", "This description, as JSON")
	add(s, asJSON, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return described("application/openapi+json", func() ([]byte, error) { return s.OpenAPI(), nil }), nil
	})
	s.document(asJSON, "application/openapi+json", "OpenAPI 3.1")
	asYAML := get("openapi-yaml", "/openapi.yaml", "system", "This description, as YAML")
	add(s, asYAML, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return described("application/openapi+yaml", s.api.OpenAPI().YAML), nil
	})
	s.document(asYAML, "application/openapi+yaml", "OpenAPI 3.1")
}

func described(contentType string, text func() ([]byte, error)) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		b, err := text()
		if err != nil {
			panic(err) // it is made of our own types alone
		}
		ctx.SetHeader("Content-Type", contentType)
		ctx.BodyWriter().Write(b)
	}}
}
