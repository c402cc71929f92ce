import FoundationEssentials

/// The files of `Vectors/`.
enum Vectors {
    static func decode<File: Decodable>(_ type: File.Type, _ name: String) throws -> File {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(name).json")
        return try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }

    static func bytes(hexadecimal text: String) -> [UInt8]? {
        var bytes = [UInt8]()
        var rest = text[...]
        while !rest.isEmpty {
            guard rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
