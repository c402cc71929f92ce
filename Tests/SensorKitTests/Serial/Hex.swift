/// Bytes as the contract writes them: `01 04 00 01`.
func hex(_ text: String) -> [UInt8] {
    text.split(separator: " ").map { digits in
        guard let byte = UInt8(digits, radix: 16) else { preconditionFailure("no byte: \(digits)") }
        return byte
    }
}
