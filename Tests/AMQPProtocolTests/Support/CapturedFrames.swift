import Foundation
import NIOCore

/// What a real client sent, in the order in which it waited for answers.
///
/// Captured from `azure-iot-hub` 2.7 (`uamqp` 1.6.11) between it and this gateway, TLS removed; the key is the one of
/// contract iothub-mqtt section 3.
struct CapturedFrames: Decodable, Sendable {
    /// Always `client`.
    var from: String
    /// For messages of failing tests.
    var what: String
    var hex: String

    var bytes: ByteBuffer { ByteBuffer(hex: self.hex) }

    /// All of `Vectors/azure-iot-hub-2.7.json`; ends the run when it cannot be read.
    static let all: [CapturedFrames] = {
        guard let url = Bundle.module.url(forResource: "Vectors/azure-iot-hub-2.7", withExtension: "json") else {
            preconditionFailure("Vectors/azure-iot-hub-2.7.json is missing")
        }
        do {
            return try JSONDecoder().decode([CapturedFrames].self, from: Data(contentsOf: url))
        } catch {
            preconditionFailure("Vectors/azure-iot-hub-2.7.json: \(error)")
        }
    }()
}
