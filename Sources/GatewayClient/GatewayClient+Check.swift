import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// What a check of one topic found; before its end only how far it is.
package struct TopicCheckDescription: Codable, Equatable, Sendable {
    /// Something that is not as it was written.
    package struct Fault: Codable, Equatable, Sendable {
        /// The file in the topic's folder.
        package var file: String
        package var byte: UInt64
        package var detail: String

        /// A fault at a place.
        package init(file: String, byte: UInt64, detail: String) {
            self.file = file
            self.byte = byte
            self.detail = detail
        }
    }

    /// The whole of what was found.
    package struct Report: Codable, Equatable, Sendable {
        package var segments: Int
        package var batches: Int
        package var records: Int64
        package var bytes: UInt64
        /// Bytes at the end that the next start of the gateway cuts off: nobody was told that they are stored.
        package var tornBytes: UInt64
        package var faults: [Fault]

        /// A report of these values.
        package init(
            segments: Int,
            batches: Int,
            records: Int64,
            bytes: UInt64,
            tornBytes: UInt64,
            faults: [Fault]
        ) {
            self.segments = segments
            self.batches = batches
            self.records = records
            self.bytes = bytes
            self.tornBytes = tornBytes
            self.faults = faults
        }
    }

    package var topic: String
    /// Bytes looked at.
    package var bytes: UInt64
    /// Bytes of the topic.
    package var bytesTotal: UInt64
    /// `nil` while the check goes on.
    package var report: Report?

    /// A state of a check.
    package init(topic: String, bytes: UInt64, bytesTotal: UInt64, report: Report? = nil) {
        self.topic = topic
        self.bytes = bytes
        self.bytesTotal = bytesTotal
        self.report = report
    }
}

extension GatewayClient {
    /// Checks every checksum of the log, or of one topic.
    ///
    /// - Parameters:
    ///   - topic: only this one.
    ///   - receive: called with progress and reports as they come.
    /// - Throws: when the check could not be made to its end, or what `receive` throws.
    package func checkLog(topic: String? = nil, receive: (TopicCheckDescription) throws -> Void) async throws {
        let query = topic.map { [(name: "topic", value: $0)] } ?? []
        let response = try await self.send(.GET, "/log/check", query: query, isStream: true)
        for try await line in RecordLines(body: response.body, client: self) {
            guard
                let state = try? JSONDecoder().decode(TopicCheckDescription.self, from: Data(line.readableBytesView))
            else {
                throw GatewayClientError.unexpectedAnswer(
                    address: self.connection.address,
                    detail: "a line that is no check of a topic"
                )
            }
            try receive(state)
        }
    }
}
