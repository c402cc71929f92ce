import TelemetryModel
import Testing

@Suite("names of devices and modules, IoT Hub identity registry")
struct IdentityIDTests {
    @Test(
        "a device or a module on one is read and written the same",
        arguments: [
            ("mote19", "mote19", nil), ("mote19/radio", "mote19", "radio"),
            ("A-:.+%_#*?!(),=@;$'z9", "A-:.+%_#*?!(),=@;$'z9", nil),
            ("$edge/$hub", "$edge", "$hub"),
        ] as [(String, String, String?)]
    )
    func reads(text: String, device: String, module: String?) throws {
        let id = try #require(IdentityID(text))
        #expect(id.device == device)
        #expect(id.module == module)
        #expect(id.description == text)
        #expect(IdentityID(device: device, module: module) == id)
    }

    @Test("each part has 1 to 128 characters", arguments: [(0, false), (1, true), (128, true), (129, false)])
    func lengths(count: Int, isValid: Bool) {
        let part = String(repeating: "x", count: count)
        #expect((IdentityID(part) != nil) == isValid)
        #expect((IdentityID("d/\(part)") != nil) == isValid)
        #expect((IdentityID(device: "d", module: part) != nil) == isValid)
        #expect(IdentityID.isValidPart(part) == isValid)
    }

    @Test(
        "other characters are refused in either part",
        arguments: [
            " ", "\"", "&", "<", ">", "[", "\\", "]", "^", "`", "{", "|", "}", "~", "é", "\u{0}", "\u{7F}", "😀", "a b",
        ]
    )
    func characters(part: String) {
        #expect(IdentityID(part) == nil)
        #expect(IdentityID("d/\(part)") == nil)
    }

    @Test("nothing has more than two parts, or an empty one", arguments: ["", "/", "d/", "/m", "d/m/x", "d//m"])
    func parts(text: String) {
        #expect(IdentityID(text) == nil)
    }

    @Test("case counts, and a device sorts before its modules")
    func order() throws {
        let sorted = try ["a", "a/b", "a/c", "b"].map { try #require(IdentityID($0)) }
        #expect(sorted.reversed().sorted() == sorted)
        #expect(IdentityID("a") != IdentityID("A"))
    }
}
