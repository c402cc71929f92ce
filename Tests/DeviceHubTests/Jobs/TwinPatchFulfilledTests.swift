import TelemetryJSON
import Testing
import TwinModel

@testable import DeviceHub

@Suite("Whether a twin already has what a patch would write")
struct TwinPatchFulfilledTests {
    @Test(
        "merging the patch would change nothing exactly when it is fulfilled",
        arguments: [
            (#"{"tags":{"a":1}}"#, true), (#"{"tags":{"a":2}}"#, false), (#"{"tags":{"a":1.0}}"#, false),
            (#"{"tags":{"b":null}}"#, true), (#"{"tags":{"a":null}}"#, false),
            (#"{"properties":{"desired":{"o":{"x":[1]}}}}"#, true),
            (#"{"properties":{"desired":{"o":{"x":[1,2]}}}}"#, false),
            (#"{"properties":{"desired":{"o":{"z":{}}}}}"#, false),
            (#"{"properties":{"desired":{"o":{"e":{"n":null}}}}}"#, true),
            (#"{"tags":{"a":1},"properties":{"desired":{"o":{"x":[1]},"p":0}}}"#, false),
        ]
    )
    func fulfilled(patch: String, expected: Bool) throws {
        let twin = try jsonObject(#"{"tags":{"a":1},"properties":{"desired":{"o":{"x":[1],"y":2,"e":{}}}}}"#)
        #expect(try TwinPatch(parsing: patch.utf8).isFulfilled(by: twin) == expected)
    }
}
