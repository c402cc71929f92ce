import HubProtocol
import TelemetryModel

/// Which records of a topic a client wants: `from` inclusive, `to` exclusive.
///
/// An offset counts within each partition; a time is the enqueue time.
struct RecordQuery: Equatable, Sendable {
    /// An edge of the range.
    enum Edge: Equatable, Sendable {
        case earliest
        /// The end of the topic when the request came.
        case end
        case offset(Int64)
        case time(Timestamp)

        /// Reads `earliest`, `end`, an offset or an ISO 8601 time.
        init?(_ text: String) {
            switch text {
            case "earliest": self = .earliest
            case "end": self = .end
            default:
                if let offset = Int64(text), offset >= 0 {
                    self = .offset(offset)
                } else if let time = Timestamp(iso8601: text) {
                    self = .time(time)
                } else {
                    return nil
                }
            }
        }
    }

    /// The parameters of the route.
    static let parameters = ["from", "to", "device", "partition", "max", "follow", "hidden"]

    var from: Edge = .earliest
    /// `nil`: the end when the request came, or without end when following.
    var to: Edge?
    /// A device means its modules too, unless ``isExact``.
    var device: IdentityID?
    /// Whether a device is itself alone.
    var isExact = false
    var partition: Int?
    /// `nil`: all.
    var max: Int?
    /// Whether to wait for more at the end.
    var isFollowing = false

    init() {}

    /// Reads the parameters of a request.
    init(_ parameters: QueryParameters) throws(HubError) {
        if let text = parameters["from"] { self.from = try RecordQuery.edge(text, of: "from") }
        if let text = parameters["to"] { self.to = try RecordQuery.edge(text, of: "to") }
        if let text = parameters["device"] {
            guard let device = IdentityID(text) else {
                let expected = "a device id or device/module"
                throw HubError(.argumentInvalid, "device is “\(text.prefix(160))”, expected \(expected)")
            }
            self.device = device
        }
        self.partition = try parameters.integer("partition", in: 0...31)
        self.max = try parameters.integer("max", in: 0...Int.max)
        self.isFollowing = try parameters.flag("follow")
        guard !(self.isFollowing && (self.to == .end || self.to == .earliest)) else {
            throw HubError(.argumentInvalid, "follow=true with to=\(parameters["to"] ?? "") would never show anything")
        }
    }

    /// Whether a record's key is one of the wanted device's.
    func wants(key: some Collection<UInt8>) -> Bool {
        guard let device = self.device else { return true }
        let wanted = device.description.utf8
        guard key.starts(with: wanted) else { return false }
        let rest = key.dropFirst(wanted.count)
        return rest.isEmpty || (device.module == nil && !self.isExact && rest.first == UInt8(ascii: "/"))
    }

    /// Whether a record lies in the range.
    func wants(offset: Int64, time: Timestamp) -> Bool {
        switch self.from {
        case .offset(let first) where offset < first: return false
        case .time(let first) where time < first: return false
        case .earliest, .end, .offset, .time: break
        }
        switch self.to {
        case .offset(let end): return offset < end
        case .time(let end): return time < end
        case nil, .end, .earliest: return true
        }
    }

    private static func edge(_ text: String, of name: String) throws(HubError) -> Edge {
        guard let edge = Edge(text) else {
            let expected = "earliest, end, an offset or a time such as 2026-11-21T04:33:00Z"
            throw HubError(.argumentInvalid, "\(name) is “\(text.prefix(64))”, expected \(expected)")
        }
        return edge
    }
}
