import Testing

/// Everything that runs real processes: one test at a time, because clients have fixed ports and limits of time mean
/// something only on a machine that is not doing other tests' work.
@Suite("the built programs with real sockets, disks and foreign clients", .serialized)
enum GatewayIntegration {}
