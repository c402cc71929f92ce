import EdgeAgent
import EdgeCore
import SensorKit
import Testing

@Suite("sensors on serial ports in the configuration file")
struct SerialConfigurationTests {
    @Test("sensors on serial ports, with their defaults and with everything set")
    func serialSensors() throws {
        let configuration = try ConfigurationText.load(
            """
            sensors:
              - {type: xy-md02, name: a, port: /dev/a}
              - type: modbus
                name: b
                port: /dev/a
                unit: 247
                function: holding
                registers:
                  pressure: {address: 0xFFFE, format: float32, wordOrder: lowFirst, divisor: 0.1, offset: -2.5}
              - {type: csv, name: c, prefix: c_, port: /dev/c, separator: tab, columns: {temperature: 2}, rate: 115200}
              - {type: vaisala, name: d, prefix: d_, port: /dev/d, query: SEND 3, commandEnd: crlf, rs485: true}
              - {type: jsonlines, name: e, prefix: e_, port: /dev/e, keys: {humidity: air.rh}, startCommand: go}
              - {type: nmea, name: f, prefix: f_, port: /dev/f, frame: 7o2, replyMilliseconds: 50}
            """
        )
        func line(
            _ port: String,
            _ rate: Int,
            _ frame: String = "8N1",
            rs485: Bool = false,
            reply: Int = 1_000
        ) -> SerialLine {
            var settings = SerialSettings(rate: rate)
            let isTaken = settings.setFrame(frame)
            #expect(isTaken)
            settings.isRS485 = rs485
            return SerialLine(port: port, settings: settings, replyMilliseconds: reply)
        }
        let register = ModbusRegister(
            .pressure,
            address: 0xFFFE,
            format: .float32,
            isLowWordFirst: true,
            divisor: 0.1,
            offset: -2.5
        )
        let usual: [Quantity] = [.temperature, .humidity]
        let expected: [SensorConfiguration.Source] = [
            .modbus(line("/dev/a", 9_600, reply: 300), unit: 1, .transmitter(divisor: 10)),
            .modbus(line("/dev/a", 9_600, reply: 300), unit: 247, ModbusMap(.holding, [register])),
            .lines(
                line("/dev/c", 115_200),
                .csv(CSVLine([.init(.temperature, number: 2)], separator: 9)),
                .streams(greeting: "")
            ),
            .lines(
                line("/dev/d", 4_800, "7E1", rs485: true),
                .vaisala(VaisalaLine([LineField(.temperature, name: "T"), LineField(.humidity, name: "RH")])),
                .asked("SEND 3\r\n")
            ),
            .lines(
                line("/dev/e", 9_600),
                .json(JSONLine([LineField(.humidity, name: "air.rh")])),
                .streams(greeting: "go\r")
            ),
            .lines(
                line("/dev/f", 4_800, "7O2", reply: 50),
                .xdr(XDRSentence(usual.map { LineField($0, name: "") })),
                .streams(greeting: "")
            ),
        ]
        #expect(configuration.sensors.map(\.source) == expected)
        #expect(SensorFactory.buses(of: configuration.sensors).map(\.count) == [2, 1, 1, 1, 1])
        #expect(configuration.sensors.map { Set($0.channels.keys) }[1...2] == [[.pressure], [.temperature]])
    }

    @Test(
        "numbers of serial sensors at the edges of their range are taken, just outside they are not",
        arguments: [
            ("type: xy-md02", "unit", "1", "247", "0", "248"),
            ("type: xy-md02", "divisor", "1", "1000", "0.99", "1000.1"),
            ("type: xy-md02", "replyMilliseconds", "50", "2000", "49", "2001"),
            ("type: nmea", "replyMilliseconds", "50", "10000", "49", "10001"),
            ("type: nmea", "rate", "300", "921600", "299", "921601"),
        ]
    )
    func serialRanges(type: String, key: String, least: String, most: String, below: String, above: String) throws {
        func text(_ value: String) -> String { "sensors: [{\(type), port: p, \(key): \(value)}]" }
        for value in [least, most] { _ = try ConfigurationText.load(text(value)) }
        for value in [below, above] {
            let fault = ConfigurationText.faults(text(value)).first ?? ""
            #expect(fault.contains("sensors[0].\(key): is ") && fault.contains("expected"), "\(fault)")
        }
    }

    @Test(
        "registers and columns at the edges of their range are taken, just outside they are not",
        arguments: [
            ("modbus", "registers: {temperature: {address: 0}}", true),
            ("modbus", "registers: {temperature: {address: 65535}}", true),
            ("modbus", "registers: {temperature: {address: -1}}", false),
            ("modbus", "registers: {temperature: {address: 65536}}", false),
            ("modbus", "registers: {temperature: {address: 65534, format: int32}}", true),
            ("modbus", "registers: {temperature: {address: 65535, format: int32}}", false),
            ("modbus", "registers: {temperature: {address: 1, divisor: 0.001}}", true),
            ("modbus", "registers: {temperature: {address: 1, divisor: 0.0009}}", false),
            ("modbus", "registers: {temperature: {address: 1, divisor: 1000001}}", false),
            ("modbus", "registers: {temperature: {address: 1, offset: -1000000}}", true),
            ("modbus", "registers: {temperature: {address: 1, offset: 1000001}}", false),
            ("csv", "columns: {temperature: 1}", true), ("csv", "columns: {temperature: 256}", true),
            ("csv", "columns: {temperature: 0}", false), ("csv", "columns: {temperature: 257}", false),
        ]
    )
    func registerRanges(type: String, keys: String, isTaken: Bool) {
        let text = "sensors: [{type: \(type), port: p, \(keys)}]"
        #expect(((try? ConfigurationText.load(text)) != nil) == isTaken)
    }

    @Test(
        "each fault of a serial sensor is a sentence",
        arguments: [
            ("type: xy-md02", "port: is missing; expected a serial port"),
            ("type: csv, port: p", "columns: names no column"),
            ("type: modbus, port: p", "registers: names no register; expected some of temperature"),
            ("type: modbus, port: p, registers: {temperature: {}}", "registers.temperature.address: is missing"),
            (
                "type: modbus, port: p, registers: {temprature: {address: 1}}",
                "registers.temprature: is not a known key; did you mean 'temperature'?"
            ),
            (
                "type: modbus, port: p, registers: {temperature: {address: 1, format: u16}}",
                "is 'u16'; expected one of int16"
            ),
            (
                "type: modbus, port: p, registers: {temperature: {address: 1, wordOrder: big}}",
                "expected highFirst or lowFirst"
            ),
            (
                "type: modbus, port: p, function: coil, registers: {temperature: {address: 1}}",
                "is 'coil'; expected input"
            ),
            ("type: nmea, port: p, rate: 9601", "rate: is 9601; expected one of 300, 600"),
            ("type: nmea, port: p, frame: 9N1", "frame: is '9N1'; expected data bits"),
            ("type: nmea, port: p, keys: {co2: X}", "which NMEA has no transducer type for"),
            ("type: csv, port: p, columns: {temperature: 1}, separator: '5'", "separator: is '5'; expected tab or"),
            ("type: csv, port: p, columns: {temperature: 1}, separator: ',,'", "separator: is ',,'"),
            ("type: vaisala, port: p, query: A, startCommand: B", "and 'query' are both set"),
            ("type: vaisala, port: p, query: A, commandEnd: x", "commandEnd: is 'x'; expected cr, lf or crlf"),
            ("type: keyvalue, port: p, kees: {temperature: T}", "kees: is not a known key; did you mean 'keys'?"),
            ("type: xy-md02, port: p, columns: {temperature: 1}", "columns: is not a known key"),
        ]
    )
    func serialSentences(sensor: String, says: String) {
        let faults = ConfigurationText.faults("sensors: [{\(sensor)}]")
        #expect(faults.contains { $0.contains(says) }, "\(faults)")
    }

    @Test(
        "sensors that cannot share a port are refused",
        arguments: [
            ("type: xy-md02, unit: 2", "type: xy-md02, rate: 19200", "with another rate, frame, rs485"),
            ("type: xy-md02", "type: xy-md02, unit: 2, rs485: true", "with another rate"),
            ("type: xy-md02", "type: keyvalue, replyMilliseconds: 300", "which talks in another way"),
            ("type: keyvalue", "type: jsonlines, query: A", "which talks in another way"),
            ("type: keyvalue", "type: jsonlines, startCommand: A", "which talks in another way"),
        ]
    )
    func sharedPorts(first: String, second: String, says: String) throws {
        func text(_ second: String) -> String {
            "sensors: [{name: a, port: p, \(first)}, {name: b, prefix: b_, port: p, \(second)}]"
        }
        _ = try ConfigurationText.load(text(first))
        let faults = ConfigurationText.faults(text(second))
        #expect(
            faults.contains { $0.contains("sensors[1].port: is also that of sensor 'a'") && $0.contains(says) },
            "\(faults)"
        )
    }
}
