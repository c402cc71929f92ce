import AsyncHTTPClient
import FoundationEssentials
import HubProtocol
import NIOHTTP1
package import TelemetryModel

/// One import of readings into a topic; the same for the same file and options, so that it goes on where it ended.
package struct ImportTarget: Equatable, Sendable {
    /// The topic.
    package var topic: String
    /// Whose readings they are: `device` or `device/module`.
    package var device: String
    /// 1 to 64 letters and digits.
    package var id: String

    /// An import.
    package init(topic: String, device: String, id: String) {
        self.topic = topic
        self.device = device
        self.id = id
    }
}

/// Readings on their way to the gateway, in the order of their numbers.
package struct ImportChunk: Sendable {
    /// Readings in it.
    package private(set) var count = 0
    /// Bytes in it.
    package var bytes: Int { self.body.count }
    private(set) var body: [UInt8] = []

    /// No readings.
    package init() {}

    /// Adds a reading.
    ///
    /// - Parameters:
    ///   - number: its place in the file, from 0.
    ///   - time: when it was measured.
    ///   - json: its body, without a line feed.
    package mutating func append(number: Int64, time: Timestamp, json: some Collection<UInt8>) {
        self.body += Array("\(number)\t".utf8)
        self.body += time.iso8601
        self.body.append(UInt8(ascii: "\t"))
        self.body += json
        self.body.append(UInt8(ascii: "\n"))
        self.count += 1
    }
}

extension GatewayClient {
    private struct ImportProgress: Decodable {
        var stored: Int
        var next: Int64
    }

    /// Number of the first reading of an import that the gateway does not have.
    package func importProgress(_ target: ImportTarget) async throws(GatewayClientError) -> Int64 {
        let response = try await self.send(
            .GET,
            GatewayClient.path(of: target),
            query: [(name: "device", value: target.device)]
        )
        return try await self.decode(ImportProgress.self, from: response).next
    }

    /// Stores readings; those that the gateway has already are passed over.
    ///
    /// - Returns: how many were new.
    package func importReadings(
        _ chunk: ImportChunk,
        into target: ImportTarget
    ) async throws(GatewayClientError) -> Int {
        let response = try await self.send(
            .POST,
            GatewayClient.path(of: target),
            query: [(name: "device", value: target.device)],
            body: Data(chunk.body),
            contentType: "text/tab-separated-values; charset=utf-8"
        )
        return try await self.decode(ImportProgress.self, from: response).stored
    }

    private static func path(of target: ImportTarget) -> String {
        "\(GatewayClient.path(ofTopic: target.topic))/imports/\(target.id)"
    }
}
