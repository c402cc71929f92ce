import EdgeCore
import Glibc
import TelemetryModel

/// Whether the gateway can be found and reached, whether its certificate is good, and what time it says.
///
/// Opens a TLS connection to the MQTT port and closes it: no CONNECT, for that would end the running agent's.
struct GatewayCheck {
    /// For one connection.
    private static let limit: Duration = .seconds(10)
    private static let expiryWarning: Duration = .seconds(14 * 86_400)
    /// A token is made minutes ahead, a reading is dated to the millisecond: this much is worth a word.
    private static let clockErrorMax: Duration = .seconds(5)

    private let configuration: AgentConfiguration
    private let address: GatewayAddress
    private let clock: SystemClock
    private let wallClock: WallClock

    init(_ configuration: AgentConfiguration, address: GatewayAddress, clock: SystemClock) {
        self.configuration = configuration
        self.address = address
        self.clock = clock
        // Says nothing: what it finds is said by the findings.
        self.wallClock = WallClock(configuration, system: clock, memory: nil, journal: Journal(descriptor: -1))
    }

    func findings() -> [CheckFinding] {
        let addresses = self.resolve()
        guard !addresses.isEmpty else {
            return [.failure("dns", "the host name '\(self.address.host)' cannot be resolved")]
        }
        var findings: [CheckFinding] = [.pass("dns", "\(self.address.host) is \(addresses.joined(separator: ", "))")]
        guard self.address.usesTLS else { return findings + [self.plain()] }
        // The time first: it says as of when certificates are valid.
        let time = self.time()
        findings.append(self.handshake())
        return findings + [time]
    }

    private func resolve() -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(self.address.host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var texts: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var name = [CChar](repeating: 0, count: 64)
            let result = getnameinfo(
                entry.ai_addr,
                entry.ai_addrlen,
                &name,
                socklen_t(name.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            if result == 0 {
                texts.append(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
        }
        return texts
    }

    private func plain() -> CheckFinding {
        do throws(TLSStream.Fault) {
            let deadline = self.clock.now + Self.limit
            close(
                try TLSStream.connect(self.address.host, port: self.address.port, clock: self.clock, deadline: deadline)
            )
            return .pass("gateway", "\(self.address.host):\(self.address.port) answers, without TLS")
        } catch {
            return .failure("gateway", error.message)
        }
    }

    private func handshake() -> CheckFinding {
        do throws(TLSStream.Fault) {
            let tls = try self.context()
            let deadline = self.clock.now + Self.limit
            let stream = try TLSStream(tls, port: self.address.port, clock: self.clock, deadline: deadline)
            let place = "\(self.address.host):\(self.address.port)"
            guard let end = tls.validUntil else { return .pass("gateway", "\(place), \(stream.version)") }
            let text = "\(place), \(stream.version), certificate valid until \(end)"
            let now = self.wallClock.now ?? self.clock.wallTime
            return end - now < Self.expiryWarning
                ? .warning("gateway", "\(text): it ends soon") : .pass("gateway", text)
        } catch {
            return .failure("gateway", error.message)
        }
    }

    private func time() -> CheckFinding {
        let isNeeded = self.wallClock.now == nil
        do throws(TLSStream.Fault) {
            let client = TimeClient(port: self.configuration.clock.gatewayPort, clock: self.clock)
            let (answer, roundTrip) = try client.ask(try self.context())
            self.wallClock.gatewayAnswered(answer, roundTrip: roundTrip)
            let middle = answer.date + roundTrip / 2 + answer.resolution / 2
            let error = self.clock.wallTime - middle
            let text = "the gateway says \(middle)"
            guard max(error, .zero - error) > Self.clockErrorMax else { return .pass("time", text) }
            return .warning("time", "\(text); this clock is wrong by \(error.components.seconds) s")
        } catch {
            // Who knows the time needs nobody to say it.
            let text = "the gateway did not say what time it is: \(error.message)"
            return isNeeded ? .failure("time", "\(text); without NTP no token can be made") : .warning("time", text)
        }
    }

    private func context() throws(TLSStream.Fault) -> TLSContext {
        do throws(TLSContext.Fault) {
            return try TLSContext(
                host: self.address.host,
                files: self.address.files,
                time: self.wallClock.verificationTime
            )
        } catch {
            throw TLSStream.Fault(message: error.message)
        }
    }
}
