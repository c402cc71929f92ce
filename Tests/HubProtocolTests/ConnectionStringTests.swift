import HubProtocol
import Testing

@Suite("connection strings")
struct ConnectionStringTests {
    @Test(
        "a string reads back as it was written",
        arguments: [
            "HostName=localhost;DeviceId=dev1;SharedAccessKey=QUJD==",
            "HostName=localhost:8080;SharedAccessKeyName=iothubowner;SharedAccessKey=QUJD",
            "HostName=h;DeviceId=d;ModuleId=m;SharedAccessKey=QQ==;GatewayHostName=gw.local",
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try ConnectionString(parsing: text).description == text)
    }

    @Test("names are read without case, unknown ones passed over, line ends ignored")
    func lenient() throws {
        let string = try ConnectionString(parsing: "hostname=h; DEVICEID=d;X=1;SharedAccessKey=a=b\n")
        #expect(string == ConnectionString(hostName: "h", deviceID: "d", sharedAccessKey: "a=b"))
    }

    @Test(
        "what is no connection string is refused",
        arguments: ["", "x", "DeviceId=d", "HostName=", "HostName=a;HostName=b"]
    )
    func malformed(text: String) {
        #expect(throws: HubSyntaxError.self) { try ConnectionString(parsing: text) }
    }
}
