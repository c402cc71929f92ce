import EdgeCore
import SensorKit
import Testing

@Suite("from what a bus measured to a reading")
struct BusChannelsTests {
    private static let sensors = [
        SensorConfiguration(
            name: "room",
            source: .simulated(seed: 1),
            intervalMilliseconds: 1_000,
            channels: [.temperature: "t", .humidity: "h"],
            rules: [.temperature: Self.rule(offset: -0.5, band: 0.2), .humidity: Self.rule(offset: 2)]
        ),
        SensorConfiguration(
            name: "duct",
            source: .simulated(seed: 2),
            intervalMilliseconds: 1_000,
            channels: [.temperature: "supply"]
        ),
    ]

    private static func rule(offset: Double = 0, band: Double = 0) -> ChannelRule {
        var rule = ChannelRule()
        (rule.offset, rule.deadBand) = (offset, band)
        return rule
    }

    private static func outcome(_ sensor: Int, _ readings: ChannelReading...) -> SensorGroup.Outcome {
        SensorGroup.Outcome(sensor: sensor, readings: readings, fault: nil, change: .none)
    }

    private static func text(_ body: [UInt8]?) -> String { String(decoding: body ?? [], as: UTF8.self) }

    @Test("offsets are added before humidity is clipped, channels keep the sensors' order")
    func offsets() {
        var channels = BusChannels(Self.sensors)
        let body = channels.reading(
            of: [
                Self.outcome(0, ChannelReading(.temperature, .good(21)), ChannelReading(.humidity, .good(-1.25))),
                Self.outcome(1, ChannelReading(.temperature, .suspect(40, .stuck))),
            ],
            at: .zero
        )
        #expect(
            Self.text(body) == #","t":20.50,"h":0.75,"supply":40.00,"suspect":"supply","suspectReason":"stuck"}"#
        )
        let full = channels.reading(of: [Self.outcome(0, ChannelReading(.humidity, .good(99)))], at: .seconds(1))
        #expect(Self.text(full) == #","h":100.00}"#)
    }

    @Test("a reading has what changed; one in which nothing did is none; one that was asked for has all")
    func onChange() {
        var channels = BusChannels(Self.sensors)
        func cycle(_ t: Double, _ seconds: Int, isAsked: Bool = false) -> String {
            let outcome = Self.outcome(0, ChannelReading(.temperature, .good(t)))
            return Self.text(channels.reading(of: [outcome], at: .seconds(seconds), isAsked: isAsked))
        }
        let bodies = [cycle(20, 0), cycle(20.1, 1), cycle(20.25, 2), cycle(20.3, 3, isAsked: true)]
        #expect(bodies == [#","t":19.50}"#, "", #","t":19.75}"#, #","t":19.80}"#])
    }

    @Test("bad channels and quantities without a name are left out")
    func leftOut() {
        var channels = BusChannels(Self.sensors)
        let outcome = Self.outcome(
            1,
            ChannelReading(.temperature, .bad(.crc)),
            ChannelReading(.humidity, .good(50))
        )
        #expect(channels.reading(of: [outcome], at: .zero) == nil)
        #expect(channels.values(of: outcome).map(\.name) == ["supply"])
    }

    @Test("the dew point is computed after the offsets, as suspect as what it is made of, and left out without them")
    func dewPoint() {
        var sensors = Self.sensors
        sensors[0].channels[.dewPoint] = "dew"
        sensors[0].rules = [.temperature: Self.rule(offset: 1), .humidity: Self.rule(offset: -10)]
        var channels = BusChannels(sensors)
        func text(_ readings: ChannelReading...) -> String {
            let outcome = SensorGroup.Outcome(sensor: 0, readings: readings, fault: nil, change: .none)
            return Self.text(channels.reading(of: [outcome], at: .zero, isAsked: true))
        }
        let bodies = [
            text(ChannelReading(.temperature, .good(24)), ChannelReading(.humidity, .good(60))),
            text(ChannelReading(.temperature, .good(24)), ChannelReading(.humidity, .suspect(60, .stuck))),
            text(ChannelReading(.temperature, .good(24)), ChannelReading(.humidity, .bad(.crc))),
            text(ChannelReading(.temperature, .good(24)), ChannelReading(.humidity, .good(5))),
        ]
        #expect(
            bodies == [
                #","t":25.00,"h":50.00,"dew":13.85}"#,
                #","t":25.00,"h":50.00,"dew":13.85,"suspect":"h dew","suspectReason":"stuck stuck"}"#,
                #","t":25.00}"#, #","t":25.00,"h":0.00}"#,
            ]
        )
    }

    @Test("other rules take effect, and what was published last stays known")
    func newRules() {
        var channels = BusChannels(Self.sensors)
        let outcome = Self.outcome(0, ChannelReading(.temperature, .good(20)))
        _ = channels.reading(of: [outcome], at: .zero)
        var sensors = Self.sensors
        sensors[0].rules = [.temperature: Self.rule(offset: 1, band: 2)]
        channels.apply(sensors)
        #expect(channels.reading(of: [outcome], at: .seconds(1)) == nil, "moved by 1.5 and not by 2")
        sensors[0].rules = [:]
        channels.apply(sensors)
        #expect(Self.text(channels.reading(of: [outcome], at: .seconds(2))) == #","t":20.00}"#)
    }
}
