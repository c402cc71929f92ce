import DeviceRegistry
import TelemetryModel
import Testing

@Suite("thumbprints, password hashes and topics, contract iothub-mqtt section 3")
struct CredentialTests {
    private static let sha1 = String(repeating: "0123456789", count: 4)
    private static let sha256 = String(repeating: "89abcdef", count: 8)

    @Test(
        "a thumbprint is read without case, colons and spaces; 40 or 64 hex digits, no others",
        arguments: [
            (sha1, true), (sha256, true), (sha256.uppercased(), true), ("89:AB cd:EF\(sha256.dropFirst(8))", true),
            (String(sha1.dropLast()), false), ("\(sha1)0", false), (String(sha256.dropLast()), false),
            ("\(sha256)0", false), ("g\(sha1.dropFirst())", false), ("", false),
            (String(repeating: "a", count: 100_000), false),
        ] as [(String, Bool)]
    )
    func thumbprint(text: String, isOne: Bool) {
        let thumbprint = Thumbprint(text)
        #expect((thumbprint != nil) == isOne)
        if isOne { #expect(thumbprint?.hex == text.filter { $0 != ":" && $0 != " " }.uppercased()) }
    }

    /// Source: FIPS 180-4 examples, "abc".
    @Test("the thumbprints of a certificate are the hashes of its bytes")
    func hashes() {
        let bytes = Array("abc".utf8)
        #expect(Thumbprint.sha1(of: bytes).hex == "A9993E364706816ABA3E25717850C26C9CD0D89D")
        #expect(
            Thumbprint.sha256(of: bytes).hex == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        )
        #expect(Thumbprint.all(of: bytes).count == 2)
    }

    @Test("a password is matched by its hash alone, two hashes of one password differ, and the text says the cost")
    func password() throws {
        let cost = try #require(PasswordHash.Parameters(checking: 4, blockSize: 8, parallelism: 1))
        let hash = try PasswordHash(hashing: Array("correct horse".utf8), parameters: cost)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        let other = try PasswordHash(hashing: Array("correct horse".utf8), parameters: cost)
        #expect(hash.text != other.text)
        let stored = try #require(PasswordHash(text: hash.text))
        #expect(stored == hash)
        #expect(try stored.matches(Array("correct horse".utf8)))
        #expect(try !stored.matches(Array("correct horsf".utf8)))
        #expect(try !stored.matches([]))
    }

    @Test("new passwords cost N = 2^14, r = 8, p = 1; the decoy costs the same and has no password")
    func parameters() throws {
        let hash = try PasswordHash(hashing: Array("12345678".utf8))
        #expect(hash.text.hasPrefix("$scrypt$ln=14,r=8,p=1$"))
        #expect(PasswordHash.decoy.parameters == hash.parameters)
        #expect(try !PasswordHash.decoy.matches(Array("12345678".utf8)))
    }

    /// Source: RFC 7914 section 12, the vector of "pleaseletmein", its first 32 bytes.
    @Test("the hash is scrypt as RFC 7914 has it")
    func vector() throws {
        let text = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI"
        let stored = try #require(PasswordHash(text: text))
        #expect(stored.text == text)
        #expect(try stored.matches(Array("pleaseletmein".utf8)))
        #expect(try !stored.matches(Array("pleaseletmeim".utf8)))
    }

    @Test(
        "what is no hash is none, and no text makes a try cost more than 128 MiB",
        arguments: [
            "", "$", "$scrypt$ln=14,r=8,p=1$AAAA", "$argon2$ln=14,r=8,p=1$AAAA$AAAA", "$scrypt$ln=14,r=8$AAAA$AAAA",
            "$scrypt$ln=18,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=14,r=9,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=14,r=8,p=-1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "$scrypt$ln=14,r=8,p=1$*$AAAA",
        ]
    )
    func unreadable(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    @Test(
        "a filter that grants the hub's topics, or that no topic can match, is refused in words",
        arguments: [
            ("sensors/{device}/#", nil), ("+/{client}/x", nil), ("#", nil), ("a//b", nil), ("{device}-x/{module}", nil),
            ("devicesx/a", nil), ("", "is empty"), ("a/#/b", "has #"), ("a#", "has #"), ("a/b+", "has +"),
            ("devices/d/messages/events/", "begins with devices/"), ("devices", "begins with devices/"),
            ("$iothub/twin/res/#", "begins with $"), ("$SYS/#", "begins with $"), ("a/{devcie}", "{device}?"),
            ("a/{device", "brace"), ("a/}", "brace"), ("a/\u{0}", "control"),
        ] as [(String, String?)]
    )
    func filter(text: String, words: String?) {
        let fault = TopicGrants.fault(of: text)
        #expect((fault == nil) == (words == nil), "\(fault ?? "")")
        if let words { #expect(fault?.contains(words) == true, "\(fault ?? "")") }
    }

    @Test("a filter has at most 1024 bytes", arguments: [(1_024, true), (1_025, false)])
    func length(count: Int, isGood: Bool) {
        #expect((TopicGrants.fault(of: String(repeating: "a", count: count)) == nil) == isGood)
    }
}
