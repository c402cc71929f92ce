import Foundation
import Testing

extension GatewayIntegration {
    @Suite(
        "fdatasync before PUBACK, from a trace of the system calls",
        .enabled(if: ExternalProgram.hasMosquitto, "SKIPPED: mosquitto_pub is missing (Debian: mosquitto-clients)"),
        .enabled("SKIPPED: strace is missing (Debian: strace) or may not trace here (ptrace)") {
            await ExternalProgram.works("strace", "-D", "-f", "-o", "/dev/null", "true")
        }
    )
    struct SyncOrderTests {
        @Test(
            "every PUBACK is written after an fdatasync that began when its record was written and has returned 0",
            .timeLimit(.minutes(2))
        )
        func order() async throws {
            let folder = try TemporaryFolder()
            let trace = folder.file("trace.txt")
            let gateway = try await GatewayUnderTest(in: folder, wrapper: SystemCallTrace.wrapper(output: trace))
            let client = MosquittoClient(device: try await gateway.makeDevice("traced"), gateway: gateway)
            let messages = (1...20).map { "traced message \($0)." }
            for message in messages {
                let result = try await client.publish(message)
                try #require(result.status == 0, "\(result.errors)")
            }
            try await gateway.stop()

            let calls = try SystemCallTrace(path: trace).calls
            let topic = SystemCallTrace.hexadecimal("/log/telemetry/".utf8)
            let puback = #""\x40\x02"#
            let socketCalls: Set = ["write", "writev", "sendto", "sendmsg"]
            let pubacks = calls.filter { socketCalls.contains($0.name) && $0.text.contains(puback) }
            try #require(pubacks.count == messages.count, "one PUBACK for each message")
            for (message, puback) in zip(messages, pubacks) {
                let bytes = SystemCallTrace.hexadecimal(message.utf8)
                let written = try #require(
                    calls.first { $0.name.hasPrefix("pwrite") && $0.text.contains(topic) && $0.text.contains(bytes) },
                    "\(message) was never written"
                )
                let synced = calls.first {
                    $0.name == "fdatasync" && $0.text.contains(topic) && $0.result == 0 && $0.begin > written.end
                        && $0.end < puback.begin
                }
                #expect(written.end < puback.begin, "\(message): PUBACK before the write")
                #expect(synced != nil, "\(message): PUBACK before the fdatasync of its record had returned")
            }
        }
    }
}
