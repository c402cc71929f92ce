import GatewayClient
import NIOCore

/// Prints a stream of records: the gateway's own JSON lines, or one readable line for each.
struct RecordPrinter {
    /// What the records are.
    enum Form {
        case event
        /// Alerts: as JSON the alert itself, without the record around it.
        case alert
        /// Changes of twins.
        case twinChange
    }

    /// Bytes gathered before they are written, where nobody waits for a single line.
    private static let chunkBytes = 64 << 10

    var console: Console
    var isJSON: Bool
    /// Whether each line is written when it comes.
    var isFollowing = false
    var form = Form.event

    /// Prints until the stream ends.
    ///
    /// - Parameter lines: the records.
    /// - Returns: how many there were.
    /// - Throws: when the stream breaks, or nothing can be printed any more.
    @discardableResult func print(_ lines: RecordLines) async throws -> Int {
        var count = 0
        var pending = [UInt8]()
        pending.reserveCapacity(2 * RecordPrinter.chunkBytes)
        for try await line in lines {
            count += 1
            self.append(line, to: &pending)
            pending.append(UInt8(ascii: "\n"))
            if self.isFollowing || pending.count >= RecordPrinter.chunkBytes {
                try self.console.output(pending)
                pending.removeAll(keepingCapacity: true)
            }
        }
        if !pending.isEmpty { try self.console.output(pending) }
        return count
    }

    private func append(_ line: ByteBuffer, to out: inout [UInt8]) {
        switch (self.isJSON, self.form) {
        case (true, .event), (true, .twinChange):
            out.append(contentsOf: line.readableBytesView)
        case (true, .alert):
            let bytes = Array(line.readableBytesView)
            out.append(contentsOf: JSONMembers.value(of: "body", in: bytes) ?? bytes[...])
        case (false, .event):
            out.append(contentsOf: EventText.line(Array(line.readableBytesView), for: self.console).utf8)
        case (false, .twinChange):
            out.append(contentsOf: TwinHistoryText.line(Array(line.readableBytesView), for: self.console).utf8)
        case (false, .alert):
            out.append(contentsOf: AlertText.line(Array(line.readableBytesView), for: self.console).utf8)
        }
    }
}
