/// How far a place in a query has come: the watermarks it follows.
///
/// A stage follows the timelines of its input, or is **global**: then it waits for every timeline, which is to say for the log's
/// clock less the late-arrival tolerance where timelines have keys.
struct Progress: Equatable, Sendable {
    /// The numbers of the topic inputs that lead here.
    var sources: [Int]
    var isGlobal: Bool
    /// Milliseconds by which rows may come out after their own time.
    var delay: Int64 = 0

    /// Several ways that lead to one place.
    static func merging(_ ways: [Progress], keyed: [Bool]) -> Progress {
        var sources: [Int] = []
        for way in ways { sources += way.sources.filter { !sources.contains($0) } }
        let isKeyed = sources.map { keyed[$0] }
        let isGlobal = ways.contains(where: \.isGlobal) || Set(isKeyed).count > 1
        return Progress(sources: sources, isGlobal: isGlobal, delay: ways.map(\.delay).max() ?? 0)
    }
}

extension Timelines {
    /// No live row before it will come to a place any more.
    ///
    /// - Parameters:
    ///   - progress: The place.
    ///   - timeline: 0 when it is global.
    ///   - keyed: By input: whether its timelines have keys.
    /// - Returns: Milliseconds since 1970.
    @inline(__always)
    func watermark(_ progress: Progress, timeline: Int, keyed: [Bool]) -> Int64 {
        var watermark = Int64.max
        for source in progress.sources {
            let own =
                progress.isGlobal && keyed[source]
                ? self.clock - self.policies[source].late : self.watermark(input: source, timeline: timeline)
            watermark = min(watermark, own)
        }
        return watermark - progress.delay
    }
}
