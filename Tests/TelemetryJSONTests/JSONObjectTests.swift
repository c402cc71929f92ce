import TelemetryJSON
import TestSupport
import Testing

@Suite("members of a JSON object")
struct JSONObjectTests {
    private func object(_ text: String) throws -> JSONObject {
        try #require(try JSONValue(parsing: text).object)
    }

    @Test("the order of members is kept; of two with the same name the last counts, in the first one's place")
    func order() throws {
        let object = try self.object(#"{"z":1,"a":2,"z":3,"m":4}"#)
        #expect(object.map(\.name) == ["z", "a", "m"])
        #expect(object["z"] == .integer(3))
        #expect(object.description == #"{"z":3,"a":2,"m":4}"#)
    }

    @Test("names that look alike but differ in their bytes are two names")
    func canonicalEquivalence() throws {
        let object = try self.object(#"{"\u00e9":1,"e\u0301":2,"a\u0323\u0307":3,"a\u0307\u0323":4}"#)
        #expect(object.count == 4)
        #expect(object["\u{E9}"] == .integer(1))
        #expect(object["e\u{301}"] == .integer(2))
        #expect(object["a\u{323}\u{307}"] == .integer(3))
        #expect(object["a\u{307}\u{323}"] == .integer(4))
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test("objects are equal, and hash the same, when they have the same members in whatever order")
    func equality() throws {
        let left = try self.object(#"{"a":1,"b":{"c":[1,2],"d":"x"}}"#)
        let right = try self.object(#"{"b":{"d":"x","c":[1,2]},"a":1}"#)
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        for other in [#"{"a":1}"#, #"{"a":1,"b":{"c":[2,1],"d":"x"}}"#, #"{"a":1,"c":{"c":[1,2],"d":"x"}}"#] {
            #expect(try left != self.object(other))
        }
    }

    @Test("setting, replacing and removing agree with a plain list, with few members and with many")
    func model() {
        var random = SeededGenerator.announced("model")
        for _ in 0..<300 {
            var object = JSONObject()
            var list: [(name: String, value: Int64)] = []
            let names = (0..<Int.random(in: 1...40, using: &random)).map { "n\($0)" }
            for step in 0..<Int64(100) {
                let name = names[Int.random(in: names.indices, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    object[name] = nil
                    list.removeAll { $0.name == name }
                case 1:
                    let places = list.indices.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }
                    object.remove(at: places)
                    for place in places.reversed() { list.remove(at: place) }
                default:
                    object[name] = .integer(step)
                    if let place = list.firstIndex(where: { $0.name == name }) {
                        list[place].value = step
                    } else {
                        list.append((name, step))
                    }
                }
                #expect(object.map(\.name) == list.map(\.name))
                #expect(object.map(\.value) == list.map { .integer($0.value) })
                for name in names {
                    #expect(object.place(of: name) == list.firstIndex { $0.name == name })
                }
            }
        }
    }

    @Test("replacing at a place gives back what was there")
    func replace() {
        var object: JSONObject = ["a": .integer(1), "b": .null]
        #expect(object.replace(at: 0, with: .bool(true)) == .integer(1))
        #expect(object.description == #"{"a":true,"b":null}"#)
        #expect(object[1] == JSONObject.Member("b", .null))
    }

    @Test("100,000 names are read, found and removed in time that grows as they do, not as their square")
    func manyNames() throws {
        let count = 100_000
        let text = "{" + (0..<count).map { "\"\($0)\":\($0)" }.joined(separator: ",") + "}"
        var object = try self.object(text)
        #expect(object.count == count)
        for number in 0..<count { #expect(object["\(number)"] == .integer(Int64(number))) }
        object.remove(at: Array(stride(from: 0, to: count, by: 2)))
        #expect(object.count == count / 2)
        #expect(object["1"] == .integer(1))
        #expect(object["2"] == nil)
        #expect(object.place(of: "99999") == count / 2 - 1)
    }
}
