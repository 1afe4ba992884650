package serve

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/assess/attribution"
)

// attributed is what is concluded of an attacker from all of its sessions.
type attributed struct {
	Attacker  string     `json:"attacker_uuid"`
	Identity  string     `json:"identity_ref" doc:"The identity that the attacker belongs to: its own UUID until it is merged with others"`
	Attackers []string   `json:"attacker_uuids" nullable:"false" doc:"All attackers of the identity"`
	States    []standing `json:"states" nullable:"false" doc:"By name: of primitives, gait.operator (who is at the keys) among them, and of the software that the sessions came with, client.hassh and client.version. What is not in it is unknown"`
	Suspected *suspected `json:"suspected,omitempty" doc:"Set where several people are suspected behind the identity"`
}

// suspected is why several people are suspected behind an identity.
type suspected struct {
	Since   *time.Time `json:"since,omitempty" doc:"When it was concluded first"`
	By      []string   `json:"by" nullable:"false" doc:"In what two groups of sessions differ: typing, hassh, client_version"`
	Reasons reasons    `json:"reasons" doc:"What led to it, in words"`
}

// standing is the state of one primitive of an identity, or of a series of its
// clients.
type standing struct {
	Primitive    string     `json:"primitive" doc:"Name of a primitive, or client.hassh (fingerprint of the client's key exchange) or client.version (what the client calls itself, cut at 256 bytes), which are no observations but what the recordings say of their sessions"`
	State        string     `json:"state" enum:"stable,drifting,conflicted,multi_actor"`
	Value        string     `json:"value,omitempty" doc:"What is shown as the present value. That of client.version is text of the visitor's choice"`
	Confidence   float64    `json:"confidence" minimum:"0" maximum:"1"`
	Rules        int        `json:"rules" doc:"Number of the rule whose observations count"`
	Observations int        `json:"observations" doc:"How many of the newest observations it rests on; of client.hassh and client.version the sessions in the 24 hours before the last one that tells of it, at most 4,096"`
	Since        *time.Time `json:"since,omitempty" doc:"When it was concluded first"`
	Reasons      reasons    `json:"reasons" doc:"What led to it, in words"`
}

// reasons are a list of sentences, as they are stored.
type reasons json.RawMessage

// MarshalJSON gives them as they are.
func (r reasons) MarshalJSON() ([]byte, error) {
	if len(r) == 0 {
		return []byte("[]"), nil
	}
	return r, nil
}

// Schema describes them.
func (reasons) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[[]string](), false, "Reasons")
}

func (s *Server) attributionRoutes() {
	add(s, get("attacker-attribution", "/attackers/{uuid}/attribution", "attackers", "What is concluded of an attacker from all sessions").
		says("For each primitive, and for the client that the sessions came with, whether it is stable, drifting, conflicted or shows several actors, and why, and whether several people are suspected behind it. It follows the sessions within a moment; "+
			"a store with the reference's reading has none."), s.attribution)
}

func (s *Server) attribution(ctx context.Context, in *OfAttacker) (*one[attributed], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	x, err := s.opt.Store.Identity(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, "read an attacker's identity", err)
	}
	out := attributed{Attacker: id, Identity: x.Name, Attackers: x.Attackers, States: make([]standing, 0, len(x.Standings))}
	for _, y := range x.Standings {
		if y.Primitive == attribution.SubjectSuspected {
			out.Suspected = &suspected{Since: when(y.Since), By: strings.Fields(y.Value), Reasons: reasons(y.Reasons)}
			continue
		}
		out.States = append(out.States, standing{
			Primitive: y.Primitive, State: y.State, Value: y.Value, Confidence: y.Confidence, Rules: y.Rules,
			Observations: y.Observations, Since: when(y.Since), Reasons: reasons(y.Reasons),
		})
	}
	return &one[attributed]{out}, nil
}
