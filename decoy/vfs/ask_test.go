package vfs

import (
	"testing"
	"time"
)

func TestQuestionsOfTest(t *testing.T) {
	f := New(&Node{Mode: Directory | 0o755, Names: map[string]*Node{
		"file":  {Inode: 3, Mode: Regular | 0o4644, Data: []byte("text"), UID: 7, GID: 8, Modified: time.Unix(200, 0)},
		"empty": {Mode: Regular | 0o600, Modified: time.Unix(100, 0)},
		"link":  {Mode: Link | 0o777, Target: "file"},
		"stray": {Mode: Link | 0o777, Target: "nowhere"},
		"pipe":  {Mode: Pipe | 0o644},
		"tmp":   {Mode: Directory | 0o3777, Names: map[string]*Node{}},
	}}, Limits{}, time.Now)
	f.UID, f.GID = 7, 8
	for _, yes := range []string{"-e file", "-a file", "-f file", "-f link", "-h link", "-L stray", "-s file", "-u file", "-O file", "-G file", "-r file", "-w file", "-d tmp", "-k tmp", "-g tmp", "-p pipe"} {
		if !f.Ask(yes[:2], "/"+yes[3:]) {
			t.Errorf("%s is not so", yes)
		}
	}
	for _, no := range []string{"-e stray", "-f tmp", "-h file", "-s empty", "-u empty", "-O empty", "-r empty", "-x file", "-d file", "-k file", "-p file", "-b pipe", "-N file"} {
		if f.Ask(no[:2], "/"+no[3:]) {
			t.Errorf("%s is so", no)
		}
	}
	f.UID = 0
	if err := f.Link("/file", "/again"); err != nil {
		t.Fatal(err)
	}
	for question, want := range map[[3]string]bool{
		{"/file", "-nt", "/empty"}: true, {"/empty", "-nt", "/file"}: false, {"/file", "-nt", "/none"}: true, {"/none", "-nt", "/file"}: false,
		{"/file", "-ot", "/empty"}: false, {"/empty", "-ot", "/file"}: true, {"/none", "-ot", "/file"}: true, {"/file", "-ot", "/none"}: false,
		{"/file", "-ef", "/link"}: true, {"/file", "-ef", "/again"}: true, {"/file", "-ef", "/empty"}: false, {"/none", "-ef", "/none"}: false,
	} {
		if f.Compare(question[0], question[1], question[2]) != want {
			t.Errorf("%v is %v", question, !want)
		}
	}
}
