import FoundationEssentials

/// A record as one readable line: time, device, body.
enum EventText {
    /// What every line has before its body.
    private struct Head: Decodable {
        struct Properties: Decodable {
            /// Of the gateway's own records: what happened.
            var opType: String?
        }

        /// In place of records that their producer made unreadable.
        struct Unreadable: Decodable {
            var records: Int
            var reason: String

            var words: String {
                "(\(self.records) \(self.records == 1 ? "record" : "records") cannot be read: \(self.reason))"
            }
        }

        var enqueuedTime: String
        var unreadable: Unreadable?
        var deviceId: String?
        var moduleId: String?
        var applicationProperties: Properties?
    }

    /// The line; one that cannot be read stays as it came.
    static func line(_ record: [UInt8], for console: Console) -> String {
        let text = String(decoding: record, as: UTF8.self)
        let bodyBytes = JSONMembers.value(of: "body", in: record) ?? JSONMembers.value(of: "bodyBase64", in: record)
        guard let bodyBytes, let head = EventText.head(of: record) else { return text }
        let isOwn = head.applicationProperties?.opType != nil
        let lifecycle = isOwn ? LifecycleText.words(record) : nil
        let event = isOwn && lifecycle == nil ? HubEventText.words(record) : nil
        let device = [head.deviceId, head.moduleId].compactMap { $0 }.joined(separator: "/")
        let name = lifecycle?.application ?? (device.isEmpty ? "-" : device)
        let parts = [
            console.colored(head.enqueuedTime, .faint),
            console.colored(EventText.printable(name), .name),
            EventText.printable(
                head.unreadable?.words ?? lifecycle?.text ?? event ?? EventText.unquoted(bodyBytes)
            ),
        ]
        return parts.joined(separator: "  ")
    }

    /// Control characters as pictures, so that what a device sent cannot steer the terminal.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: EventText.isControl) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    guard EventText.isControl(scalar) else { return scalar }
                    let picture = scalar.value < 0x20 ? 0x2400 + scalar.value : 0xFFFD  // Unicode "Control Pictures"
                    return Unicode.Scalar(picture) ?? " "
                }
            )
        )
    }

    /// Reads the head only: the body may be anything.
    private static func head(of record: [UInt8]) -> Head? {
        try? JSONDecoder().decode(Head.self, from: Data(record))
    }

    /// A JSON string's text; other JSON as it is.
    private static func unquoted(_ json: ArraySlice<UInt8>) -> String {
        let text = String(decoding: json, as: UTF8.self)
        guard text.hasPrefix("\"") else { return text }
        return (try? JSONDecoder().decode(String.self, from: Data(json))) ?? text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
