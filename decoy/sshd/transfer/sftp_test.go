package transfer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"gait/decoy/vfs"
)

// connect serves a tree to a client of the library.
func connect(t *testing.T, f *vfs.FS, k kept, uploaded func(Upload)) *sftp.Client {
	t.Helper()
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- SFTP(context.Background(), Streams{In: fromClient, Out: toClient, FS: f, Keep: k, Uploaded: uploaded})
		toClient.Close()
	}()
	c, err := sftp.NewClientPipe(fromServer, toServer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		if code := <-done; code != 0 {
			t.Errorf("sftp ended with %d", code)
		}
	})
	return c
}

func TestSFTP(t *testing.T) {
	k, told := kept{}, []Upload{}
	f := newTree(t, vfs.Limits{File: 1000})
	c := connect(t, f, k, func(u Upload) { told = append(told, u) })
	w, err := c.OpenFile("/d/new", os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		t.Fatal(err)
	}
	w.WriteAt([]byte("world"), 6)
	w.WriteAt([]byte("hello "), 0)
	if _, err := w.WriteAt([]byte("x"), 1001); err == nil {
		t.Error("a file grew beyond its limit")
	}
	for _, at := range []int64{math.MaxInt64, math.MaxInt64 - 1, 1 << 50} {
		if _, err := w.WriteAt([]byte("xyz"), at); err == nil {
			t.Errorf("wrote at %d", at)
		}
	}
	w.Close()
	if len(told) != 1 || k[told[0].SHA256] != "hello world" || told[0].Outcome() != "partial" || told[0].Size != 11 {
		t.Errorf("told %+v", told)
	}
	for what, err := range map[string]error{
		"truncate":  c.Truncate("/d/new", math.MaxInt64),
		"rmdir":     c.RemoveDirectory("/d"),
		"overwrite": c.Rename("/d/new", "/d/is"),
		"link":      c.Link("/d/none", "/d/x"),
		"excl":      open(c, "/d/is", os.O_WRONLY|os.O_CREATE|os.O_EXCL),
	} {
		if err == nil {
			t.Errorf("%s was done", what)
		}
	}
	if err := open(c, "/none", os.O_RDONLY); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that there is not: %v", err)
	}
	if err := c.PosixRename("/d/new", "/d/is"); err != nil {
		t.Error(err)
	}
	if p, err := c.RealPath("d/../d/./sub"); p != "/d/sub" || err != nil {
		t.Errorf("real path %q, %v", p, err)
	}
	list, err := c.ReadDir("/d")
	if err != nil || len(list) != 2 || list[0].Name() != "is" || !list[1].IsDir() {
		t.Errorf("list %v, %v", list, err)
	}
}

func open(c *sftp.Client, name string, flag int) error {
	f, err := c.OpenFile(name, flag)
	if err == nil {
		f.Close()
	}
	return err
}

// TestSFTPHandles opens more than there may be.
func TestSFTPHandles(t *testing.T) {
	c := connect(t, newTree(t, vfs.Limits{}), kept{}, nil)
	var files []*sftp.File
	for {
		f, err := c.Open("/d/is")
		if err != nil {
			break
		}
		if files = append(files, f); len(files) > mostOpen {
			t.Fatal("there is no limit")
		}
	}
	for _, f := range files {
		f.Close()
	}
	if err := open(c, "/d/is", os.O_RDONLY); err != nil || len(files) != mostOpen {
		t.Errorf("%d files, then %v", len(files), err)
	}
}

// request makes a packet.
func request(kind byte, parts ...any) []byte {
	b := []byte{kind}
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(p))
		case uint64:
			b = binary.BigEndian.AppendUint64(b, p)
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
		}
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
}

// FuzzSFTP sends packets: nothing crashes, and the tree keeps its limits.
func FuzzSFTP(f *testing.F) {
	hello := request(1, 3)
	f.Add(bytes.Join([][]byte{hello, request(3, 1, "/d/new", 26, 4, 0o600), request(6, 2, "1", uint64(1<<63), "data"), request(6, 3, "1", uint64(math.MaxInt64), "data"), request(4, 4, "1")}, nil))
	f.Add(bytes.Join([][]byte{hello, request(11, 1, "/d"), request(12, 2, "1"), request(12, 3, "1"), request(8, 4, "1"), request(10, 5, "1", 1, uint64(1<<63))}, nil))
	f.Add(bytes.Join([][]byte{hello, request(9, 1, "/d/is", 1, uint64(1<<63)), request(16, 2, strings.Repeat("../", 50)), request(17, 3, "/d"), request(20, 4, "a", "/d/l"), request(19, 5, "/d/l")}, nil))
	f.Add(bytes.Join([][]byte{hello, request(200, 1, "posix-rename@openssh.com", "/d", "/d/sub/x"), request(200, 2, "statvfs@openssh.com", "/"), request(200, 3, "hardlink@openssh.com", "/d/is", "/d/h")}, nil))
	f.Fuzz(func(t *testing.T, in []byte) {
		tree := newTree(t, vfs.Limits{Bytes: 1 << 16, Nodes: 100})
		SFTP(context.Background(), Streams{In: bytes.NewReader(in), Out: io.Discard, FS: tree, Keep: kept{}})
		if bytes, nodes := tree.Used(); bytes > 1<<16 || nodes > 100 {
			t.Errorf("%d bytes, %d nodes", bytes, nodes)
		}
	})
}
