// swift-tools-version: 6.2
import PackageDescription

/// One array for every Swift target: language mode, warnings as errors, the strict upcoming features.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = [], in folder: String = "Sources") -> Target {
    .target(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: settings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency], in folder: String = "Sources") -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        resources: resources,
        swiftSettings: settings
    )
}

extension Target.Dependency {
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let signals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let protobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let yams = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "weir",
    products: [
        .executable(name: "weir", targets: ["weir"]),
        .executable(name: "weir-agent", targets: ["weir-agent"]),
        .executable(name: "weir-sim", targets: ["weir-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Layer 0: pure
        target("TelemetryModel"),
        target("TelemetryJSON", ["TelemetryModel"]),
        target("TwinModel", ["TelemetryModel", "TelemetryJSON"]),
        target("MQTTCodec", [.nioCore]),
        target("MQTTProtocol", ["MQTTCodec", .nioCore, .deque]),
        target("HubProtocol", ["TelemetryModel", .crypto]),
        target("FleetQuery", ["TelemetryModel", "TelemetryJSON"]),
        target("IngestRules", ["TelemetryModel", "TelemetryJSON", .nioCore, .protobuf]),
        .target(name: "CChecksum", path: "Sources/CChecksum"),
        target("LogFormat", ["CChecksum", .nioCore]),
        target("KafkaProtocol", [.nioCore, .crypto]),
        target("AMQPProtocol", ["HubProtocol", "TelemetryModel", .nioCore, .deque]),
        target("RecordCompression", ["LogFormat", "CZlib", "CZstd", "CLZ4", "CSnappy", .nioCore]),
        target("BackupFormat", ["LogFormat"]),
        target("ReadingNumbers", ["LogFormat"]),
        target("StreamSQL", ["TelemetryModel"]),
        target("AnomalyDetection", ["TelemetryModel"]),

        // Layer 1: engines
        target("EventLog", ["LogFormat", "TelemetryModel", .nioCore, .logging]),
        target(
            "DeviceRegistry",
            [
                "HubProtocol", "TwinModel", "FleetQuery", "TelemetryJSON", "TelemetryModel", .grdb, .cryptoExtras,
                .crypto,
            ]
        ),
        target(
            "DeviceHub",
            [
                "DeviceRegistry", "EventLog", "FleetQuery", "HubProtocol", "LogFormat", "TelemetryJSON",
                "TelemetryModel", "TwinModel", .deque, .nioCore, .nioPosix, .coreMetrics, .logging, .lifecycle,
            ]
        ),
        target(
            "StreamEngine",
            [
                "EventLog", "LogFormat", "RecordCompression", "StreamSQL", "AnomalyDetection", "TelemetryJSON",
                "TelemetryModel", .nioCore,
                .nioPosix, .logging, .metrics, .lifecycle,
            ]
        ),

        // Layer 2: servers, and the client of the API
        target("WebSocketTransport", [.nioCore, .nioWebSocket]),
        target("TLSTransport", [.nioSSL]),
        target(
            "MQTTServer",
            [
                "TLSTransport", "WebSocketTransport", "MQTTCodec", "MQTTProtocol", "HubProtocol", "ReadingNumbers",
                "EventLog",
                "LogFormat",
                "TelemetryModel",
                .nioCore, .nioPosix, .nioSSL, .nioHTTP1, .nioWebSocket, .deque, .logging, .metrics, .lifecycle,
            ]
        ),
        target(
            "KafkaServer",
            [
                "KafkaProtocol", "EventLog", "LogFormat", "TelemetryModel", "TLSTransport", .nioCore, .nioPosix,
                .nioSSL, .deque, .coreMetrics, .logging, .lifecycle,
            ]
        ),
        target(
            "AMQPServer",
            [
                "AMQPProtocol", "HubProtocol", "TLSTransport", "WebSocketTransport", "TelemetryModel", .nioCore,
                .nioPosix, .nioSSL,
                .nioWebSocket,
                .deque, .coreMetrics, .logging, .lifecycle,
            ]
        ),
        target(
            "GatewayAPI",
            [
                "TelemetryModel", "TelemetryJSON", "TwinModel", "HubProtocol", "DeviceRegistry", "DeviceHub",
                "LogFormat", "TLSTransport",
                "RecordCompression", "BackupFormat", "EventLog", .nioCore,
                .nioPosix, .nioSSL, .nioHTTP1, .nioHTTPTypes, .crypto, .hummingbird, .hummingbirdCore, .httpTypes,
                .coreMetrics, .logging,
                .lifecycle,
            ]
        ),
        target(
            "GatewayClient",
            ["TelemetryModel", "TelemetryJSON", "HubProtocol", .httpClient, .nioCore, .nioPosix, .nioHTTP1]
        ),

        // Layer 3: composition and the operator's command line
        target(
            "Gateway",
            [
                "TelemetryModel", "HubProtocol", "IngestRules", "DeviceHub", "DeviceRegistry", "LogFormat", "EventLog",
                "StreamEngine",
                "MQTTCodec",
                "MQTTProtocol", "MQTTServer", "ReadingNumbers", "KafkaProtocol", "KafkaServer", "AMQPProtocol",
                "AMQPServer", "GatewayAPI",
                "GatewayClient", "TelemetryJSON", "TLSTransport", .configuration, .yams,
                .crypto, .x509, .asn1, .deque, .nioCore, .nioPosix, .nioSSL, .coreMetrics, .logging, .lifecycle,
                .signals,
            ]
        ),
        executable(
            "weir",
            [
                "AnomalyDetection", "Gateway", "GatewayClient", "BackupFormat", "EventLog", "HubProtocol", "LogFormat",
                "RecordCompression",
                "TelemetryJSON", "TelemetryModel", .crypto, .x509, .asn1, .nioCore, .arguments, .logging,
                .coreMetrics,
                .lifecycle, .signals,
            ]
        ),

        // Codecs of the system: what Kafka clients compress with
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", path: "Sources/CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLZ4", path: "Sources/CLZ4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CSnappy", path: "Sources/CSnappy", providers: [.apt(["libsnappy-dev"])]),

        // The edge: no NIO, no Foundation
        .systemLibrary(
            name: "CMosquitto",
            path: "devices/CMosquitto",
            pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]
        ),
        .systemLibrary(
            name: "COpenSSL",
            path: "devices/COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(name: "CYAML", path: "devices/CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLinuxBus", path: "devices/CLinuxBus"),
        target("SensorKit", ["TelemetryModel", "TelemetryJSON"], in: "devices"),
        target("EdgeCore", ["SensorKit", "TelemetryModel", "TelemetryJSON"], in: "devices"),
        target(
            "EdgeAgent",
            [
                "EdgeCore", "SensorKit", "TelemetryModel", "TelemetryJSON", "CMosquitto", "COpenSSL", "CYAML",
                "CLinuxBus",
            ],
            in: "devices"
        ),
        executable("weir-agent", ["EdgeAgent"], in: "devices"),

        // The fleet
        target("FleetModel", ["TelemetryModel", "TelemetryJSON"], in: "Simulator"),
        executable(
            "weir-sim",
            [
                "FleetModel", "TelemetryModel", "TelemetryJSON", "MQTTCodec", "HubProtocol", "GatewayClient",
                "RecordCompression",
                .nioCore, .nioPosix, .nioSSL, .deque, .arguments, .yams, .signals,
            ],
            in: "Simulator"
        ),

        // Measures the log's way in; a target of this package because that way is not public.
        .executableTarget(
            name: "append-benchmark",
            dependencies: ["EventLog", "LogFormat", "TelemetryModel", .nioCore, .logging],
            path: "Tests/Benchmarks/AppendBenchmark",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "detector-benchmark",
            dependencies: ["AnomalyDetection", "TelemetryModel"],
            path: "Tests/Benchmarks/DetectorBenchmark",
            swiftSettings: settings
        ),

        // Tests
        target("TestSupport", in: "Tests"),
        target("LogTestSupport", ["LogFormat"], in: "Tests"),
        target("SensorTestSupport", ["SensorKit"], in: "Tests"),
        target(
            "ServerTestSupport",
            ["EventLog", "TLSTransport", .nioCore, .nioPosix, .nioSSL, .coreMetrics],
            in: "Tests"
        ),
        tests("TelemetryModelTests", ["TelemetryModel"]),
        tests("TelemetryJSONTests", ["TestSupport", "TelemetryJSON", "TelemetryModel"]),
        tests("TwinModelTests", ["TestSupport", "TwinModel", "TelemetryJSON", "TelemetryModel"]),
        tests("MQTTCodecTests", ["TestSupport", "MQTTCodec", .nioCore], resources: [.copy("Vectors")]),
        tests("MQTTProtocolTests", ["TestSupport", "MQTTCodec", "MQTTProtocol", .nioCore]),
        tests(
            "IngestRulesTests",
            ["TestSupport", "IngestRules", "TelemetryJSON", "TelemetryModel", .nioCore, .protobuf],
            resources: [.copy("Vectors")]
        ),
        tests("HubProtocolTests", ["TestSupport", "HubProtocol", "TelemetryModel"]),
        tests("FleetQueryTests", ["TestSupport", "FleetQuery", "TelemetryJSON"]),
        tests(
            "KafkaProtocolTests",
            ["TestSupport", "KafkaProtocol", "LogFormat", .nioCore],
            resources: [.copy("Vectors")]
        ),
        tests(
            "AMQPProtocolTests",
            ["TestSupport", "AMQPProtocol", "HubProtocol", "TelemetryModel", .nioCore],
            resources: [.copy("Vectors")]
        ),
        tests("LogFormatTests", ["TestSupport", "LogTestSupport", "LogFormat", .nioCore]),
        tests(
            "RecordCompressionTests",
            ["TestSupport", "RecordCompression", "LogFormat", .nioCore],
            resources: [.copy("Vectors")]
        ),
        tests("BackupFormatTests", ["TestSupport", "BackupFormat"]),
        tests("ReadingNumbersTests", ["TestSupport", "ReadingNumbers"]),
        tests("StreamSQLTests", ["TestSupport", "StreamSQL", "TelemetryModel"]),
        tests("AnomalyDetectionTests", ["TestSupport", "AnomalyDetection", "TelemetryModel"]),
        tests(
            "EventLogTests",
            ["TestSupport", "LogTestSupport", "EventLog", "LogFormat", "TelemetryModel", .nioCore, .logging]
        ),
        tests(
            "DeviceRegistryTests",
            [
                "TestSupport", "DeviceRegistry", "FleetQuery", "HubProtocol", "TwinModel", "TelemetryJSON",
                "TelemetryModel", .grdb,
            ]
        ),
        tests(
            "DeviceHubTests",
            [
                "TestSupport", "DeviceHub", "DeviceRegistry", "EventLog", "FleetQuery", "HubProtocol", "LogFormat",
                "TelemetryJSON", "TelemetryModel", "TwinModel", .nioCore, .coreMetrics, .logging,
            ]
        ),
        tests(
            "StreamEngineTests",
            [
                "TestSupport",
                "AnomalyDetection", "EventLog", "LogFormat", "StreamEngine", "StreamSQL", "TelemetryJSON",
                "TelemetryModel", .nioCore, .logging, .lifecycle,
            ]
        ),
        tests(
            "MQTTServerTests",
            [
                "TestSupport", "ServerTestSupport", "MQTTServer", "MQTTCodec", "MQTTProtocol", "ReadingNumbers",
                "EventLog", "HubProtocol", "LogFormat", "TLSTransport",
                "TelemetryModel", .nioCore,
                .nioPosix, .nioSSL, .coreMetrics, .logging,
            ]
        ),
        tests(
            "KafkaServerTests",
            [
                "TestSupport", "ServerTestSupport", "KafkaServer", "KafkaProtocol", "EventLog", "LogFormat",
                "TLSTransport", .nioCore, .nioPosix, .nioSSL, .coreMetrics, .logging,
            ]
        ),
        tests(
            "AMQPServerTests",
            [
                "TestSupport", "ServerTestSupport", "AMQPServer", "AMQPProtocol", "HubProtocol", "TelemetryModel",
                .nioCore, .nioPosix, .nioSSL, .logging,
            ]
        ),
        tests(
            "GatewayAPITests",
            [
                "BackupFormat", "GatewayAPI", "DeviceHub", "DeviceRegistry", "EventLog", "HubProtocol", "LogFormat",
                "RecordCompression", "TLSTransport", "TwinModel",
                "TelemetryJSON", "TelemetryModel", .httpClient, .httpTypes, .hummingbirdCore, .nioCore, .nioHTTP1,
                .nioPosix,
                .nioSSL, .coreMetrics,
                .logging,
                .lifecycle,
            ]
        ),
        tests(
            "GatewayClientTests",
            ["GatewayClient", "HubProtocol", "TelemetryJSON", "TelemetryModel", .nioCore, .nioPosix]
        ),
        tests(
            "GatewayTests",
            [
                "TestSupport", "Gateway", "HubProtocol", "TwinModel", "DeviceHub", "DeviceRegistry", "EventLog",
                "IngestRules", "KafkaProtocol", "KafkaServer", "MQTTCodec", "MQTTProtocol", "MQTTServer",
                "ReadingNumbers", "TLSTransport", "TelemetryJSON",
                "TelemetryModel", .crypto, .x509, .asn1, .nioCore, .nioPosix, .nioSSL, .coreMetrics, .logging,
            ]
        ),
        tests(
            "WeirCommandTests",
            [
                "TestSupport", "weir", "AnomalyDetection", "DeviceHub", "DeviceRegistry", "EventLog", "Gateway",
                "GatewayAPI",
                "GatewayClient",
                "HubProtocol",
                "LogFormat",
                "TelemetryJSON", "TelemetryModel", "TwinModel",
                .crypto, .x509, .asn1, .nioCore, .nioPosix, .coreMetrics, .logging, .lifecycle,
            ]
        ),
        tests("SensorKitTests", ["SensorTestSupport", "SensorKit", "TelemetryModel"]),
        tests("EdgeCoreTests", ["SensorTestSupport", "EdgeCore", "SensorKit", "TelemetryJSON", "TelemetryModel"]),
        // weir-agent only so that it is built: the tests run the binary.
        tests(
            "EdgeAgentTests",
            ["SensorTestSupport", "weir-agent", "EdgeAgent", "EdgeCore", "SensorKit", "TelemetryModel"]
        ),
        tests("FleetModelTests", ["FleetModel", "TelemetryJSON", "TelemetryModel"]),
        tests(
            "WeirSimTests",
            ["TestSupport", "weir-sim", "FleetModel", "MQTTCodec", "TelemetryModel", .nioCore, .nioPosix]
        ),
        // The programs only so that they are built: the tests run the binaries.
        tests(
            "GatewayIntegrationTests",
            ["TestSupport", "weir", "weir-agent", "weir-sim"],
            resources: [.copy("Programs")]
        ),
    ]
)
