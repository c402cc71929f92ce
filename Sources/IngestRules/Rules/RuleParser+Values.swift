extension RuleParser {
    /// `time: {path: Time, format: local, offset: "+01:00"}`
    mutating func time(_ node: RuleNode) -> TimeRule? {
        let names = ["path", "format", "offset"]
        guard let keys = self.keys(node, "time", among: names),
            let path = self.required(keys["path"], "time.path", line: node.line)
        else { return nil }
        let format = keys["format"].flatMap { self.word($0, "time.format", TimeRule.Format.self) } ?? .auto
        var minutes = 0
        if let offset = keys["offset"] {
            if format != .local {
                self.fail(offset, key: "time.offset", expected: "nothing: only format local has an offset")
            } else if let read = offset.text.flatMap(RuleParser.minutes) {
                minutes = read
            } else {
                self.fail(
                    offset,
                    key: "time.offset",
                    expected: "a distance from UTC such as \"+01:00\", quoted, up to 14 hours"
                )
            }
        }
        return TimeRule(path: path, format: format, offsetMinutes: minutes)
    }

    /// `values: [{path: AM2301.Temperature, name: temperature, unit: fahrenheit}]`
    mutating func value(_ node: RuleNode) -> ValueRule? {
        let names = ["path", "name", "unit", "factor", "offset"]
        guard let keys = self.keys(node, "values", among: names),
            let path = self.required(keys["path"], "values.path", line: node.line)
        else { return nil }
        let name = keys["name"].flatMap { self.text($0, "values.name") } ?? path
        guard self.isName(name, keys["name"] ?? node, "values.name") else { return nil }
        return ValueRule(path: path, name: name, conversion: self.unit(keys, "values"))
    }

    /// `convert: [{of: [Temperature], unit: fahrenheit, when: {path: TempUnit, is: F}}]`
    mutating func conversion(_ node: RuleNode) -> ConversionRule? {
        guard let keys = self.keys(node, "convert", among: ["of", "unit", "factor", "offset", "when"]) else {
            return nil
        }
        let selectors = self.list(keys["of"], "convert.of").compactMap { self.text($0, "convert.of") }
        guard !selectors.isEmpty else {
            self.fail(keys["of"] ?? node, key: "convert.of", expected: "the names of the values to convert")
            return nil
        }
        guard let conversion = self.unit(keys, "convert") else {
            self.fail(node, key: "convert", expected: "a unit, or a factor and an offset")
            return nil
        }
        var condition: ConversionRule.Condition?
        if let when = keys["when"] {
            guard let parts = self.keys(when, "convert.when", among: ["path", "is"]),
                let path = self.required(parts["path"], "convert.when.path", line: when.line),
                let text = self.required(parts["is"], "convert.when.is", line: when.line)
            else { return nil }
            condition = ConversionRule.Condition(path: path, text: text)
        }
        return ConversionRule(of: selectors.map { ValueSelector($0) }, conversion: conversion, condition: condition)
    }

    private mutating func unit(_ keys: [String: RuleNode], _ key: String) -> UnitConversion? {
        if let unit = keys["unit"] {
            for other in ["factor", "offset"] {
                if let node = keys[other] { self.fail(node, key: "\(key).\(other)", expected: "nothing beside a unit") }
            }
            guard let text = unit.text, let conversion = UnitConversion.units[text] else {
                self.fail(unit, key: "\(key).unit", expectedOneOf: UnitConversion.units.keys.sorted())
                return nil
            }
            return conversion
        }
        guard keys["factor"] != nil || keys["offset"] != nil else { return nil }
        let factor = keys["factor"].flatMap { self.number($0, "\(key).factor") } ?? 1
        let offset = keys["offset"].flatMap { self.number($0, "\(key).offset") } ?? 0
        return UnitConversion(factor: factor, offset: offset)
    }

    /// `+01:00`, `-0330`, `Z` as minutes.
    private static func minutes(_ text: String) -> Int? {
        if text == "Z" || text == "0" { return 0 }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4, let number = Int(digits),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), number % 100 < 60, number <= 1_400
        else { return nil }
        return (number / 100 * 60 + number % 100) * (sign == "-" ? -1 : 1)
    }
}
