import KafkaProtocol
import Testing

@Suite("comparing secrets")
struct ConstantTimeTests {
    @Test(
        "two secrets are equal when all their bytes are",
        arguments: [
            ("", "", true), ("a", "a", true), ("key=", "key=", true), ("a", "", false), ("", "a", false),
            ("ab", "aa", false), ("ba", "aa", false), ("a", "ab", false), ("é", "é", true), ("é", "e\u{301}", false),
        ]
    )
    func equality(one: String, other: String, isEqual: Bool) {
        #expect(ConstantTime.isEqual(one.utf8, other.utf8) == isEqual)
    }
}
