import DeviceRegistry
import EventLog
import GatewayAPI
import NIOHTTP1
import Testing

@Suite("HTTP clients that are slow, leave or send garbage hurt nobody else")
struct BadClientTests {
    @Test(
        "what is not HTTP is answered 400 or cut off, and the API goes on",
        arguments: [
            "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "HELO example.org\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon here\r\n\r\n", "POST /devices HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST /devices HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 17_000) + "\r\n\r\n",
            "GET / HTTP/1.1\r\n" + (0..<120).map { "H\($0): v\r\n" }.joined() + "\r\n",
            "GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\n\r\n",
        ]
    )
    func garbage(bytes: String) async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(port: api.port, sending: bytes, reads: true)
            #expect(try await client.waitForClose())
            #expect(client.text.isEmpty || client.text.hasPrefix("HTTP/1.1 4"), "\(client.text.prefix(200))")
            #expect(try await api.send(.GET, "/healthz").status == 200)
        }
    }

    @Test("a megabyte of random bytes costs only its connection", arguments: [UInt64(2_026), 11, 21])
    func randomGarbage(seed: UInt64) async throws {
        print("seed \(seed)")
        try await APIFixture.run { api in
            var state = seed
            let bytes = (0..<(1 << 20)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
            let client = try await HTTPStream(port: api.port, sending: "", reads: true)
            try? await client.send(bytes)  // the API may close before all is sent
            #expect(try await client.waitForClose())
            #expect(try await api.send(.GET, "/healthz").status == 200)
        }
    }

    @Test("a connection that never says anything is closed after the idle time")
    func silence() async throws {
        try await APIFixture.run(\.idleTimeout, .milliseconds(100)) { api in
            let client = try await HTTPStream(port: api.port, sending: "", reads: true)
            #expect(try await client.waitForClose())
        }
    }

    @Test("headers that trickle are cut off after the idle time")
    func slowHeaders() async throws {
        try await APIFixture.run(\.idleTimeout, .seconds(1)) { api in
            let client = try await HTTPStream(port: api.port, sending: "GET /healthz HTTP/1.1\r\n", reads: true)
            let trickle = Task {
                while client.isOpen {
                    try await client.send("X: y\r\n")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await client.waitForClose())
            trickle.cancel()
        }
    }

    @Test("a body that trickles is cut off after the request time, while others are served")
    func slowBody() async throws {
        try await APIFixture.run(\.requestTimeout, .milliseconds(300)) { api in
            let client = try await HTTPStream(
                port: api.port,
                sending: """
                    PUT /devices/d?api-version=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\
                    Authorization: \(api.token(policy: "iothubowner"))\r\n\r\n
                    """,
                reads: true
            )
            let trickle = Task {
                while client.isOpen {
                    try await client.send(" ")
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            #expect(try await api.send(.GET, "/healthz").status == 200)
            #expect(try await client.waitForClose())
            trickle.cancel()
            #expect(try api.identities.deviceCounts().total == 0)
        }
    }

    @Test("a body that goes on for ever after its refusal is cut off")
    func endlessBody() async throws {
        try await APIFixture.run { api in
            let client = try await HTTPStream(
                port: api.port,
                sending: "PUT /devices/d?api-version=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                reads: true
            )
            let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
            let flood = Task { while client.isOpen { try await client.send(chunk) } }
            #expect(try await client.waitForClose())
            flood.cancel()
            #expect(client.text.hasPrefix("HTTP/1.1 401"), "\(client.text.prefix(100))")
        }
    }

    @Test("a client that does not take its answer does not hold up the gateway's stop")
    func stalledAtStop() async throws {
        try await APIFixture.run(\.drainTimeout, .milliseconds(200)) { api in
            let topic = try api.log.openTopic("telemetry")
            for _ in 0..<20 {
                let value = Array(String(repeating: "x", count: 500_000).utf8)
                _ = try await topic.append([NewRecord(key: nil, value: value)])
            }
            let stalled = try await HTTPStream(api, "/topics/telemetry/records")
            // Another reader's whole answer: the stalled one's has begun by now, and fills its socket.
            #expect(try await api.send(.GET, "/topics/telemetry/records").status == 200)
            let start = ContinuousClock.now
            try await api.stop()
            #expect(ContinuousClock.now - start < .seconds(30))
            stalled.close()
        }
    }

    @Test("connections beyond the limit wait until one is free")
    func connectionLimit() async throws {
        try await APIFixture.run(\.connectionsMax, 3) { api in
            let request = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
            var held = [HTTPStream]()
            for _ in 0..<3 {
                let client = try await HTTPStream(port: api.port, sending: request, reads: true)
                #expect(try await client.waitForAnswers(1))
                held.append(client)
            }
            let waiting = try await HTTPStream(
                port: api.port,
                sending: "GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                reads: true
            )
            try await held[1].send(request)
            #expect(try await held[1].waitForAnswers(2), "those that are in are served")
            #expect(waiting.text.isEmpty)
            held.removeFirst().close()
            #expect(try await waiting.waitForClose())
            #expect(waiting.text.hasPrefix("HTTP/1.1 200"))
            for client in held { client.close() }
        }
    }
}
