import Foundation
import Glibc

/// Programs of the system that some tests need; without them these tests are skipped and say so.
enum ExternalProgram {
    /// Whether the shell would find a program.
    static func isInstalled(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// Whether a command ends with status 0: for what must not only be there but be allowed.
    static func works(_ name: String, _ arguments: String...) async -> Bool {
        guard name.hasPrefix("/") ? access(name, X_OK) == 0 : ExternalProgram.isInstalled(name) else { return false }
        do {
            return try await RunningProcess.run(name, arguments, within: .seconds(30)).status == 0
        } catch {
            print("\(name) cannot be used: \(error)")
            return false
        }
    }

    static let hasMosquitto = isInstalled("mosquitto_pub") && isInstalled("mosquitto_sub")
    static let hasPython = isInstalled("python3")

    /// The Python of the virtual environment that the Makefile makes: azure-iot-device, azure-iot-hub, schemathesis.
    static let testPython = "\(BuiltProgram.packageRoot)/.venv-test/bin/python"

    /// Whether ``testPython`` has both packages of Azure.
    static func hasAzurePackages() async -> Bool {
        await ExternalProgram.works(ExternalProgram.testPython, "-c", "import azure.iot.device, azure.iot.hub")
    }

    /// The Python of the other one: paho-mqtt 2 and aiomqtt, which azure-iot-device cannot live beside.
    static let mqttPython = "\(BuiltProgram.packageRoot)/.venv-mqtt/bin/python"

    /// The Python of the third: confluent-kafka, kafka-python, aiokafka.
    static let kafkaPython = "\(BuiltProgram.packageRoot)/.venv-kafka/bin/python"

    /// Whether ``kafkaPython`` has its packages and kcat is installed.
    static func hasKafkaClients() async -> Bool {
        guard ExternalProgram.isInstalled("kcat") else { return false }
        return await ExternalProgram.works(
            ExternalProgram.kafkaPython,
            "-c",
            "import aiokafka, confluent_kafka, cramjam, kafka, lz4.frame, paho.mqtt, snappy, zstandard"
        )
    }

    /// Whether ``mqttPython`` has its packages.
    static func hasMQTTPackages() async -> Bool {
        await ExternalProgram.works(ExternalProgram.mqttPython, "-c", "import aiomqtt, paho.mqtt.enums")
    }
}
