import TelemetryModel

/// What a rule makes of a value by its path: its name in the record and its conversion, or nothing.
struct ValueMapper {
    struct Target: Equatable {
        var name: [UInt8]
        var conversion: UnitConversion?
    }

    private let rule: TopicRule
    /// The conversions whose condition the message fulfils.
    private let conversions: [ConversionRule]

    /// A mapper for one message.
    ///
    /// - Parameters:
    ///   - rule: the message's rule.
    ///   - text: the text at a path of the message, for conditions.
    init(_ rule: TopicRule, text: ([UInt8]) -> [UInt8]?) {
        self.rule = rule
        self.conversions = rule.convert.filter { conversion in
            conversion.condition.map { text($0.path) == $0.text } ?? true
        }
    }

    /// The value's place in the record; `nil` when it has none.
    ///
    /// - Parameters:
    ///   - path: the whole path.
    ///   - lastName: where its last name begins.
    /// - Returns: Cost: linear in the rule's own tables.
    func target(_ path: ArraySlice<UInt8>, lastName: Int) -> Target? {
        if let values = self.rule.values {
            return values.first { path.elementsEqual($0.path) }.map { Target(name: $0.name, conversion: $0.conversion) }
        }
        if self.rule.ignore.contains(where: { $0.matches(path, lastName: lastName) }) { return nil }
        let conversion = self.conversions.first { rule in rule.of.contains { $0.matches(path, lastName: lastName) } }
        guard let rename = self.rule.rename.first(where: { $0.selector.matches(path, lastName: lastName) }) else {
            return Target(name: Array(path), conversion: conversion?.conversion)
        }
        let name = rename.selector.isLastName ? Array(path[..<lastName]) + rename.name : rename.name
        return Target(name: name, conversion: conversion?.conversion)
    }

    /// What a text stands for.
    func constant(_ text: some Collection<UInt8>) -> ConstantValue? {
        self.rule.translate.isEmpty ? nil : self.rule.translate[String(decoding: text, as: UTF8.self)]
    }
}
