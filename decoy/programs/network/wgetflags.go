package network

import (
	"strings"
	"sync"

	"gait/decoy/proc"
)

const wgetShort = "46a:A:bB:cdD:e:EFhHi:I:kKl:LmNn:o:O:pP:qQ:rR:St:T:U:vVw:xX:"

// The long options of wget without a value, and with one.
var (
	wgetPlain = strings.Fields(`adjust-extension ask-password auth-no-challenge background backup-converted content-disposition content-on-error continue convert-file-only
		convert-links debug delete-after follow-ftp force-directories force-html ftps-clear-data-connection ftps-fallback-to-ftp ftps-implicit ftps-resume-ssl
		help hsts-file https-only ignore-case ignore-length inet4-only inet6-only keep-session-cookies mirror no-background no-cache no-check-certificate
		no-clobber no-config no-continue no-cookies no-debug no-directories no-dns-cache no-glob no-host-directories no-hsts no-http-keep-alive
		no-if-modified-since no-iri no-mirror no-netrc no-parent no-passive-ftp no-proxy no-quiet no-recursive no-relative no-remove-listing no-spider
		no-timestamping no-use-server-timestamps no-verbose no-warc-compression no-warc-digests no-warc-keep-log no-xattr page-requisites preserve-permissions
		protocol-directories quiet random-wait recursive relative retr-symlinks retry-connrefused save-headers server-response show-progress span-hosts spider
		strict-comments timestamping trust-server-names unlink verbose version warc-cdx xattr`)
	wgetValued = strings.Fields(`accept accept-regex append-output backups base bind-address body-data body-file ca-certificate ca-directory certificate certificate-type ciphers
		compression config connect-timeout crl-file cut-dirs default-page directory-prefix dns-timeout domains exclude-directories exclude-domains execute
		follow-tags ftp-password ftp-user header http-password http-user ignore-tags include-directories input-file level limit-rate load-cookies
		local-encoding max-redirect method output-document output-file password pinnedpubkey post-data post-file prefer-family private-key private-key-type
		progress proxy-password proxy-user quota read-timeout referer regex-type reject reject-regex rejected-log remote-encoding report-speed
		restrict-file-names retry-on-http-error save-cookies secure-protocol start-pos timeout tries use-askpass user user-agent wait waitretry warc-dedup
		warc-file warc-header warc-max-size warc-tempdir`)
)

// wgetAs are the letters of long options that have one.
var wgetAs = map[string]string{
	"append-output": "a", "background": "b", "connect-timeout": "T", "continue": "c", "debug": "d", "directory-prefix": "P", "execute": "e", "force-directories": "x",
	"help": "h", "inet4-only": "4", "inet6-only": "6", "input-file": "i", "mirror": "m", "no-clobber": "nc", "no-verbose": "nv", "output-document": "O",
	"output-file": "o", "page-requisites": "p", "quiet": "q", "recursive": "r", "server-response": "S", "timeout": "T", "timestamping": "N", "tries": "t",
	"user-agent": "U", "verbose": "v", "version": "V", "wait": "w",
}

// wgetFlags are all of them.
var wgetFlags = sync.OnceValue(func() proc.Flags {
	long := map[string]proc.Long{}
	for _, name := range wgetPlain {
		long[name] = proc.Long{As: wgetAs[name]}
	}
	for _, name := range wgetValued {
		long[name] = proc.Long{As: wgetAs[name], Value: 1}
	}
	return proc.Flags{Short: wgetShort, Long: long}
})
