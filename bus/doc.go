// Package bus tells that something happened: a session ended, an observation
// was made. It is NATS JetStream, embedded in the process without a port, or an
// external server or cluster. The store is the truth and recordings are the
// input log; the bus may be full, away, or replaced by an empty one at any time,
// and nothing is lost for it, since what was not taken is published again.
//
// # Streams
//
// SESSIONS holds [SubjectSessionEnded] for 7 days and up to 1 GB. When it is
// full it refuses ([ErrFull]): to drop the oldest would drop sessions that
// nobody has profiled, without a trace. A refused session stays waiting in the
// store and is handed in later. It is no work queue: every durable consumer sees
// every session.
//
// OBSERVATIONS holds attacker.observation.>, gait.observation.> and
// attribution.> for 24 hours and up to 1 GB. When it is full the oldest go: it
// tells what is new, and whoever needs what is old reads the store.
//
// ACTIVITY holds what attackers are doing (attacker.session.started, .auth,
// .exec, .upload, .forward) for 24 hours and up to 256 MB; the oldest go.
//
// They are made when a bus is opened, and again whenever they are found missing.
// Limits that were changed by hand come back to the above at the next start;
// where a stream is placed and its replicas stay unless asked for.
//
// With a prefix ([Options]) a system has streams and subjects of its own:
// labSESSIONS holds lab.attacker.session.ended. Whoever uses a [Bus] sees
// neither; consumers that attach to the server themselves name both.
//
// # Promises
//
// At least once. A message for which Publish gave no error is in the stream. It
// is delivered to each durable until one of its processes has answered
// [Delivery.Done]; deliveries are unlimited, whoever must give up counts for
// himself. An answer that is lost means another delivery, so consumers must be
// able to take a message twice. A message with an ID that came a moment ago
// (30 s, 5 s for observations) is taken only once; the stream keeps the first
// payload of an ID.
//
// Order. One stream takes the messages of one PublishAll in their order, and a
// durable first delivers in the order of the stream. A message that failed, was
// put off or is delivered again comes after others: what must not go backwards
// carries its own revision.
//
// A slow consumer holds up nobody: publishers do not wait for consumers, nor
// durables for each other. It gets no more than its InFlight at once, and the
// rest stays in the stream: for SESSIONS until the stream is full and refuses,
// for the others until age or size takes the oldest, which that consumer then
// never sees. The server is told every 10 s that an unanswered delivery is being
// worked on; a process that dies says nothing, and after 60 s (at once on an
// embedded bus, when it is opened again) its deliveries go to another. A slow
// follower ([Bus.Follow]) misses messages.
//
// The disk. An acknowledged message survives the death of the process. The disk
// is synced every 10 s: a crash of the machine can lose what was acknowledged
// in that time. For SESSIONS the store's sweep hands it in again; observations
// are in the store, and their announcement may be missed. Options.Strict syncs
// each message first, at a tenth of the speed or less. A replaced or emptied server is
// the same loss in full and is met in the same way.
//
// A disk that is full stops the embedded server from taking messages
// ([ErrFull]); it is started again by itself once there is room. Streams are
// refused on NFS, SMB and 9p, where locks and syncs cannot be relied on. A
// folder belongs to one process.
//
// # Input
//
// Subjects are checked token by token: a wildcard, an empty token, a space, a
// control character or a byte beyond ASCII is [ErrSubject] (the server itself
// would take "attacker.*" literally). Headers of the server's own, and values
// that could end a header's line, are [ErrHeader]; a message above the server's
// limit (1 MB) is [ErrTooLarge]. [ParseSessionEnded] takes any bytes. Nothing
// that was typed or printed belongs on the bus.
//
// # Debugging
//
// Options.Report and [Bus.Ping] say what stands: no connection, streams or
// consumers that cannot be made, a stream that is full. [Bus.State] and
// [Bus.Pending] count. What an embedded server says of itself is logged at
// debug level, its warnings as warnings. An external server is looked into with
// its own tools: "nats stream info SESSIONS", "nats consumer info SESSIONS
// profiler".
//
// # Tests
//
// Open a bus in a t.TempDir: it takes a few milliseconds and no port. A prefix
// of its own lets a test share an external server with others; tests run there
// where GAIT_TEST_NATS holds its address.
package bus
