//go:build !unix

package telnetd

import "net"

// inline does nothing where urgent data cannot be had among the rest.
func inline(net.Conn) {}
