import EdgeCore

/// Asks the gateway for the time: one `GET /time` over TLS, on a connection of its own.
///
/// Blocks the calling thread, but never longer than its limit after the host's name is resolved.
struct TimeClient {
    /// The whole exchange: long enough for a slow mobile link, short enough for nobody to wait.
    private static let limit: Duration = .seconds(15)
    private static let standardPort = 443

    let port: Int
    let clock: SystemClock

    /// - Parameter tls: Made for the gateway's host, and prepared.
    /// - Returns: What the gateway said, and how long it took from the request to the answer.
    /// - Throws: What failed, in words.
    func ask(_ tls: TLSContext) throws(TLSStream.Fault) -> (answer: TimeAnswer, roundTrip: Duration) {
        let stream = try TLSStream(tls, port: self.port, clock: self.clock, deadline: self.clock.now + Self.limit)
        let host = self.port == Self.standardPort ? tls.host : "\(tls.host):\(self.port)"
        let start = self.clock.now
        try stream.write(TimeAnswer.request(host: host))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = try stream.read(into: &chunk)
            bytes += chunk.prefix(count)
            switch TimeAnswer.read(bytes, isEnded: count == 0) {
            case .incomplete: continue
            case .answer(let answer): return (answer, self.clock.now - start)
            case .fault(let message): throw TLSStream.Fault(message: "\(host): \(message)")
            }
        }
    }
}
