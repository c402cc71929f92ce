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

    /// Registers devices, up to 100 per request and a few requests at once, drawing them as they are wanted. A module waits
    /// for its device.
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
            return try await withThrowingTaskGroup(of: (chunk: BulkChunk, failures: [BulkFailure]).self) { group in
                var chunks = BulkChunks(devices.makeIterator())
                var inFlight = 0
                var done = 0
                var failures = [BulkFailure]()
                while true {
                    while inFlight < requestsInFlight, let chunk = chunks.next() {
                        inFlight += 1
                        group.addTask {
                            (chunk, try await self.answer(to: chunk, mode: mode))
                        }
                    }
                    guard let answer = try await group.next() else { break }
                    inFlight -= 1
                    chunks.ended(answer.chunk)
                    done += answer.chunk.devices.count
                    failures += answer.failures
                    progress(done)
                }
                return failures.sorted { $0.index < $1.index }
            }
        } catch {
            throw self.translated(error)
        }
    }

    /// What was refused of a chunk.
    private func answer(
        to chunk: BulkChunk,
        mode: ImportMode
    ) async throws(GatewayClientError) -> [BulkFailure] {
        var writer = JSONWriter(capacity: chunk.devices.count * 256)
        writer.beginArray()
        for device in chunk.devices { device.write(to: &writer, idKey: "id", importMode: mode.rawValue) }
        writer.endArray()
        // 400 with a bulk answer: some entries were refused. 400 with an error: all were.
        let response = try await self.send(.POST, "/devices", body: Data(writer.bytes), alsoAccepted: 400)
        let body = try await self.bytes(of: response)
        guard let answer = try? JSONDecoder().decode(BulkAnswer.self, from: Data(body.readableBytesView)) else {
            throw self.refusal(response, body: body)
        }
        var unclaimed = [String: [Int]]()
        for (index, device) in chunk.devices.enumerated() { unclaimed[device.id, default: []].append(index) }
        return answer.errors.map { error in
            // Of entries with one id it is the later ones that were refused.
            let id = error.moduleId.map { "\(error.deviceId)/\($0)" } ?? error.deviceId
            let index = unclaimed[id]?.popLast() ?? 0
            return BulkFailure(
                index: chunk.first + index,
                deviceID: id,
                code: error.errorCode,
                message: error.errorStatus
            )
        }
    }
}

private struct BulkAnswer: Decodable {
    struct Failure: Decodable {
        var deviceId: String
        var moduleId: String?
        var errorCode: String
        var errorStatus: String
    }

    var errors: [Failure]
}
