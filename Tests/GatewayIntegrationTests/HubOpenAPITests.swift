import Testing

extension GatewayIntegration {
    @Suite(
        "the OpenAPI document, against schemathesis",
        .enabled("SKIPPED: .venv-test has no schemathesis (make .venv-test/ready)") {
            await ExternalProgram.works(ExternalProgram.testPython, "-c", "import azure.iot.hub, schemathesis")
        }
    )
    struct HubOpenAPITests {
        /// Seconds that schemathesis may take.
        private static let seconds = 45

        @Test(
            "every route of the contracts is in /openapi.json, and the server answers as it says",
            .timeLimit(.minutes(4))
        )
        func document() async throws {
            let folder = try TemporaryFolder()
            let gateway = try await GatewayUnderTest(in: folder)
            let server = try await gateway.writeHubFile(in: folder)
            let program = try HubStatement.start("hub_openapi.py", [server, "\(Self.seconds)"])
            try HubStatement.check(
                try await program.exit(within: .seconds(180)),
                ["openapi-document", "openapi-routes", "openapi-conformance"]
            )
            #expect(try gateway.get("/healthz").status == 200, "the gateway is well afterwards")
            try await gateway.stop()
        }
    }
}
