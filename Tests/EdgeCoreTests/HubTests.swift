import EdgeCore
import SensorKit
import TelemetryModel
import Testing

@Suite("percent-encoding of tokens and topics, iothub-mqtt contract 3")
struct PercentEncodingTests {
    @Test(
        "all but the unreserved characters, upper-case hex, bytes of UTF-8",
        arguments: [
            ("hub.example.org/devices/dev1", "hub.example.org%2Fdevices%2Fdev1"), ("a:b+c", "a%3Ab%2Bc"),
            ("AZaz09-._~", "AZaz09-._~"), ("=+/", "%3D%2B%2F"), ("ü ", "%C3%BC%20"), ("", ""),
        ]
    )
    func encoding(text: String, expected: String) {
        #expect(PercentEncoding.encode(text) == expected)
    }
}

@Suite("names of an identity, iothub-mqtt contract 2 and 4")
struct HubNamesTests {
    @Test("a device")
    func device() throws {
        let names = HubNames(hostName: "hub.example.org", identity: try #require(IdentityID(device: "dev1")))
        #expect(names.clientID == "dev1")
        #expect(
            names.userName
                == "hub.example.org/dev1/?api-version=2021-04-12&DeviceClientType=weir-agent%2F\(AgentVersion.text)"
        )
        #expect(names.resource == "hub.example.org/devices/dev1")
        #expect(names.telemetryTopic == "devices/dev1/messages/events/%24.ct=application%2Fjson&%24.ce=utf-8")
    }

    @Test("a module")
    func module() throws {
        let names = HubNames(hostName: "h", identity: try #require(IdentityID(device: "dev1", module: "mod1")))
        #expect(names.clientID == "dev1/mod1")
        #expect(names.userName.hasPrefix("h/dev1/mod1/?api-version="))
        #expect(names.resource == "h/devices/dev1/modules/mod1")
        #expect(names.telemetryTopic.hasPrefix("devices/dev1/modules/mod1/messages/events/%24.ct="))
    }

    @Test("the string to sign and the token's text keep their parts' order, with and without a policy")
    func token() {
        let expiry = Timestamp(milliseconds: 1_800_000_000_999)
        let own = SharedAccessToken(resource: "h/devices/d", expiry: expiry)
        #expect(own.stringToSign == "h%2Fdevices%2Fd\n1800000000")
        #expect(own.text(signedWith: "a+/=") == "SharedAccessSignature sr=h%2Fdevices%2Fd&sig=a%2B%2F%3D&se=1800000000")
        let policy = SharedAccessToken(resource: "h", expiry: expiry, policy: "service")
        #expect(policy.text(signedWith: "s") == "SharedAccessSignature sr=h&sig=s&se=1800000000&skn=service")
    }
}

@Suite("a device's connection string")
struct DeviceConnectionStringTests {
    @Test("keys in any case and order, a key with '=' in it, and a gateway of another name")
    func parts() throws {
        let parsed = try DeviceConnectionString(
            parsing: "sharedaccesskey=a2V5PT0=;DEVICEID=dev1;HostName=hub.example.org;GatewayHostName=gw.local;"
        )
        #expect(parsed.hostName == "hub.example.org")
        #expect(parsed.identity.description == "dev1")
        #expect(parsed.proof == .key("a2V5PT0=", policy: nil))
        #expect(parsed.gatewayHostName == "gw.local")
        let module = try DeviceConnectionString(parsing: "HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=k")
        #expect(module.identity.description == "d/m")
        #expect(module.gatewayHostName == nil)
    }

    @Test(
        "written again it is the same",
        arguments: [
            "HostName=h;DeviceId=d;x509=true", "HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=a2V5PT0=",
            "HostName=h;DeviceId=d;SharedAccessKeyName=device;SharedAccessKey=k;GatewayHostName=gw",
        ]
    )
    func roundTrip(text: String) throws {
        let parsed = try DeviceConnectionString(parsing: text)
        #expect(parsed.text == text)
        #expect((parsed.proof == .certificate) == text.hasSuffix("x509=true"))
    }

    @Test(
        "what is wrong is said in words, and never the key",
        arguments: [
            ("", "no HostName"), ("HostName=h;DeviceId=d", "no SharedAccessKey"),
            ("HostName=h;SharedAccessKey=SECRET", "no DeviceId"),
            ("HostName=h;DeviceId=d;SharedAccessKey=SECRET;Hostname=g", "HostName twice"),
            ("HostName=h;DeviceId=d;SharedAccessKey=SECRET;Port=1", "unknown key 'Port'"),
            ("HostName=h;DeviceId=d;SECRET", "without '='"),
            ("HostName=h h;DeviceId=d;SharedAccessKey=SECRET", "no host name"),
            ("HostName=h;DeviceId=d/e;SharedAccessKey=SECRET", "no valid id"),
            ("HostName=h;DeviceId=d+e;SharedAccessKey=SECRET", "+ or #"),
            ("HostName=h;DeviceId=;SharedAccessKey=SECRET", "no DeviceId"),
            ("HostName=h;DeviceId=d;SharedAccessKey=", "no SharedAccessKey and no x509=true"),
            ("HostName=h;DeviceId=d;x509=false", "no SharedAccessKey and no x509=true"),
            ("HostName=h;DeviceId=d;SharedAccessKey=SECRET;x509=true", "both"),
            ("HostName=h;DeviceId=d;x509=SECRETyes", "neither true nor false"),
        ]
    )
    func faults(text: String, says: String) {
        let fault = #expect(throws: DeviceConnectionString.Fault.self) { try DeviceConnectionString(parsing: text) }
        #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("SECRET") == false)
    }

    @Test("no text makes it trap")
    func fuzz() {
        let seed: UInt64 = 0x636F_6E6E
        var random = SplitMix64(seed: seed)
        let words = [
            "HostName", "DeviceId", "SharedAccessKey", "ModuleId", "=", ";", "h", "é", "\0", "==", ";;", " ", "+",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...16, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
            .joined()
            guard let parsed = try? DeviceConnectionString(parsing: text) else { continue }
            #expect(!parsed.hostName.isEmpty && parsed.proof != .key("", policy: nil), "seed \(seed): \(text)")
        }
    }
}

@Suite("where to connect")
struct GatewayAddressTests {
    private func address(host: String?, gateway: String?, tls: Bool = true) throws -> GatewayAddress {
        var configuration = AgentConfiguration()
        configuration.mqtt.host = host
        configuration.tls.enabled = tls
        let suffix = gateway.map { ";GatewayHostName=\($0)" } ?? ""
        let connection = try DeviceConnectionString(parsing: "HostName=hub;DeviceId=d;SharedAccessKey=k\(suffix)")
        return try GatewayAddress(configuration, connection: connection, file: "agent.yaml")
    }

    @Test("the override wins over the gateway, the gateway over the hub's name")
    func precedence() throws {
        #expect(try self.address(host: "a", gateway: "b").host == "a")
        #expect(try self.address(host: nil, gateway: "b").host == "b")
        #expect(try self.address(host: nil, gateway: nil).host == "hub")
    }

    @Test(
        "a device that proves itself by a certificate needs TLS and one",
        arguments: [(true, true, true), (true, false, false), (false, true, false)]
    )
    func certificate(tls: Bool, hasCertificate: Bool, isTaken: Bool) throws {
        var configuration = AgentConfiguration()
        configuration.tls.enabled = tls
        if hasCertificate { configuration.tls.files = TLSFiles(certificateFile: "c", keyFile: "k") }
        let connection = try DeviceConnectionString(parsing: "HostName=localhost;DeviceId=d;x509=true")
        do throws(ConfigurationFaults) {
            let address = try GatewayAddress(configuration, connection: connection, file: "agent.yaml")
            #expect(isTaken && address.files.hasCertificate)
        } catch {
            #expect(!isTaken && error.faults.first?.key == "tls.certificateFile")
        }
    }

    @Test("without TLS only to this machine", arguments: ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "::1"])
    func loopback(host: String) throws {
        #expect(try !self.address(host: host, gateway: nil, tls: false).usesTLS)
    }

    @Test(
        "without TLS to anywhere else is refused with the key's name",
        arguments: ["hub.example.org", "128.0.0.1", "127.0.0.1.example.org", "127.0.0.256", "localhost.example.org"]
    )
    func elsewhere(host: String) {
        let faults = #expect(throws: ConfigurationFaults.self) {
            try self.address(host: host, gateway: nil, tls: false)
        }
        #expect(faults?.faults.first?.key == "tls.enabled")
    }
}
