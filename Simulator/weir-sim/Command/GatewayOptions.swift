import ArgumentParser

/// Which gateway, and how to reach it.
struct GatewayOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The gateway's data folder (default ./weir-data; WEIR_CONNECTION_STRING names a gateway elsewhere).",
            valueName: "dir"
        )
    )
    var data: String?

    @Flag(name: .long, help: "Connect with MQTT over TLS and check the gateway's certificate.")
    var tls = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The CA that signed the gateway's certificate, PEM (default: the data folder's tls/ca.pem).",
            valueName: "file"
        )
    )
    var ca: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where MQTT is (default: as the data folder says).", valueName: "host:port")
    )
    var mqtt: String?
}
