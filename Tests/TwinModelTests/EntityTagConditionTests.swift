import Testing
import TwinModel

@Suite("If-Match, contract iothub-rest section 1")
struct EntityTagConditionTests {
    @Test(
        "W/ and one pair of quotes are taken off; a star is any etag",
        arguments: [
            ("*", EntityTagCondition.any), (#""*""#, .any), (#"W/"*""#, .any), (" * ", .any),
            (#""AAE=""#, .etag("AAE=")),
            ("AAE=", .etag("AAE=")), (#"W/"AAE=""#, .etag("AAE=")), (#"""AAE="""#, .etag(#""AAE=""#)),
            (#"w/"AAE=""#, .etag(#"w/"AAE=""#)), ("", .etag("")), (#""""#, .etag("")), (#"""#, .etag(#"""#)),
        ]
    )
    func header(text: String, expected: EntityTagCondition) {
        #expect(EntityTagCondition(header: text) == expected)
    }

    @Test("any is met by every etag, an etag by itself only")
    func isMet() {
        #expect(EntityTagCondition.any.isMet(by: ""))
        #expect(EntityTagCondition.etag("AAE=").isMet(by: "AAE="))
        #expect(!EntityTagCondition.etag("AAE=").isMet(by: "aae="))
        #expect(!EntityTagCondition.etag("").isMet(by: "AAE="))
    }

    @Test(
        "the etag is eight bytes of a counter in base64",
        arguments: [
            (2, "AAAAAAAAAAE="), (6, "AAAAAAAAAAU="), (65, "AAAAAAAAAEA="), (257, "AAAAAAAAAQA="),
            (Int64.max, "f/////////4="), (1, "AAAAAAAAAAA="),
        ] as [(Int64, String)]
    )
    func etag(version: Int64, expected: String) {
        #expect(TwinVersions(twin: version, desired: 9, reported: 9).etag == expected)
    }
}
