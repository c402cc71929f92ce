/// The words of a channel's name: `room_temperature`, `roomTemperature` and `Room-Temperature` are `room`, `temperature`.
enum ChannelWords {
    /// Words that people write in capitals.
    static let upperCase: Set<String> = ["co2", "cpu", "rh", "rssi", "uv", "voc", "tvoc", "pm1", "pm10", "pm25"]

    /// The words in lower case.
    ///
    /// A word ends at whatever is no letter and no digit, and before a capital behind a small letter or a digit, or before
    /// the last capital of several: `CPUTemp` is `cpu`, `temp`.
    static func split(_ name: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        let characters = Array(name)
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if let last = word.last, character.isUppercase {
                let isBeforeSmall = index + 1 < characters.count && characters[index + 1].isLowercase
                if !last.isUppercase || isBeforeSmall {
                    words.append(word)
                    word = ""
                }
            }
            word.append(character)
        }
        if !word.isEmpty { words.append(word) }
        return words.map { $0.lowercased() }
    }
}
