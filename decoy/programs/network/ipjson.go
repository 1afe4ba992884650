package network

import (
	"encoding/json"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// What "ip -json" shows; the order of the members is that of ip.
type (
	jsonLink struct {
		Index     int      `json:"ifindex"`
		Name      string   `json:"ifname"`
		Flags     []string `json:"flags"`
		MTU       int      `json:"mtu"`
		Queue     string   `json:"qdisc"`
		State     string   `json:"operstate"`
		Mode      string   `json:"linkmode,omitempty"`
		Group     string   `json:"group"`
		Length    int      `json:"txqlen"`
		Kind      string   `json:"link_type,omitempty"`
		Address   string   `json:"address,omitempty"`
		Broadcast string   `json:"broadcast,omitempty"`

		Addresses *[]jsonAddress `json:"addr_info,omitempty"`
	}
	jsonAddress struct {
		Family    string `json:"family"`
		Local     string `json:"local"`
		Length    int    `json:"prefixlen"`
		Broadcast string `json:"broadcast,omitempty"`
		Scope     string `json:"scope"`
		Label     string `json:"label,omitempty"`
		Valid     uint32 `json:"valid_life_time"`
		Preferred uint32 `json:"preferred_life_time"`
	}
	jsonRoute struct {
		To       string   `json:"dst"`
		Gateway  string   `json:"gateway,omitempty"`
		Device   string   `json:"dev"`
		Protocol string   `json:"protocol,omitempty"`
		Scope    string   `json:"scope,omitempty"`
		Source   string   `json:"prefsrc,omitempty"`
		Flags    []string `json:"flags"`
	}
	jsonNeighbor struct {
		To     string   `json:"dst"`
		Device string   `json:"dev"`
		MAC    string   `json:"lladdr"`
		State  []string `json:"state"`
	}
)

// asJSON writes a value as ip -json does, or ip -json -pretty.
func (o ipOptions) asJSON(p *proc.Process, v any) int {
	text, err := json.Marshal(v)
	if o.pretty {
		text, err = json.MarshalIndent(v, "", "    ")
	}
	if err != nil {
		return 1
	}
	p.Println(string(text))
	return 0
}

// jsonInterfaces shows interfaces as JSON; name is empty for all.
func (o ipOptions) jsonInterfaces(p *proc.Process, name string, addresses bool) int {
	list := []jsonLink{}
	for i, x := range p.World.Interfaces() {
		if name != "" && name != x.Name {
			continue
		}
		l := jsonLink{Index: i + 1, Name: x.Name, Flags: strings.Split(strings.Trim(flags(x), "<>"), ","), MTU: x.MTU, Queue: queue(x), State: "UP", Group: "default", Length: 1000, Kind: "ether", Address: x.MAC, Broadcast: "ff:ff:ff:ff:ff:ff"}
		if x.Loopback {
			l.State, l.Kind, l.Broadcast = "UNKNOWN", "loopback", x.MAC
		}
		if !addresses {
			l.Mode = "DEFAULT"
			list = append(list, l)
			continue
		}
		if o.four || o.six {
			l.Kind, l.Address, l.Broadcast = "", "", ""
		}
		of := []jsonAddress{}
		add := func(text string, a jsonAddress) {
			local, bits, _ := strings.Cut(text, "/")
			n, err := strconv.Atoi(bits)
			if err != nil {
				return
			}
			a.Local, a.Length, a.Valid, a.Preferred = local, n, 1<<32-1, 1<<32-1
			of = append(of, a)
		}
		if !o.six {
			a := jsonAddress{Family: "inet", Broadcast: broadcast(x.Address), Scope: scope(x), Label: x.Name}
			if x.Loopback {
				a.Broadcast = ""
			}
			add(x.Address, a)
		}
		if !o.four {
			add(x.Six, jsonAddress{Family: "inet6", Scope: sixScope(x)})
		}
		l.Addresses = &of
		list = append(list, l)
	}
	return o.asJSON(p, list)
}

// jsonRoutes shows routes as JSON.
func (o ipOptions) jsonRoutes(p *proc.Process, list []kernelRoute) int {
	out := []jsonRoute{}
	for _, r := range list {
		j := jsonRoute{To: r.to, Gateway: strings.TrimSpace(strings.TrimPrefix(r.via, "via ")), Device: r.dev, Flags: []string{}}
		f := strings.Fields(r.rest)
		for i, word := range f {
			switch {
			case word == "onlink":
				j.Flags = append(j.Flags, word)
			case i+1 == len(f):
			case word == "proto":
				j.Protocol = f[i+1]
			case word == "scope":
				j.Scope = f[i+1]
			case word == "src":
				j.Source = f[i+1]
			}
		}
		out = append(out, j)
	}
	return o.asJSON(p, out)
}

// jsonNeighbors shows who is in the network as JSON.
func (o ipOptions) jsonNeighbors(p *proc.Process) int {
	list := []jsonNeighbor{}
	for _, n := range p.World.Neighbors() {
		if !o.six {
			list = append(list, jsonNeighbor{n.Address, n.Interface, n.MAC, []string{"REACHABLE"}})
		}
	}
	return o.asJSON(p, list)
}
