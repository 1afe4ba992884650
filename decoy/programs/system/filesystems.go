package system

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// utilLinux is what a program of util-linux says of its version.
const utilLinux = " from util-linux 2.38.1"

// e2fsprogs is what the programs of e2fsprogs begin with.
const e2fsprogs = " 1.47.0 (5-Feb-2023)"

// lastOperand gives the last argument that is no option; empty for none.
func lastOperand(p *proc.Process) (name string) {
	for _, a := range p.Args[1:] {
		if !strings.HasPrefix(a, "-") {
			name = a
		}
	}
	return name
}

// versioned answers -V and --version of a program of util-linux.
func versioned(p *proc.Process) bool {
	for _, a := range p.Args[1:] {
		if a == "-V" || a == "--version" {
			p.Println(p.Name() + utilLinux)
			return true
		}
	}
	return false
}

// inUse says whether the machine runs from a device: the disk, or one of its
// partitions.
func inUse(p *proc.Process, name string) bool {
	real, err := p.FS.Real(name)
	if err != nil {
		return false
	}
	return real == "/dev/"+p.World.Hardware.Disk || slices.ContainsFunc(p.World.Partitions(), func(q machine.Partition) bool { return real == "/dev/"+q.Name })
}

const mke2fsUsage = `Usage: mke2fs [-c|-l filename] [-b block-size] [-C cluster-size]
	[-i bytes-per-inode] [-I inode-size] [-J journal-options]
	[-G flex-group-size] [-N number-of-inodes] [-d root-directory]
	[-m reserved-blocks-percentage] [-o creator-os]
	[-g blocks-per-group] [-L volume-label] [-M last-mounted-directory]
	[-O feature[,...]] [-r fs-revision] [-E extended-option[,...]]
	[-t fs-type] [-T usage-type ] [-U UUID] [-e errors_behavior][-z undo_file]
	[-jnqvDFSV] device [blocks-count]
`

// runMke2fs is mke2fs under all of its names: there is nothing on the machine
// that it could make a file system on.
func runMke2fs(p *proc.Process) int {
	name := lastOperand(p)
	if name == "" {
		fmt.Fprint(p.Err, strings.Replace(mke2fsUsage, "mke2fs", p.Name(), 1))
		return 1
	}
	fmt.Fprintln(p.Err, "mke2fs"+e2fsprogs)
	i, err := p.FS.Stat(name)
	switch {
	case err != nil:
		fmt.Fprintf(p.Err, "The file %s does not exist and no size was specified.\n", name)
	case p.FS.Access(name, 2) != nil:
		fmt.Fprintf(p.Err, "Could not open %s: Permission denied\n", name)
	case inUse(p, name):
		fmt.Fprintf(p.Err, "%s is apparently in use by the system; will not make a filesystem here!\n", name)
	case i.Kind() == vfs.Regular:
		fmt.Fprintf(p.Err, "%s: Not enough space to build proposed filesystem while setting up superblock\n", name)
	default:
		fmt.Fprintf(p.Err, "%s: Device size reported to be zero.  Invalid partition specified, or\n\tpartition table wasn't reread after running fdisk, due to\n\ta modified partition being busy and in use.  You may need to reboot\n\tto re-read your partition table.\n\n", p.Name())
	}
	return 1
}

// runMkfs is mkfs, which calls the program of a kind of file system.
func runMkfs(p *proc.Process) int {
	kind, args := "ext2", []string{}
	for i := 1; i < len(p.Args); i++ {
		a := p.Args[i]
		switch {
		case a == "-V" || a == "--version":
			p.Println("mkfs" + utilLinux)
			return 0
		case a == "-t" && i+1 < len(p.Args):
			i++
			kind = p.Args[i]
		case strings.HasPrefix(a, "--type="):
			kind = a[len("--type="):]
		default:
			args = append(args, a)
		}
	}
	if len(args) == 0 {
		return try(p, 1, "no device specified")
	}
	code, found, err := p.Shell.Exec(p, append([]string{"mkfs." + kind}, args...))
	if !found || err != nil {
		p.Complain("failed to execute mkfs.%s: No such file or directory", kind)
		return 1
	}
	return code
}

// runMkswap finds nothing that it could make swap space of but files.
func runMkswap(p *proc.Process) int {
	name := lastOperand(p)
	if versioned(p) {
		return 0
	}
	i, err := p.FS.Stat(name)
	switch {
	case name == "":
		return try(p, 1, "error: Nowhere to set up swap on?")
	case err != nil || p.FS.Access(name, 2) != nil:
		return p.Complain("cannot open %s: %s", name, reason(err))
	case inUse(p, name):
		return p.Complain("error: %s is mounted; will not make swapspace", name)
	case i.Kind() != vfs.Regular || i.Size() < 40<<10:
		return p.Complain("error: swap area needs to be at least 40 KiB")
	}
	if i.Mode&0o077 != 0 {
		p.Complain("%s: insecure permissions %04o, fix with: chmod 0600 %s", name, i.Mode&0o7777, name)
	}
	size := i.Size()/4096*4096 - 4096
	words := gnu.Brief(size)
	p.Printf("Setting up swapspace version 1, size = %s %siB (%d bytes)\nno label, UUID=%08x-%04x-4%03x-a%03x-%012x\n", words[:len(words)-1], words[len(words)-1:], size,
		rand.Uint32(), rand.IntN(1<<16), rand.IntN(1<<12), rand.IntN(1<<12), rand.Int64N(1<<48))
	return 0
}

// reason words why a file cannot be opened; nil stands for want of permission.
func reason(err error) string {
	if err == nil {
		return "Permission denied"
	}
	return proc.Text(err)
}

const e2fsckUsage = `Usage: e2fsck [-panyrcdfktvDFV] [-b superblock] [-B blocksize]
		[-l|-L bad_blocks_file] [-C fd] [-j external_journal]
		[-E extended-options] [-z undo_file] device

Emergency help:
 -p                   Automatic repair (no questions)
 -n                   Make no changes to the filesystem
 -y                   Assume "yes" to all questions
 -c                   Check for bad blocks and add them to the badblock list
 -f                   Force checking even if filesystem is marked clean
 -v                   Be verbose
 -b superblock        Use alternative superblock
 -B blocksize         Force blocksize when looking for superblock
 -j external_journal  Set location of the external journal
 -l bad_blocks_file   Add to badblocks list
 -L bad_blocks_file   Set badblocks list
 -z undo_file         Create an undo file
`

// runFsck is fsck and e2fsck under all of their names: the file systems of the
// machine are mounted.
func runFsck(p *proc.Process) int {
	name, whole := lastOperand(p), p.Name() == "fsck"
	if whole {
		p.Println("fsck" + utilLinux)
		if name == "" {
			name = "/dev/" + rootDevice(p)
		}
	}
	if name == "" {
		fmt.Fprint(p.Err, strings.Replace(e2fsckUsage, "e2fsck", p.Name(), 1))
		return 16
	}
	own := map[bool]string{true: "fsck.ext4", false: p.Name()}[whole]
	fmt.Fprintln(p.Err, "e2fsck"+e2fsprogs)
	_, err := p.FS.Stat(name)
	switch {
	case err != nil:
		p.Printf("%s: No such file or directory while trying to open %s\nPossibly non-existent device?\n", own, name)
		return 8
	case p.FS.Access(name, 2) != nil:
		p.Printf("%s: Permission denied while trying to open %s\nYou must have r/w access to the filesystem or be root\n", own, name)
		return 8
	case inUse(p, name):
		p.Printf("%s is mounted.\n", name)
		fmt.Fprint(p.Err, "e2fsck: Cannot continue, aborting.\n\n\n")
		return 8
	}
	p.Printf("ext2fs_open2: Bad magic number in super-block\n%s: Superblock invalid, trying backup blocks...\n%s: Bad magic number in super-block while trying to open %s\n\n", own, own, name)
	return 8
}

// rootDevice gives the partition that / is on.
func rootDevice(p *proc.Process) string {
	for _, q := range p.World.Partitions() {
		if q.Use == "/" {
			return q.Name
		}
	}
	return p.World.Hardware.Disk
}
