import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite("weir-agent finds out who it is and what time it is from the gateway")
    struct AgentIdentityTests {
        /// Runs an agent until the gateway has some of its readings, and ends it.
        ///
        /// - Parameters:
        ///   - identity: the sections of the configuration that say who it is.
        ///   - device: whose records are waited for.
        ///   - gateway: running.
        ///   - folder: the agent's state folder is made in it.
        /// - Returns: what the agent logged.
        /// - Throws: when no readings come, or the agent does not end.
        private static func readings(
            _ identity: String,
            device: String,
            _ gateway: GatewayUnderTest,
            in folder: TemporaryFolder
        ) async throws -> String {
            let file = try folder.write(
                "agent.yaml",
                """
                mqtt:
                  host: localhost
                  port: \(gateway.ports.mqtts)
                  reconnectMaxSeconds: 1
                clock:
                  gatewayPort: \(gateway.ports.https)
                spool:
                  directory: \(folder.file("state"))
                  freeDiskMinBytes: 0
                sampling:
                  intervalMilliseconds: 100
                sensors:
                  - type: simulated
                \(identity)

                """
            )
            let agent = try RunningProcess(BuiltProgram.agent, ["run", "--summary", "--config", file])
            let before = try await gateway.records(device: device).count
            try await Waiting.until("readings of \(device); \(agent.errors)", within: .seconds(60)) {
                try await gateway.records(device: device).count >= before + 5
            }
            agent.send(SIGTERM)
            let result = try await agent.exit(within: .seconds(30))
            #expect(result.status == 0, "\(result.errors)")
            let bodies = try await gateway.records(device: device).map(\.body)
            #expect(bodies.allSatisfy { $0.contains(#""ts":"20"#) }, "\(bodies)")
            return result.errors
        }

        @Test(
            "a board with its group's key registers at its first start, and is the same device at the next",
            .timeLimit(.minutes(3))
        )
        func groupKey() async throws {
            struct Enrollment: Decodable {
                struct Attestation: Decodable {
                    struct Keys: Decodable {
                        var primaryKey: String
                    }
                    var symmetricKey: Keys
                }
                var attestation: Attestation
            }
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            _ = try await gateway.weir("enrollment", "create", "fleet")
            let shown = try await gateway.weir("enrollment", "show", "fleet", "--keys", "--json")
            let enrollment = try JSONDecoder().decode(Enrollment.self, from: Data(shown.utf8))
            try folder.write("group.key", enrollment.attestation.symmetricKey.primaryKey)
            let identity = """
                tls:
                  caFile: \(gateway.authority)
                provisioning:
                  idScope: weir
                  registrationId: board-7
                  port: \(gateway.ports.mqtts)
                  groupKeyFile: \(folder.file("group.key"))
                """
            let first = try await Self.readings(identity, device: "board-7", gateway, in: folder)
            #expect(first.contains("this is board-7"), "\(first)")
            let second = try await Self.readings(identity, device: "board-7", gateway, in: folder)
            #expect(!second.contains("registered with"), "\(second)")
            try await gateway.stop()
        }

        @Test("a device with a certificate of its own needs no key", .timeLimit(.minutes(2)))
        func certificate() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let files = try await ClientCertificate.selfSigned("board-9", in: folder)
            _ = try await gateway.weir(
                "device",
                "create",
                "board-9",
                "--auth",
                "x509-thumbprint",
                "--certificate",
                files.certificate
            )
            let identity = """
                connection:
                  connectionString: HostName=localhost;DeviceId=board-9;x509=true
                tls:
                  caFile: \(gateway.authority)
                  certificateFile: \(files.certificate)
                  keyFile: \(files.key)
                """
            let log = try await Self.readings(identity, device: "board-9", gateway, in: folder)
            #expect(log.contains("as board-9"), "\(log)")
            try await gateway.stop()
        }
    }
}
