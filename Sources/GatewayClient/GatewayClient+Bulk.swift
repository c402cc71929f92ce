import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import TelemetryJSON

extension GatewayClient {
    /// Entries of one bulk request, the contract's most.
    package static let devicesPerRequest = 100

    /// What a bulk entry does with a device that exists.
    package enum ImportMode: String, Sendable {
        /// Refuse it.
        case create
        /// Replace its status, and its keys when new ones are given.
        case createOrUpdate
    }

    /// Registers devices, 100 per request and a few requests at once, drawing them as they are wanted.
    ///
    /// - Parameters:
    ///   - devices: what to register; a repeated id is refused like any that exists.
    ///   - mode: what to do with those that exist.
    ///   - requestsInFlight: how many requests wait for their answer at once.
    ///   - progress: called after each answer with the number of devices done, refused ones included.
    /// - Returns: What was refused, in the order given.
    /// - Throws: When a whole request failed; what was answered before stays done.
    package func createDevices(
        _ devices: some Sequence<NewDevice>,
        mode: ImportMode = .create,
        requestsInFlight: Int = 4,
        progress: (Int) -> Void = { _ in }
    ) async throws(GatewayClientError) -> [BulkFailure] {
        do {
            return try await withThrowingTaskGroup(of: (count: Int, failures: [BulkFailure]).self) { group in
                var iterator = devices.makeIterator()
                var drawn = 0
                var done = 0
                var failures = [BulkFailure]()
                func sendNext() -> Bool {
                    var chunk = [NewDevice]()
                    while chunk.count < GatewayClient.devicesPerRequest, let device = iterator.next() {
                        chunk.append(device)
                    }
                    guard !chunk.isEmpty else { return false }
                    let first = drawn
                    drawn += chunk.count
                    group.addTask { [chunk] in
                        (chunk.count, try await self.createChunk(chunk, firstIndex: first, mode: mode))
                    }
                    return true
                }
                for _ in 0..<requestsInFlight where !sendNext() { break }
                while let answer = try await group.next() {
                    done += answer.count
                    failures += answer.failures
                    progress(done)
                    _ = sendNext()
                }
                return failures.sorted { $0.index < $1.index }
            }
        } catch {
            throw self.translated(error)
        }
    }

    private func createChunk(
        _ chunk: [NewDevice],
        firstIndex: Int,
        mode: ImportMode
    ) async throws(GatewayClientError) -> [BulkFailure] {
        var writer = JSONWriter(capacity: chunk.count * 256)
        writer.beginArray()
        for device in chunk { device.write(to: &writer, idKey: "id", importMode: mode.rawValue) }
        writer.endArray()
        // 400 with a bulk answer: some entries were refused. 400 with an error: all were.
        let response = try await self.send(.POST, "/devices", body: Data(writer.bytes), alsoAccepted: 400)
        let body = try await self.bytes(of: response)
        guard let answer = try? JSONDecoder().decode(BulkAnswer.self, from: Data(body.readableBytesView)) else {
            throw self.refusal(response, body: body)
        }
        var unclaimed = [String: [Int]]()
        for (index, device) in chunk.enumerated() { unclaimed[device.id, default: []].append(index) }
        return answer.errors.map { error in
            // Of entries with one id it is the later ones that were refused.
            let index = unclaimed[error.deviceId]?.popLast() ?? 0
            return BulkFailure(
                index: firstIndex + index,
                deviceID: error.deviceId,
                code: error.errorCode,
                message: error.errorStatus
            )
        }
    }
}

private struct BulkAnswer: Decodable {
    struct Failure: Decodable {
        var deviceId: String
        var errorCode: String
        var errorStatus: String
    }

    var errors: [Failure]
}
