import SensorKit
import SensorTestSupport
import Testing

@Suite("ports on which sensors send lines, by themselves or when asked")
struct LineFeedTests {
    private let clock = ManualClock()
    private let port: FakeSerialPort

    init() {
        self.port = FakeSerialPort(clock: self.clock)
    }

    private static let keys = LineFormat.keyValue(KeyValueLine([LineField(.temperature, name: "T")]))

    private func fault(_ body: () throws(SensorFault) -> Void) -> SensorFault? {
        do throws(SensorFault) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("the newest line of each sensor is taken once; boot noise up to the first line end is dropped")
    func newest() throws {
        let feed = LineFeed(port: self.port, clock: self.clock)
        let other = LineFormat.keyValue(KeyValueLine([LineField(.temperature, name: "U")]))
        let (first, second) = (feed.add(Self.keys), feed.add(other))
        #expect(feed.service() == LineFeed.News())
        self.port.send("T=9\u{1}\u{2}")
        self.port.send("T=1\r\nT=2\r\nhello\r\n")
        #expect(feed.service() == LineFeed.News(arrived: [first]))
        #expect(try feed.take(first, silenceMax: .seconds(3)).map(\.value) == [2])
        #expect(try feed.take(first, silenceMax: .seconds(3)).isEmpty)
        self.port.send("U=5\nT=3\n")
        #expect(feed.service() == LineFeed.News(arrived: [first, second]))
        feed.discard([second])
        #expect(try feed.take(second, silenceMax: .seconds(3)).isEmpty)
        #expect(try feed.take(first, silenceMax: .seconds(3)).map(\.value) == [3])
    }

    @Test("a sensor is silent when nothing of its own came for the time given, and is told what to check")
    func silence() throws {
        let feed = LineFeed(port: self.port, clock: self.clock)
        let slot = feed.add(Self.keys)
        #expect(try feed.take(slot, silenceMax: .seconds(3)).isEmpty)
        self.clock.now += .milliseconds(2_999)
        #expect(try feed.take(slot, silenceMax: .seconds(3)).isEmpty)
        self.clock.now += .milliseconds(1)
        let silent = self.fault { () throws(SensorFault) in _ = try feed.take(slot, silenceMax: .seconds(3)) }
        #expect(silent?.reason == .noReply)
        #expect(silent?.detail.contains("no line comes") == true)
        #expect(silent?.retry == .nextSample)
        self.port.send("x\nhello\n")
        let strange = self.fault { () throws(SensorFault) in _ = try feed.take(slot, silenceMax: .seconds(3)) }
        #expect(strange?.detail.contains("lines come without any of its values") == true)
        self.port.send("T=4\n")
        #expect(try feed.take(slot, silenceMax: .seconds(3)).map(\.value) == [4])
        self.clock.now += .milliseconds(2_999)
        #expect(try feed.take(slot, silenceMax: .seconds(3)).isEmpty)
    }

    @Test("one bad field does not take the others with it, and is not asked for again")
    func halfGood() {
        let feed = LineFeed(port: self.port, clock: self.clock)
        let format = LineFormat.csv(CSVLine([.init(.temperature, number: 1), .init(.humidity, number: 2)]))
        var group = SensorGroup([LineSensor(format, feed: feed, silenceMax: .seconds(3))], clock: self.clock)
        #expect(group.sample([0]).isEmpty, "nothing has come yet, which is no failure")
        self.port.send("x\nnan,40\n")
        #expect(feed.service().arrived == [0])
        let outcomes = group.sample([0])
        #expect(outcomes.map { $0.readings.map(\.outcome) } == [[.bad(.parse), .good(40)]])
        #expect(outcomes.map { $0.fault?.reason } == [.parse])
    }

    @Test("a lost port is told once, looked for after 1, 2, 5, 10 s, greeted again, and its old line is forgotten")
    func replug() throws {
        let feed = LineFeed(port: self.port, greeting: Array("R\r".utf8), clock: self.clock)
        let slot = feed.add(Self.keys)
        #expect(feed.serviceAt == .zero)
        _ = feed.service()
        #expect(feed.serviceAt == nil)
        self.port.send("\nT=1\n")
        #expect(feed.service().arrived == [slot])
        self.port.broken = .unplugged
        #expect(feed.service() == LineFeed.News(isLost: true))
        #expect(!self.port.isOpen)
        var tries: [Duration] = []
        var last = self.clock.now
        for _ in 0..<5 {
            guard let serviceAt = feed.serviceAt else { break }
            #expect(feed.service() == LineFeed.News(), "before its time")
            self.clock.now = serviceAt
            tries.append(serviceAt - last)
            last = serviceAt
            #expect(feed.service() == LineFeed.News(), "told twice")
        }
        #expect(tries == [.seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(10)])
        let fault = self.fault { () throws(SensorFault) in _ = try feed.take(slot, silenceMax: .seconds(3)) }
        #expect(fault?.reason == .unplugged)
        #expect(self.port.opens == 6)
        self.port.broken = nil
        self.clock.now += .seconds(10)
        _ = feed.service()
        self.port.send("half\nT=2\n")
        #expect(feed.service().arrived == [slot])
        #expect(try feed.take(slot, silenceMax: .seconds(3)).map(\.value) == [2])
        #expect(self.port.written.map(\.bytes) == [Array("R\r".utf8), Array("R\r".utf8)])
    }

    private func query(_ question: String, exchange: LineExchange) -> LineQuerySensor {
        LineQuerySensor(Self.keys, question: Array(question.utf8), exchange: exchange)
    }

    private func exchange() -> LineExchange {
        LineExchange(
            port: self.port,
            settings: SerialSettings(rate: 4_800),
            replyDeadline: .milliseconds(500),
            clock: self.clock
        )
    }

    @Test("a sensor that is asked answers in a line of its own, after echo and prompt")
    func asked() throws {
        self.port.answers = {
            [
                (.milliseconds(5), $0 + [0x0A]), (.milliseconds(200), Array("T=".utf8)),
                (.milliseconds(210), Array("7\r\n".utf8)),
            ]
        }
        var sensor = self.query("SEND 1\r", exchange: self.exchange())
        #expect(try sensor.collect().map(\.value) == [7])
        #expect(self.port.written.map(\.bytes) == [Array("SEND 1\r".utf8)])
    }

    @Test(
        "the echo of a question is no answer, with a line of its own or before the answer",
        arguments: ["READ\r\n21.5\r\n", "READ\r21.5\r\n", "READ\r\r\n21.5\r\n", "READ\n21.5\n", "21.5\n"]
    )
    func echo(answer: String) throws {
        let middle = answer.count / 2
        self.port.answers = { _ in
            [
                (.milliseconds(5), Array(answer.utf8.prefix(middle))),
                (.milliseconds(50), Array(answer.utf8.dropFirst(middle))),
            ]
        }
        let format = LineFormat.csv(CSVLine([.init(.temperature, number: 1)]))
        var sensor = LineQuerySensor(format, question: Array("READ\r".utf8), exchange: self.exchange())
        #expect(try sensor.collect().map(\.value) == [21.5])
    }

    @Test("an answer that begins like its question is whole")
    func likeItsQuestion() throws {
        self.port.answers = { _ in [(.milliseconds(5), Array("T=7\r\n".utf8))] }
        var sensor = self.query("T\r", exchange: self.exchange())
        #expect(try sensor.collect().map(\.value) == [7])
    }

    @Test("no answer costs one deadline; an answer that comes late is not taken for the next sensor's")
    func late() throws {
        self.port.answers = { question in
            question == Array("A\r".utf8)
                ? [(.milliseconds(700), Array("T=1\n".utf8))] : [(.milliseconds(100), Array("T=2\n".utf8))]
        }
        let exchange = self.exchange()
        var group = SensorGroup(
            [self.query("A\r", exchange: exchange), self.query("B\r", exchange: exchange)],
            clock: self.clock
        )
        let outcomes = group.sample([0, 1])
        #expect(outcomes.map { $0.fault?.reason } == [.noReply, nil])
        #expect(outcomes[1].readings.map(\.value) == [2])
        #expect(self.port.written.count == 2)
    }

    @Test("answers without the value are parse, an old line before the question is thrown away")
    func strange() throws {
        let exchange = self.exchange()
        var sensor = self.query("A\r", exchange: exchange)
        self.port.answers = { _ in [(.milliseconds(100), Array("UNKNOWN COMMAND\r\n".utf8))] }
        let fault = self.fault { () throws(SensorFault) in _ = try sensor.collect() }
        #expect(fault?.reason == .parse)
        self.port.answers = { _ in [(.milliseconds(100), Array("T=2\r\n".utf8))] }
        self.port.send("T=1\r\n")
        #expect(try sensor.collect().map(\.value) == [2])
    }

    @Test("rates and frames that a port can have, and the time of characters")
    func settings() {
        var settings = SerialSettings(rate: 9_600)
        #expect(settings.frame == "8N1")
        #expect(settings.time(ofCharacters: 8) == .nanoseconds(8_333_333))
        for frame in ["7E1", "8O2", "8n1", "7N2"] {
            let isTaken = settings.setFrame(frame)
            #expect(isTaken && settings.frame == frame.uppercased())
        }
        for frame in ["6N1", "9N1", "8X1", "8N3", "8N0", "8N", "8N11", ""] {
            let isTaken = settings.setFrame(frame)
            #expect(!isTaken && settings.frame == "7N2", "\(frame)")
        }
        #expect(settings.time(ofCharacters: 1) == .nanoseconds(1_041_666))
    }
}
