import DeviceRegistry
import FoundationEssentials
import TelemetryModel
import Testing

@Suite("weir device and weir application: certificates, passwords, topics")
struct CredentialCommandTests {
    private static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-cli-\(UInt64.random(in: 0 ... .max))")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    /// A PEM frame around DER of five bytes: SEQUENCE { INTEGER 1 }.
    private static let certificate = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    /// SHA-256 of 30 03 02 01 01, computed with sha256sum.
    private static let thumbprint = "1B65F68A522C858715F5DD951CD0402DC16691778814BF0759822B7A257421D0"

    @Test("a certificate's thumbprint is computed from its file, and printed with a connection string for X.509")
    func certificate() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.withFile(Self.certificate) { path in
                let outcome = await gateway.weir("device", "create", "d", "--certificate", path)
                #expect(outcome.status == 0, "\(outcome.error)")
                #expect(outcome.output == "HostName=gw.example.org;DeviceId=d;x509=true\n")
                let stored = try gateway.stored("d")
                #expect(stored.kind == .selfSigned)
                #expect(stored.primaryThumbprint?.hex == Self.thumbprint)
                let shown = await gateway.weir("device", "show", "d")
                #expect(shown.output.contains("thumbprint     \(Self.thumbprint)"), "\(shown.output)")
                #expect(await gateway.weir("device", "create", "ca", "--auth", "x509-ca").status == 0)
                let second = try gateway.stored("ca")
                #expect(second.kind == .certificateAuthority)
            }
        }
    }

    @Test("a password comes from a file, is never printed, and its device has the topics named")
    func password() async throws {
        try await GatewayFixture.run { gateway in
            try await Self.withFile("s3cret-word\n") { path in
                let outcome = await gateway.weir(
                    "device",
                    "create",
                    "d",
                    "--auth",
                    "password",
                    "--password-file",
                    path,
                    "--publish",
                    "s/{device}/#",
                    "--publish",
                    "x",
                    "--json"
                )
                #expect(outcome.status == 0, "\(outcome.error)")
                #expect(!outcome.output.contains("s3cret-word"))
                #expect(outcome.output.contains(#""hasPassword":true"#), "\(outcome.output)")
                let stored = try gateway.stored("d")
                #expect(stored.kind == AuthenticationKind.none)
                #expect(stored.access.topics.publish == ["s/{device}/#", "x"])
                let matches = try stored.access.password?.matches(Array("s3cret-word".utf8))
                #expect(matches == true)
            }
        }
    }

    @Test("an update changes what its options name and nothing else")
    func update() async throws {
        try await GatewayFixture.run { gateway in
            _ = await gateway.weir("device", "create", "d", "--publish", "a", "--subscribe", "b")
            let before = try gateway.stored("d")
            let outcome = await gateway.weir(
                "device",
                "update",
                "d",
                "--disable",
                "--reason",
                "lost",
                "--publish",
                "c",
                "--messages-per-second",
                "5"
            )
            #expect(outcome.status == 0, "\(outcome.error)")
            let after = try gateway.stored("d")
            #expect(after.status == .disabled && after.statusReason == "lost")
            #expect(after.primaryKey == before.primaryKey)
            #expect(after.access.topics == TopicGrants(publish: ["c"], subscribe: ["b"]))
            #expect(after.access.limits == RateLimits(messagesPerSecond: 5))
            #expect(await gateway.weir("device", "update", "d", "--enable", "--no-subscribe").status == 0)
            let again = try gateway.stored("d")
            #expect(again.status == .enabled && again.statusReason == "lost")
            #expect(again.access.topics == TopicGrants(publish: ["c"]))
            #expect(await gateway.weir("device", "update", "d", "--auth", "sas").status == 0)
            let rolled = try gateway.stored("d")
            #expect(rolled.primaryKey != before.primaryKey)
            #expect(await gateway.weir("device", "update", "nobody", "--enable").status == 1)
        }
    }

    @Test(
        "options that do not fit together are exit status 2",
        arguments: [
            ["device", "create", "d", "--auth", "x509-thumbprint"], ["device", "create", "d", "--auth", "kerberos"],
            ["device", "create", "a", "b", "--thumbprint", "00"],
            ["device", "create", "d", "--auth", "x509-ca", "--primary-key", "AAAA"],
            ["device", "update", "d", "--enable", "--disable"],
            ["device", "update", "d", "--publish", "a", "--no-publish"],
            ["device", "create", "d", "--thumbprint", "00", "--certificate", "f"],
            ["application", "update", "a", "--no-certificate", "--thumbprint", "00"],
            ["device", "create", "d", "--password", "on-the-command-line"],
        ]
    )
    func wrongUse(arguments: [String]) async {
        #expect(await GatewayFixture.weir(arguments).status == 2)
    }

    @Test("an application is made, listed, shown, updated and deleted")
    func application() async throws {
        try await GatewayFixture.run { gateway in
            #expect(await gateway.weir("application", "list").error.contains("weir application create"))
            try await Self.withFile("dashboards!\n") { path in
                let made = await gateway.weir(
                    "application",
                    "create",
                    "grafana",
                    "--password-file",
                    path,
                    "--subscribe",
                    "#"
                )
                #expect(made.status == 0, "\(made.error)")
                #expect(made.output.contains("password       set"), "\(made.output)")
            }
            let table = await gateway.weir("application", "list")
            #expect(
                table.output == """
                    APPLICATION  STATUS   CONNECTION    PASSWORD  PUBLISH  SUBSCRIBE
                    grafana      enabled  disconnected  set                #

                    """,
                "\(table.output)"
            )
            #expect(await gateway.weir("application", "list", "--json").lines.count == 1)
            let updated = await gateway.weir("application", "update", "grafana", "--disable", "--no-password", "--json")
            #expect(updated.output.contains(#""hasPassword":false"#), "\(updated.output)\(updated.error)")
            #expect(await gateway.weir("application", "show", "grafana").output.contains("disabled"))
            #expect(await gateway.weir("application", "delete", "grafana").status == 0)
            #expect(await gateway.weir("application", "show", "grafana").error.contains("no application grafana"))
        }
    }

    @Test("JSON lines and CSV bring passwords, topics and certificates; a wrong column stops the import")
    func importing() async throws {
        let json = """
            {"deviceId":"j1","auth":"password","password":"password-1","permissions":{"publish":["p/{device}"]}}
            {"deviceId":"j2","thumbprint":"\(Self.thumbprint)"}
            {"deviceId":"j3","auth":"odd"}
            """
        let csv = #"""
            deviceId,password,publish,subscribe,statusReason
            c1,password-2,"a/{device} b/#",,"spare, in ""box"""
            c2,,,,
            ,x,,,
            """#
        try await GatewayFixture.run { gateway in
            try await Self.withFile(json) { path in
                let outcome = await gateway.weir("device", "import", path)
                #expect(outcome.output == "imported 2 devices, 1 failed\n", "\(outcome.error)")
                #expect(outcome.error.contains("auth is “odd”"))
            }
            try await Self.withFile(csv) { path in
                let outcome = await gateway.weir("device", "import", path)
                #expect(outcome.output == "imported 2 devices, 1 failed\n", "\(outcome.error)")
            }
            let first = try gateway.stored("j1")
            #expect(first.kind == AuthenticationKind.none && first.access.password != nil)
            let second = try gateway.stored("j2")
            #expect(second.kind == .selfSigned)
            let third = try gateway.stored("c1")
            #expect(third.kind == .sas && third.access.topics.publish == ["a/{device}", "b/#"])
            #expect(third.statusReason == #"spare, in "box""#)
            let fourth = try gateway.stored("c2")
            #expect(fourth.access == IdentityAccess())
            try await Self.withFile("deviceId,passwort\nx,y\n") { path in
                let outcome = await gateway.weir("device", "import", path)
                #expect(outcome.status == 1 && outcome.error.contains("did you mean password?"), "\(outcome.error)")
            }
        }
    }
}
