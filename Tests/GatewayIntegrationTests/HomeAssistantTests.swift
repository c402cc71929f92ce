import Foundation
import Glibc
import Testing

extension GatewayIntegration {
    @Suite(
        "what Home Assistant reads on the gateway's broker, with mosquitto_sub in its place",
        .enabled(if: ExternalProgram.hasMosquitto, "SKIPPED: mosquitto_pub is missing (Debian: mosquitto-clients)")
    )
    struct HomeAssistantTests {
        private static let settings = ["homeAssistant.discovery=on", "homeAssistant.offlineSeconds=0"]
        private static let status = "homeassistant/status"
        private static let temperatureConfig = "homeassistant/sensor/weir_dev_x2E1/temperature/config"

        /// Home Assistant's login as the configuration's manual says, and a subscriber to all that it may read.
        private static func login(_ gateway: GatewayUnderTest) async throws -> MosquittoBrokerClient {
            let login = try await gateway.makeApplication(
                "homeassistant",
                publish: ["homeassistant/status"],
                subscribe: ["homeassistant/#", "weir/#"]
            )
            return MosquittoBrokerClient(gateway: gateway, login: login)
        }

        /// A subscriber whose subscription holds: it has Home Assistant's own retained message.
        private static func subscriber(_ client: MosquittoBrokerClient, _ id: String) async throws -> RunningProcess {
            #expect(try await client.publish(Self.status, "offline", qos: 1, options: ["-r"]).status == 0)
            // RETAIN as the broker set it, topic, payload; a line each.
            let filters = ["homeassistant/#", "weir/#"]
            let subscriber = try client.run(id, filters: filters, options: ["-F", "%r %t %p"])
            _ = try await Self.line(subscriber) { $0 == "1 \(Self.status) offline" }
            return subscriber
        }

        private static func line(
            _ subscriber: RunningProcess,
            _ fits: @escaping (String) -> Bool
        ) async throws -> String {
            try await Waiting.until("a message for Home Assistant", within: .seconds(180)) {
                subscriber.output.split(separator: "\n").map(String.init).first(where: fits)
            }
        }

        /// Waits until the last message of a topic is this.
        private static func last(_ subscriber: RunningProcess, of topic: String, is payload: String) async throws {
            try await Waiting.until("\(topic) \(payload)", within: .seconds(180)) {
                subscriber.output.split(separator: "\n").last { $0.dropFirst(2).hasPrefix("\(topic) ") }?
                    .hasSuffix(" \(payload)") ?? false
            }
        }

        /// Waits until these topics and no others have a retained message, but Home Assistant's own, which shows that they all
        /// have come.
        private static func retained(_ client: MosquittoBrokerClient, are topics: [String]) async throws {
            #expect(try await client.publish(Self.status, "offline", qos: 1, options: ["-r"]).status == 0)
            let filters = ["homeassistant/#", "weir/#"]
            try await Waiting.until("retained messages of \(topics)", within: .seconds(180)) {
                let program = try client.run(
                    "check",
                    filters: filters,
                    options: ["--retained-only", "-W", "3", "-F", "%t"]
                )
                _ = try await program.exit(within: .seconds(20))
                return program.output.split(separator: "\n").map(String.init).sorted()
                    == ([Self.status] + topics).sorted()
            }
        }

        @Test(
            "a device's telemetry leads to its discovery, availability and values; a birth repeats, a deletion removes",
            .timeLimit(.minutes(10))
        )
        func life() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder, settings: Self.settings)
            let client = try await Self.login(gateway)
            let subscriber = try await Self.subscriber(client, "ha")
            let device = try await gateway.makeDevice("dev.1")
            let sender = MosquittoClient(device: device, gateway: gateway)
            let body = #"{"temperature":21.42,"humidity":48.10}"#
            #expect(try await sender.publish(body).status == 0)

            let config = try await Self.line(subscriber) { $0.contains(Self.temperatureConfig) }
            let json = try #require(config.firstIndex(of: "{").map { config[$0...] })
            let members = try #require(
                JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any],
                "one JSON object"
            )
            #expect(members["device_class"] as? String == "temperature")
            #expect(members["unit_of_measurement"] as? String == "°C")
            #expect(members["state_topic"] as? String == "weir/dev.1/state")
            #expect(members["availability_topic"] as? String == "weir/dev.1/availability")
            #expect(members["value_template"] as? String == "{{ value_json['temperature'] | default('') }}")
            #expect(members["unique_id"] as? String == "weir_dev_x2E1/temperature")
            _ = try await Self.line(subscriber) { $0.contains("weir_dev_x2E1/humidity/config") }
            _ = try await Self.line(subscriber) { $0 == "0 weir/dev.1/state \(body)" }
            // mosquitto_pub has left: gone at once, by offlineSeconds.
            try await Self.last(subscriber, of: "weir/dev.1/availability", is: "offline")

            // A connection that stays, a newer value, and a backlog behind it.
            let present = try sender.stay(will: "{}")
            try await Self.last(subscriber, of: "weir/dev.1/availability", is: "online")
            present.send(SIGKILL)
            try await Self.last(subscriber, of: "weir/dev.1/availability", is: "offline")
            #expect(try await sender.publish(#"{"temperature":22}"#).status == 0)
            let newest = #"{"temperature":22,"humidity":48.10}"#
            _ = try await Self.line(subscriber) { $0 == "0 weir/dev.1/state \(newest)" }
            #expect(try await sender.publish(#"{"temperature":-5}"#, bag: "weir-historical=true").status == 0)

            // What is published behind the backlog knows nothing of it.
            let again = try await Self.subscriber(client, "ha2")
            _ = try await Self.line(again) { $0.contains(Self.temperatureConfig) }
            #expect(try await client.publish(Self.status, "online", qos: 0).status == 0)
            _ = try await Self.line(again) { $0.hasPrefix("0 \(Self.temperatureConfig) {") }
            _ = try await Self.line(again) { $0 == "0 weir/dev.1/state \(newest)" }
            #expect(!again.output.contains("-5"))
            #expect(!subscriber.output.contains("-5"))

            _ = try await gateway.weir("device", "delete", "dev.1")
            _ = try await Self.line(subscriber) { $0 == "0 \(Self.temperatureConfig) " }
            _ = try await Self.line(subscriber) { $0 == "0 weir/dev.1/availability " }
            try await Self.retained(client, are: [])
            try await gateway.stop()
        }

        @Test(
            "what was told outlives kill -9, and is taken back when discovery is switched off",
            .timeLimit(.minutes(10))
        )
        func switchedOff() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(
                in: folder,
                ports: try GatewayPorts.lasting(),
                settings: Self.settings
            )
            let client = try await Self.login(gateway)
            let device = try await gateway.makeDevice("dev1")
            let sender = MosquittoClient(device: device, gateway: gateway)
            #expect(try await sender.publish(#"{"temperature":21.42}"#).status == 0)
            var subscriber = try await Self.subscriber(client, "ha")
            try await Self.last(subscriber, of: "weir/dev1/availability", is: "offline")
            try await gateway.kill()

            try await gateway.start()
            let told = ["homeassistant/sensor/weir_dev1/temperature/config", "weir/dev1/availability"]
            try await Self.retained(client, are: told)
            subscriber = try await Self.subscriber(client, "ha")
            #expect(try await sender.publish(#"{"temperature":5}"#).status == 0)
            _ = try await Self.line(subscriber) { $0 == #"0 weir/dev1/state {"temperature":5}"# }
            try await gateway.stop()

            gateway.arguments = []
            try await gateway.start()
            try await Self.retained(client, are: [])
            try await gateway.stop()
        }

        @Test("without discovery nothing is published", .timeLimit(.minutes(10)))
        func off() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let client = try await Self.login(gateway)
            let device = try await gateway.makeDevice("dev1")
            let subscriber = try await Self.subscriber(client, "ha")
            let sender = MosquittoClient(device: device, gateway: gateway)
            #expect(try await sender.publish(#"{"temperature":21.42}"#).status == 0)
            #expect(try await gateway.records().count == 1)
            #expect(try await client.publish(Self.status, "online", qos: 1).status == 0)
            _ = try await Self.line(subscriber) { $0 == "0 \(Self.status) online" }
            #expect(subscriber.output == "1 \(Self.status) offline\n0 \(Self.status) online\n")
            try await gateway.stop()
        }
    }
}
