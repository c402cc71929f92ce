import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite(
        "mosquitto_pub and mosquitto_sub on ordinary topics",
        .enabled(if: ExternalProgram.hasMosquitto, "SKIPPED: mosquitto_pub is missing (Debian: mosquitto-clients)")
    )
    struct MosquittoBrokerTests {
        private static let versions = ["mqttv311", "mqttv5"]

        private static func client(_ gateway: GatewayUnderTest, version: String) async throws -> MosquittoBrokerClient {
            let login = try await gateway.makeApplication("tester", publish: ["t/#"], subscribe: ["t/#"])
            return MosquittoBrokerClient(gateway: gateway, login: login, version: version)
        }

        @Test(
            "messages of every QoS wait for a session that is away and arrive in order [MQTT-4.5.0-1]",
            .timeLimit(.minutes(2)),
            arguments: Self.versions
        )
        func session(version: String) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = try await Self.client(gateway, version: version)
            #expect(try await client.subscribe("reader", ["t/#"], stays: true).status == 0)
            for number in 1...6 {
                let result = try await client.publish("t/x", "\(number)", qos: 1 + number % 2)
                #expect(result.status == 0, "\(result.errors)")
            }
            let received = try await client.receive("reader", count: 6, format: "%t %p %q %r")
            // mosquitto_sub shows a QoS 2 message when PUBREL has come: QoS 1 may overtake it there.
            let lines = received.output.split(separator: "\n").map(String.init)
            for qos in [1, 2] {
                let expected = (1...6).filter { 1 + $0 % 2 == qos }.map { "t/x \($0) \(qos) 0" }
                #expect(lines.filter { $0.hasSuffix(" \(qos) 0") } == expected)
            }
            let again = try await client.publish("t/x", "last", qos: 1)
            #expect(again.status == 0)
            #expect(try await client.receive("reader", count: 1).output == "t/x last\n", "nothing comes twice")
            try await gateway.stop()
        }

        @Test(
            "retained messages and subscriptions outlive kill -9, cleared ones stay cleared [MQTT-3.3.1-5] [MQTT-3.3.1-6]",
            .timeLimit(.minutes(2)),
            arguments: Self.versions
        )
        func restart(version: String) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let client = try await Self.client(gateway, version: version)
            #expect(try await client.subscribe("reader", ["t/live/#"], stays: true).status == 0)
            for topic in ["t/kept/1", "t/kept/2", "t/cleared"] {
                #expect(try await client.publish(topic, "first", qos: 1, options: ["-r"]).status == 0)
            }
            #expect(try await client.publish("t/kept/2", "second", qos: 2, options: ["-r"]).status == 0)
            #expect(try await client.publish("t/cleared", "", qos: 1, options: ["-r"]).status == 0)
            #expect(try await client.publish("t/live/1", "before", qos: 2).status == 0)
            try await gateway.kill()
            try await gateway.start()
            #expect(try await client.publish("t/live/2", "after", qos: 2).status == 0)

            let filters = ["t/kept/#", "t/cleared"]
            let retained = try await client.receive("late", count: 2, format: "%t %p %r", filters: filters)
            #expect(Set(retained.output.split(separator: "\n")) == ["t/kept/1 first 1", "t/kept/2 second 1"])
            let received = try await client.receive("reader", count: 2)
            #expect(received.output == "t/live/1 before\nt/live/2 after\n")
            try await gateway.stop()
        }

        @Test(
            "a client that is killed leaves its Will [MQTT-3.1.2-8]",
            .timeLimit(.minutes(2)),
            arguments: Self.versions
        )
        func will(version: String) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = try await Self.client(gateway, version: version)
            #expect(try await client.subscribe("reader", ["t/will"], stays: true).status == 0)
            let device = try client.run(
                "device",
                filters: ["t/x"],
                options: ["--will-topic", "t/will", "--will-payload", "gone", "--will-qos", "2", "--will-retain"]
            )
            _ = try await gateway.record(of: "lifecycle") {
                $0.body.contains(#""clientId":"device""#)
                    && $0.applicationProperties["opType"] == "applicationConnected"
            }
            device.send(SIGKILL)
            #expect(try await client.receive("reader", count: 1, format: "%p %q %r").output == "gone 2 0\n")
            let retained = try await client.receive("late", count: 1, format: "%p %q %r", filters: ["t/will"])
            #expect(retained.output == "gone 2 1\n")
            try await gateway.stop()
        }

        @Test(
            "kill -9 of the gateway publishes the Will of who was connected, once, and of who said DISCONNECT none [MQTT-3.1.2-8]",
            .timeLimit(.minutes(2)),
            arguments: Self.versions
        )
        func willOfKilledGateway(version: String) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, ports: try GatewayPorts.lasting())
            let client = try await Self.client(gateway, version: version)
            #expect(try await client.subscribe("reader", ["t/will"], stays: true).status == 0)
            func will(_ payload: String) -> [String] {
                ["--will-topic", "t/will", "--will-payload", payload, "--will-qos", "1"]
            }
            // The session of one outlives its connection, that of the other does not.
            let device = try client.run(
                "device",
                filters: ["t/x"],
                options: will("gone") + (version == "mqttv311" ? ["-c"] : [])
            )
            _ = try await gateway.record(of: "lifecycle") {
                $0.body.contains(#""clientId":"device""#)
                    && $0.applicationProperties["opType"] == "applicationConnected"
            }
            #expect(try await client.publish("t/x", "1", qos: 1, options: will("not gone")).status == 0)
            // Behind the end of that Will in the journal.
            #expect(try await client.publish("t/will", "before", qos: 1).status == 0)
            try await gateway.kill()
            device.send(SIGKILL)
            try await gateway.start()
            #expect(try await client.receive("reader", count: 2).output == "t/will before\nt/will gone\n")
            // In order, since a kill may repeat what was acknowledged with QoS 1 less than 100 ms ago.
            try await gateway.stop()
            try await gateway.start()
            #expect(try await client.publish("t/will", "after", qos: 1).status == 0)
            #expect(try await client.receive("reader", count: 1).output == "t/will after\n", "nothing comes twice")
            try await gateway.stop()
        }

        @Test("properties arrive as mosquitto_pub sent them [MQTT-3.3.2-18]", .timeLimit(.minutes(2)))
        func properties() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = try await Self.client(gateway, version: "mqttv5")
            #expect(try await client.subscribe("reader", ["t/#"], stays: true).status == 0)
            let properties = [
                ["payload-format-indicator", "1"], ["content-type", "text/plain"], ["correlation-data", "q-1"],
                ["response-topic", "t/answer"], ["message-expiry-interval", "3600"], ["user-property", "b", "2"],
                ["user-property", "a", "1"],
            ]
            let result = try await client.publish(
                "t/x",
                "ü",
                qos: 1,
                options: properties.flatMap { ["-D", "publish"] + $0 }
            )
            #expect(result.status == 0, "\(result.errors)")
            let received = try await client.receive("reader", count: 1, format: "%p|%F|%C|%D|%R|%P|%E")
            let parts = received.output.dropLast().split(separator: "|")
            try #require(parts.count == 7, "\(received.output)")
            #expect(parts.dropLast() == ["ü", "1", "text/plain", "q-1", "t/answer", "b:2 a:1"])
            #expect((3_500...3_600).contains(Int(parts[6]) ?? 0), "what is left of the expiry: \(parts[6])")
            try await gateway.stop()
        }

        @Test(
            "password logins of applications and devices work over TCP, TLS 1.2 and TLS 1.3",
            .timeLimit(.minutes(2)),
            arguments: MosquittoBrokerClient.Transport.allCases
        )
        func passwords(transport: MosquittoBrokerClient.Transport) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let login = try await gateway.makeApplication("reader", subscribe: ["sensors/#"])
            let reader = MosquittoBrokerClient(gateway: gateway, login: login, transport: transport)
            #expect(try await reader.subscribe("reader", ["sensors/#"], stays: true).status == 0)
            for id in ["pump-1", "pump-2"] {
                let login = try await gateway.makePasswordDevice(id, publish: ["sensors/{device}/#"])
                let device = MosquittoBrokerClient(gateway: gateway, login: login, transport: transport)
                _ = try await device.publish("sensors/pump-1/x", "from \(id)", qos: 1)
                #expect(try await device.publish("sensors/\(id)/x", "own of \(id)", qos: 1).status == 0)
            }
            let received = try await reader.receive("reader", count: 3, filters: ["sensors/nothing"])
            #expect(
                received.output == """
                    sensors/pump-1/x from pump-1
                    sensors/pump-1/x own of pump-1
                    sensors/pump-2/x own of pump-2

                    """,
                "pump-2 may not publish for pump-1"
            )
            try await gateway.stop()
        }

        @Test(
            "client certificates open a device and an application by thumbprint, another certificate does not",
            .timeLimit(.minutes(2)),
            arguments: [MosquittoBrokerClient.Transport.tls12, .tls13]
        )
        func thumbprints(transport: MosquittoBrokerClient.Transport) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let files = try await ClientCertificate.selfSigned("anything", in: folder)
            let other = try await ClientCertificate.selfSigned("other", in: folder)
            _ = try await gateway.weir(
                "device",
                "create",
                "camera",
                "--auth",
                "x509-thumbprint",
                "--certificate",
                files.certificate,
                "--publish",
                "t/{device}/#"
            )
            _ = try await gateway.weir(
                "application",
                "create",
                "viewer",
                "--certificate",
                other.certificate,
                "--subscribe",
                "t/#"
            )
            var viewer = MosquittoBrokerClient(gateway: gateway, transport: transport)
            viewer.login = GatewayUnderTest.Login(user: "viewer", password: "")
            viewer.certificate = (other.certificate, other.key)
            #expect(try await viewer.subscribe("viewer", ["t/#"], stays: true).status == 0)
            var camera = MosquittoBrokerClient(gateway: gateway, transport: transport)
            camera.login = GatewayUnderTest.Login(user: "camera", password: "")
            camera.certificate = (other.certificate, other.key)
            #expect(try await camera.publish("t/camera/x", "wrong certificate", qos: 1).status != 0)
            camera.certificate = nil
            #expect(try await camera.publish("t/camera/x", "no certificate", qos: 1).status != 0)
            camera.certificate = (files.certificate, files.key)
            #expect(try await camera.publish("t/camera/x", "right certificate", qos: 1).status == 0)
            #expect(try await viewer.receive("viewer", count: 1).output == "t/camera/x right certificate\n")
            try await gateway.stop()
        }

        @Test(
            "a client certificate of a registered authority opens the device of its common name only",
            .timeLimit(.minutes(2))
        )
        func authority() async throws {
            let folder = try TemporaryFolder()
            let authority = try await ClientCertificate.selfSigned("fleet authority", in: folder, isAuthority: true)
            let files = try await ClientCertificate.signed("meter-1", by: authority, in: folder)
            let gateway = try await GatewayUnderTest(
                in: folder,
                settings: ["tls.clientAuthorityFiles=\(authority.certificate)"]
            )
            for id in ["meter-1", "meter-2"] {
                let created = try await gateway.weir(
                    "device",
                    "create",
                    id,
                    "--auth",
                    "x509-ca",
                    "--publish",
                    "t/{device}/#"
                )
                #expect(created.contains("x509=true"), "\(created)")
                var client = MosquittoBrokerClient(gateway: gateway, transport: .tls12)
                client.login = GatewayUnderTest.Login(user: id, password: "")
                client.certificate = (files.certificate, files.key)
                let result = try await client.publish("t/\(id)/x", "x", qos: 1)
                #expect((result.status == 0) == (id == "meter-1"), "\(id): \(result.errors)")
            }
            try await gateway.stop()
        }

        @Test(
            "a wrong password is refused, and lifecycle has the refusal",
            .timeLimit(.minutes(2)),
            arguments: Self.versions
        )
        func refusal(version: String) async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            var client = try await Self.client(gateway, version: version)
            client.login?.password = "wrong"
            #expect(try await client.publish("t/x", "x", qos: 1, options: ["-i", "intruder"]).status != 0)
            let record = try await gateway.record(of: "lifecycle") {
                $0.applicationProperties["opType"] == "connectionRefused"
            }
            #expect(record.body.contains(#""clientId":"intruder""#), "\(record.body)")
            #expect(record.body.contains(#""reason":""#), "\(record.body)")
            client.login = nil
            #expect(try await client.publish("t/x", "x", qos: 1, options: ["-i", "nameless"]).status != 0)
            try await gateway.stop()
        }
    }
}
