package serve

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/serve/servetest"
	"gait/store/storetest"
)

// BenchmarkIdleClients measures what a live connection costs that has nothing
// to do: heap and stacks of the server, and the memory of the process, both
// with the client's end of the connection, which lies in the same process.
func BenchmarkIdleClients(b *testing.B) {
	idle(b, 10_000)
}

// TestIdleClientsAreSmall holds a live connection to 40 KB. It counts memory,
// no time.
func TestIdleClientsAreSmall(t *testing.T) {
	if testing.Short() || raced {
		t.Skip("opens thousands of connections; the race detector takes memory of its own")
	}
	idle(t, 2000)
}

func idle(t testing.TB, clients int) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil && files.Cur < uint64(2*clients+100) {
		clients = int(files.Cur-100) / 2
		t.Logf("only %d clients: the number of open files is limited", clients)
	}
	st := storetest.SQLite(t)
	servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"))
	x := newSite(t, st, Options{})
	heap, rss := memory(t)
	conns := make([]net.Conn, 0, clients)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	address := strings.TrimPrefix(x.url, "http://")
	request := fmt.Sprintf("GET %s/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nLast-Event-ID: %s-1\r\n\r\n", basePath, address, x.viewer, st.ID())
	for range clients {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		if _, err := c.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		if err := until(c, "event: session"); err != nil {
			t.Fatal(err)
		}
	}
	heapNow, rssNow := memory(t)
	perHeap, perRSS := (heapNow-heap)/float64(clients), (rssNow-rss)/float64(clients)
	t.Logf("%d clients: %.1f KB each of heap and stacks, %.1f KB of the process", clients, perHeap/1024, perRSS/1024)
	if b, ok := t.(*testing.B); ok {
		b.ReportMetric(perHeap, "heap-bytes/client")
		b.ReportMetric(perRSS, "rss-bytes/client")
	}
	if perHeap > 40<<10 {
		t.Errorf("a client takes %.0f bytes", perHeap)
	}
}

// until reads from a connection until a text has come.
func until(c net.Conn, text string) error {
	if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	var got []byte
	buf := make([]byte, 64<<10)
	for !bytes.Contains(got, []byte(text)) {
		n, err := c.Read(buf)
		if err != nil {
			return fmt.Errorf("after %q: %w", got, err)
		}
		got = append(got, buf[:n]...)
	}
	return nil
}

// memory gives the bytes of heap and stacks in use, and of the process.
func memory(t testing.TB) (heap, rss float64) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return float64(m.HeapInuse + m.StackInuse), 0
	}
	pages, err := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return float64(m.HeapInuse + m.StackInuse), pages * float64(os.Getpagesize())
}
