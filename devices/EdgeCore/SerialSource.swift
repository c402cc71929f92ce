import SensorKit

/// Reads what a sensor on a serial port is configured with.
enum SerialSource {
    private static let modbusTypes = ["xy-md02", "modbus"]
    private static let lineTypes = ["csv", "keyvalue", "jsonlines", "nmea", "vaisala"]
    /// The values of `type` that are for serial ports.
    static let types = modbusTypes + lineTypes

    /// Longest wait for a unit's answer, and for a line.
    static let replyRange = 50...2_000
    static let lineReplyRange = 50...10_000

    private static let usual: [Quantity] = [.temperature, .humidity]

    /// Reads the keys of a sensor of one of ``types``.
    static func read(_ type: String, _ reader: inout MappingReader) -> (SensorConfiguration.Source?, [Quantity]) {
        let isASCII = type == "nmea" || type == "vaisala"
        guard let port = reader.text("port", lengthMax: 256) else {
            reader.fault("port", "is missing; expected a serial port such as /dev/serial/by-id/usb-…")
            return (nil, [])
        }
        let settings = self.settings(&reader, rate: isASCII ? 4_800 : 9_600, frame: type == "vaisala" ? "7E1" : "8N1")
        let isModbus = self.modbusTypes.contains(type)
        let reply = reader.integer(
            "replyMilliseconds",
            default: isModbus ? 300 : 1_000,
            in: isModbus ? self.replyRange : self.lineReplyRange,
            unit: "(milliseconds)"
        )
        let line = SerialLine(port: port, settings: settings, replyMilliseconds: reply)
        return isModbus ? self.modbus(type, line, &reader) : self.lines(type, line, &reader)
    }

    private static func settings(_ reader: inout MappingReader, rate: Int, frame: String) -> SerialSettings {
        let given = reader.integer("rate", default: rate, in: 1...4_000_000, unit: "(bits per second)")
        if !SerialSettings.rates.contains(given) {
            let list = SerialSettings.rates.map(String.init).joined(separator: ", ")
            reader.fault("rate", "is \(given); expected one of \(list)")
        }
        var settings = SerialSettings(rate: SerialSettings.rates.contains(given) ? given : rate)
        let text = reader.text("frame", lengthMax: 8) ?? frame
        if !settings.setFrame(text) {
            reader.fault("frame", "is '\(text)'; expected data bits 7 or 8, parity N, E or O, stop bits 1 or 2: 8N1")
        }
        settings.isRS485 = reader.flag("rs485", default: false)
        return settings
    }

    // MARK: - Modbus

    private static func modbus(
        _ type: String,
        _ line: SerialLine,
        _ reader: inout MappingReader
    ) -> (SensorConfiguration.Source?, [Quantity]) {
        let unit = UInt8(reader.integer("unit", default: 1, in: ModbusRequest.unitRange))
        guard type == "modbus" else {
            let divisor = reader.decimal("divisor", default: 10, in: 1...1_000)
            return (.modbus(line, unit: unit, .transmitter(divisor: divisor)), self.usual)
        }
        let name = reader.text("function", lengthMax: 16) ?? "input"
        if name != "input", name != "holding" {
            reader.fault("function", "is '\(name)'; expected input (function 4) or holding (function 3)")
        }
        var section = reader.section("registers")
        var registers: [ModbusRegister] = []
        for quantity in Quantity.allCases {
            guard section.keys.contains(quantity.rawValue) else { continue }
            registers.append(self.register(quantity, section.section(quantity.rawValue)))
        }
        if registers.isEmpty {
            let names = Quantity.allCases.map(\.rawValue).joined(separator: ", ")
            reader.fault("registers", "names no register; expected some of \(names)")
        }
        section.finish(alsoKnown: Quantity.allCases.map(\.rawValue))
        guard !registers.isEmpty else { return (nil, []) }
        let map = ModbusMap(name == "holding" ? .holding : .input, registers)
        return (.modbus(line, unit: unit, map), registers.map(\.quantity))
    }

    private static func register(_ quantity: Quantity, _ section: MappingReader) -> ModbusRegister {
        var section = section
        let formats = ModbusRegister.Format.allCases.map(\.rawValue)
        let name = section.text("format", lengthMax: 16) ?? "int16"
        let format = ModbusRegister.Format(rawValue: name)
        if format == nil {
            section.fault("format", "is '\(name)'; expected one of \(formats.joined(separator: ", "))")
        }
        let order = section.text("wordOrder", lengthMax: 16) ?? "highFirst"
        if order != "highFirst", order != "lowFirst" {
            section.fault("wordOrder", "is '\(order)'; expected highFirst or lowFirst")
        }
        var register = ModbusRegister(
            quantity,
            address: 0,
            format: format ?? .int16,
            isLowWordFirst: order == "lowFirst",
            divisor: section.decimal("divisor", default: 1, in: 0.001...1_000_000),
            offset: section.decimal("offset", default: 0, in: -1_000_000...1_000_000)
        )
        if !section.keys.contains("address") {
            section.fault("address", "is missing; expected the register's address as on the wire, from 0")
        }
        register.address = UInt16(section.integer("address", default: 0, in: 0...65_536 - register.count))
        section.finish()
        return register
    }

    // MARK: - Lines

    private static func lines(
        _ type: String,
        _ line: SerialLine,
        _ reader: inout MappingReader
    ) -> (SensorConfiguration.Source?, [Quantity]) {
        let format: LineFormat
        let quantities: [Quantity]
        switch type {
        case "csv":
            let columns = self.columns(&reader)
            quantities = columns.map(\.quantity)
            format = .csv(CSVLine(columns, separator: self.separator(&reader)))
        case "nmea":
            let fields = self.fields(&reader) { _ in "" }
            for field in fields where XDRSentence.types[field.quantity] == nil {
                reader.fault("keys", "has \(field.quantity.rawValue), which NMEA has no transducer type for")
            }
            quantities = fields.map(\.quantity)
            format = .xdr(XDRSentence(fields))
        case "vaisala":
            let names: [Quantity: String] = [.temperature: "T", .humidity: "RH", .pressure: "P"]
            let fields = self.fields(&reader) { names[$0] ?? "" }
            quantities = fields.map(\.quantity)
            format = .vaisala(VaisalaLine(fields))
        default:
            let fields = self.fields(&reader, usually: \.rawValue)
            quantities = fields.map(\.quantity)
            format = type == "keyvalue" ? .keyValue(KeyValueLine(fields)) : .json(JSONLine(fields))
        }
        let end = self.commandEnd(&reader)
        let query = reader.text("query", lengthMax: 64)
        let greeting = reader.text("startCommand", lengthMax: 64)
        if query != nil, greeting != nil {
            reader.fault("startCommand", "and 'query' are both set; a sensor talks by itself or when it is asked")
        }
        let conversation: LineConversation =
            if let query { .asked(query + end) } else { .streams(greeting: greeting.map { $0 + end } ?? "") }
        guard !quantities.isEmpty else { return (nil, []) }
        return (.lines(line, format, conversation), quantities)
    }

    private static func columns(_ reader: inout MappingReader) -> [CSVLine.Column] {
        var section = reader.section("columns")
        var columns: [CSVLine.Column] = []
        for quantity in Quantity.allCases {
            let number = section.integer(quantity.rawValue, default: 0, in: 1...256)
            if number > 0 { columns.append(CSVLine.Column(quantity, number: number)) }
        }
        if columns.isEmpty {
            reader.fault("columns", "names no column; expected such as {temperature: 2, humidity: 3}")
        }
        section.finish()
        return columns
    }

    /// The channels of `keys`; without that section the usual two by their usual names.
    private static func fields(_ reader: inout MappingReader, usually name: (Quantity) -> String) -> [LineField] {
        var section = reader.section("keys")
        var fields: [LineField] = []
        for quantity in Quantity.allCases {
            guard let key = section.text(quantity.rawValue, lengthMax: 64) else { continue }
            fields.append(LineField(quantity, name: key))
        }
        section.finish()
        return fields.isEmpty ? self.usual.map { LineField($0, name: name($0)) } : fields
    }

    private static func separator(_ reader: inout MappingReader) -> UInt8 {
        let text = reader.text("separator", lengthMax: 3) ?? ","
        if text == "tab" { return 0x09 }
        guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80, !LineNumber.canContain(byte) else {
            reader.fault(
                "separator",
                "is '\(text)'; expected tab or one character that is no part of a number, such as ;"
            )
            return UInt8(ascii: ",")
        }
        return byte
    }

    private static func commandEnd(_ reader: inout MappingReader) -> String {
        let ends = ["cr": "\r", "lf": "\n", "crlf": "\r\n"]
        let name = reader.text("commandEnd", lengthMax: 8) ?? "cr"
        if ends[name] == nil { reader.fault("commandEnd", "is '\(name)'; expected cr, lf or crlf") }
        return ends[name] ?? "\r"
    }
}

extension SensorConfiguration {
    /// Why the sensor cannot share its port with those before it; `nil` when it can.
    func conflict(with others: [SensorConfiguration]) -> String? {
        guard let line = self.serialLine, let other = others.first(where: { $0.serialLine?.port == line.port }) else {
            return nil
        }
        guard line == other.serialLine else {
            return "is also that of sensor '\(other.name)', with another rate, frame, rs485 or replyMilliseconds"
        }
        switch (self.source, other.source) {
        case (.modbus, .modbus), (.lines(_, _, .asked), .lines(_, _, .asked)): return nil
        case (.lines(_, _, .streams(let mine)), .lines(_, _, .streams(let its))) where mine == its: return nil
        default: return "is also that of sensor '\(other.name)', which talks in another way; give each its own port"
        }
    }

    /// Its serial line; `nil` when it hangs on something else.
    package var serialLine: SerialLine? {
        switch self.source {
        case .modbus(let line, _, _), .lines(let line, _, _): line
        default: nil
        }
    }
}
