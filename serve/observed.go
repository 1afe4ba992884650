package serve

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gait"
	"gait/store"
)

// maxObserved bounds the observations of one session: far more than there are
// primitives.
const maxObserved = 1000

// observedIn gives the observations of a session in the order of their names,
// which is that of their positions in the change log.
func observedIn(ctx context.Context, s store.Reader, ref string) ([]gait.Observation, error) {
	p, err := s.Observations(ctx, store.ObservationQuery{PageQuery: store.PageQuery{Limit: maxObserved}, Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("read observations of a session: %w", err)
	}
	slices.SortFunc(p.Items, func(a, b gait.Observation) int { return cmp.Compare(a.Primitive, b.Primitive) })
	return p.Items, nil
}
