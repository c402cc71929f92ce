import HomeAssistant
import Testing

@Suite("ids that Home Assistant takes")
struct DiscoveryIDTests {
    @Test(
        "letters, digits, _ and - stay, all else is an escape",
        arguments: [
            ("dev1", "dev1"), ("room_1-a", "room_1-a"), ("dev.1", "dev_x2E1"), ("a/b", "a_x2Fb"),
            ("+#$%", "_x2B_x23_x24_x25"),
            ("", ""), ("°", "_xC2_xB0"), ("_x2E", "_x5Fx2E"), ("_x2e", "_x2e"), ("_x2", "_x2"), ("_x2.", "_x2_x2E"),
            ("__x2E", "__x5Fx2E"),
        ]
    )
    func encode(text: String, id: String) {
        #expect(DiscoveryID.encode(text) == id)
        #expect(DiscoveryID.decode(id) == text)
    }

    @Test("what is the id of nothing is not read", arguments: ["_x41", "_xC2", "a.b", "_x5F", "a/b"])
    func decode(id: String) {
        #expect(DiscoveryID.decode(id) == nil)
    }

    @Test("no two texts have the same id, whatever is in them")
    func unique() {
        // Every text of up to four of the bytes that matter.
        let alphabet = ["_", "x", "2", "E", ".", "a"]
        var texts = [""]
        var all: Set<String> = []
        var count = 0
        for _ in 0...4 {
            for text in texts {
                let id = DiscoveryID.encode(text)
                #expect(
                    id.utf8.allSatisfy { "_-".utf8.contains($0) || UInt8(ascii: "0") <= $0 && $0 != UInt8(ascii: ".") }
                )
                #expect(DiscoveryID.decode(id) == text)
                all.insert(id)
                count += 1
            }
            texts = texts.flatMap { text in alphabet.map { text + $0 } }
        }
        #expect(all.count == count)
    }
}
