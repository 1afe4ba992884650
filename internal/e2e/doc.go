// Package e2e holds tests of the program as people run it: the real binary, as
// processes, over real files, sockets and servers. There is nothing in it to
// import.
package e2e
