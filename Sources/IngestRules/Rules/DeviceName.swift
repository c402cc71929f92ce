package import TelemetryModel

/// Makes the id of a device from what a topic or a payload calls it.
///
/// Names of the field hold what ids cannot (spaces, umlauts, slashes): bytes that ``IdentityID`` does not allow, and `%`
/// itself, are percent-encoded, so different names stay different. Levels joined by `/` become joined by `:`.
package enum DeviceName {
    /// The name as a part of an id.
    ///
    /// - Parameter name: UTF-8; bytes that are not are encoded like any other.
    /// - Returns: ASCII, at most three bytes for one.
    package static func encoded(_ name: some Collection<UInt8>) -> String {
        var out = [UInt8]()
        out.reserveCapacity(name.count)
        for byte in name {
            if byte == UInt8(ascii: "/") {
                out.append(UInt8(ascii: ":"))
            } else if DeviceName.isPlain[Int(byte)] {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(DeviceName.digits[Int(byte >> 4)])
                out.append(DeviceName.digits[Int(byte & 15)])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The id, or why there is none.
    package static func identity(_ text: String) -> Result<IdentityID, Reason> {
        if let identity = IdentityID(device: text) { return .success(identity) }
        guard !text.isEmpty else { return .failure(Reason("the device id is empty")) }
        return .failure(
            Reason("the device id “\(text.prefix(160))” has \(text.utf8.count) bytes; an id has 1 to 128")
        )
    }

    /// Why a name gives no id.
    package struct Reason: Error, Equatable, Sendable {
        package var text: String

        init(_ text: String) {
            self.text = text
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static let isPlain: [Bool] = (0...255).map { byte in
        byte < 0x80 && byte != UInt8(ascii: "%")
            && IdentityID.isValidPart(String(Character(Unicode.Scalar(UInt8(byte)))))
    }
}
