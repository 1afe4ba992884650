package main

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
)

// secretAddress finds addresses with a user and a password in a text, and
// passwords in the words of a database driver.
var secretAddress = regexp.MustCompile(`(://[^\s:/@]*:)[^\s@]+@|\b(password=)\S+`)

// withoutSecrets gives an error in one line, without the passwords of
// addresses in it.
func withoutSecrets(err error) string {
	return secretAddress.ReplaceAllString(strings.Join(strings.Fields(err.Error()), " "), "${1}${2}...@")
}

// reachable gives an address under which this machine is reached, for one that
// is listened on.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}

// absolute gives the whole path; the path itself where there is none.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
