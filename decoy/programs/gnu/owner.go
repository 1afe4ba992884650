package gnu

import (
	"strconv"

	"gait/decoy/machine"
	"gait/decoy/vfs"
)

// Owners gives the names of users and groups, and remembers them.
type Owners struct {
	w      *machine.World
	users  map[int]string
	groups map[int]string
}

// NewOwners makes names of what a machine knows.
func NewOwners(w *machine.World) *Owners {
	return &Owners{w, map[int]string{}, map[int]string{}}
}

// User gives the name of a user; ok is false where there is none and it is the
// number.
func (o *Owners) User(uid int) (name string, ok bool) {
	name, known := o.users[uid]
	if !known {
		if a, ok := o.w.AccountByUID(uid); ok {
			name = a.Name
		}
		o.users[uid] = name
	}
	if name == "" {
		return strconv.Itoa(uid), false
	}
	return name, true
}

// Group gives the name of a group, as User does.
func (o *Owners) Group(gid int) (name string, ok bool) {
	name, known := o.groups[gid]
	if !known {
		name = o.w.GroupName(gid)
		o.groups[gid] = name
	}
	if name == "" {
		return strconv.Itoa(gid), false
	}
	return name, name != strconv.Itoa(gid)
}

// Blocks gives how many blocks of 512 bytes a file takes on the disk.
func Blocks(i vfs.Info) int64 {
	switch i.Kind() {
	case vfs.Regular:
		return (i.Size() + 4095) / 4096 * 8
	case vfs.Directory:
		return i.Size() / 4096 * 8
	case vfs.Link:
		if i.Size() >= 60 {
			return 8
		}
	}
	return 0
}
