import HubProtocol
import LogFormat
import TelemetryModel

/// A topic's settings as a client sends them; absent members stay as they are.
///
///     {"retentionMilliseconds":604800000 or null, "retentionBytes":10737418240 or null, "segmentBytesMax":134217728,
///      "segmentMillisecondsMax":3600000, "messageBytesMax":1048588, "timestampType":"append" or "create"}
struct TopicSettingsBody: Decodable {
    private enum Member: String, CodingKey, CaseIterable {
        case retentionMilliseconds
        case retentionBytes
        case segmentBytesMax
        case segmentMillisecondsMax
        case messageBytesMax
        case timestampType
        /// Of a creation only.
        case partitions
    }

    /// Outer `nil`: not given; inner: no limit.
    private var retentionMilliseconds: Int64??
    private var retentionBytes: Int64??
    private var segmentBytesMax: Int?
    private var segmentMillisecondsMax: Int64?
    private var messageBytesMax: Int?
    private var timestampType: String?
    /// How many partitions to make the topic with.
    private(set) var partitions: Int?
    /// Members that mean nothing.
    private var unknown: [String] = []

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        func nullable(_ member: Member) throws -> Int64?? {
            guard members.contains(member) else { return nil }
            return .some(try members.decodeIfPresent(Int64.self, forKey: member))
        }
        self.retentionMilliseconds = try nullable(.retentionMilliseconds)
        self.retentionBytes = try nullable(.retentionBytes)
        self.segmentBytesMax = try members.decodeIfPresent(Int.self, forKey: .segmentBytesMax)
        self.segmentMillisecondsMax = try members.decodeIfPresent(Int64.self, forKey: .segmentMillisecondsMax)
        self.messageBytesMax = try members.decodeIfPresent(Int.self, forKey: .messageBytesMax)
        self.timestampType = try members.decodeIfPresent(String.self, forKey: .timestampType)
        self.partitions = try members.decodeIfPresent(Int.self, forKey: .partitions)
        let known = Set(Member.allCases.map(\.rawValue))
        self.unknown = try decoder.container(keyedBy: AnyMember.self).allKeys.map(\.stringValue)
            .filter { !known.contains($0) }.sorted()
    }

    /// The settings that follow from `current`.
    ///
    /// - Throws: `HubError` for a member or a word that means nothing; numbers are checked by the log.
    func settings(changing current: TopicSettings) throws(HubError) -> TopicSettings {
        if let name = self.unknown.first {
            let names = Member.allCases.map(\.rawValue)
            let hint = NearestName.of(name, among: names).map { "; did you mean “\($0)”?" } ?? ""
            throw HubError(
                .argumentInvalid,
                "unknown setting “\(name.prefix(64))”: there are \(names.joined(separator: ", "))\(hint)"
            )
        }
        var settings = current
        if let value = self.retentionMilliseconds { settings.retentionMilliseconds = value }
        if let value = self.retentionBytes { settings.retentionBytes = value }
        if let value = self.segmentBytesMax { settings.segmentBytesMax = value }
        if let value = self.segmentMillisecondsMax { settings.segmentMillisecondsMax = value }
        if let value = self.messageBytesMax { settings.messageBytesMax = value }
        if let text = self.timestampType {
            guard let type = TopicSettings.TimestampType(rawValue: text) else {
                throw HubError(.argumentInvalid, "timestampType is “\(text.prefix(64))”, expected append or create")
            }
            settings.timestampType = type
        }
        return settings
    }

    private struct AnyMember: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init?(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }
}
