import TelemetryJSON
import TwinModel

extension SectionPatch {
    private static let names = ["a", "b", "c", "d", "e"]

    /// A patch of few names, so that patches meet in the same places.
    static func random(using random: inout some RandomNumberGenerator) -> SectionPatch {
        let value = JSONValue.object(SectionPatch.object(depth: 3, using: &random))
        guard let patch = try? SectionPatch(value, for: .reported) else {
            fatalError("a patch by the rules is refused")
        }
        return patch
    }

    private static func object(depth: Int, using random: inout some RandomNumberGenerator) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let name = SectionPatch.names[Int.random(in: 0..<SectionPatch.names.count, using: &random)]
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: object.set(name, to: .null)
            case 2, 3: object.set(name, to: .integer(Int64.random(in: 0...9, using: &random)))
            case 4: object.set(name, to: .array([.null, .object(["x": .null]), .number(0.5)]))
            default:
                guard depth > 0 else { continue }
                object.set(name, to: .object(SectionPatch.object(depth: depth - 1, using: &random)))
            }
        }
        return object
    }
}
