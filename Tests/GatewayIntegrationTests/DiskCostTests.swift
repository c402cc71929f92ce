import Foundation
import Testing

extension GatewayIntegration {
    @Suite("what a message costs on the disk")
    struct DiskCostTests {
        @Test(
            "2,000 messages of 128 bytes cost at most 260 bytes each, frames and headers included",
            .timeLimit(.minutes(1))
        )
        func bytesPerMessage() async throws {
            let (connections, each) = (8, 250)
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            var devices: [RawDevice] = []
            for number in 1...connections {
                devices.append(
                    try RawDevice(try await gateway.makeDevice("sensor-\(number)"), port: gateway.ports.mqtt)
                )
            }
            let payload =
                String(
                    (#"{"ts":"2026-11-21T04:33:00.123Z","temperature":21.42,"pad":""#
                        + String(repeating: "x", count: 128)).prefix(126)
                ) + #""}"#
            try #require(payload.utf8.count == 128)
            // All connections have messages in flight at the same time.
            for _ in 0..<each / 10 {
                for device in devices { for _ in 0..<10 { try device.send(payload) } }
            }
            for device in devices {
                for behind in (0..<each).reversed() { try device.acknowledgement(behind: UInt16(behind)) }
            }
            let bytes = try gateway.files(ofTopic: "telemetry", suffix: ".log").reduce(0) {
                $0 + (try FileManager.default.attributesOfItem(atPath: $1)[.size] as? Int ?? 0)
            }
            let perMessage = Double(bytes) / Double(connections * each)
            print("disk: \(perMessage) bytes for a message of 128 bytes")
            #expect(perMessage >= 128, "the messages are in the segment")
            #expect(perMessage <= 260)
            #expect(try await gateway.records().count == connections * each)
            try await gateway.stop()
        }
    }
}
