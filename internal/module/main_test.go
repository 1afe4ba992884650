package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRename(t *testing.T) {
	dir := t.TempDir()
	files := map[string][2]string{
		"go.mod": {"module gait\n\ngo 1.26.0\n", "module example.org/you/gait\n\ngo 1.26.0\n"},
		"a/a.go": {
			"package a\n\nimport (\n\t\"fmt\"\n\n\t\"gait\"\n\tterm \"gait/term\"\n\t\"gaiter/x\"\n)\n\nvar source = \"gait/profile\" // not \"gait\"\n",
			"package a\n\nimport (\n\t\"fmt\"\n\n\t\"example.org/you/gait\"\n\tterm \"example.org/you/gait/term\"\n\t\"gaiter/x\"\n)\n\nvar source = \"gait/profile\" // not \"gait\"\n",
		},
		"b/b.go":     {"package b\n\nimport \"gait/a\"\n", "package b\n\nimport \"example.org/you/gait/a\"\n"},
		"README.md":  {"The source \"gait/profile\" stays.\n\n\timport \"gait/profile\"\n\t\"gait\"\n", "The source \"gait/profile\" stays.\n\n\timport \"example.org/you/gait/profile\"\n\t\"example.org/you/gait\"\n"},
		"bin/c.go":   {"package c\n\nimport \"gait/a\"\n", "package c\n\nimport \"gait/a\"\n"},
		"plain.json": {"\"gait\"\n", "\"gait\"\n"},
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text[0]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	n, err := rename(dir, "example.org/you/gait")
	if err != nil || n != 4 {
		t.Fatalf("%d files, %v", n, err)
	}
	for name, text := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != text[1] {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
	if n, err := rename(dir, "gait"); err != nil || n != 4 {
		t.Errorf("back again: %d files, %v", n, err)
	}
}

func TestRenameRefuses(t *testing.T) {
	dir := t.TempDir()
	mod := filepath.Join(dir, "go.mod")
	if _, err := rename(dir, "a/b"); err == nil {
		t.Error("a folder without go.mod was taken")
	}
	if err := os.WriteFile(mod, []byte("go 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := rename(dir, "a/b"); err == nil {
		t.Error("a go.mod without a module was taken")
	}
	if err := os.WriteFile(mod, []byte("module gait\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("no Go"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := rename(dir, "a/b"); err == nil {
		t.Error("a broken file was taken")
	}
	if text, _ := os.ReadFile(mod); string(text) != "module gait\n" {
		t.Errorf("go.mod was changed: %s", text)
	}
	for _, path := range []string{"", "/a", "a/", "a//b", "a b", "../a", "a/.", "a;b", "a\"b"} {
		if _, err := rename(dir, path); err == nil {
			t.Errorf("%q was taken", path)
		}
	}
}
