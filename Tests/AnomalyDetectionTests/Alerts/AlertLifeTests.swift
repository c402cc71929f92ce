import AnomalyDetection
import TelemetryModel
import TestSupport
import Testing

@Suite("the life of an alert, each input in each state")
struct AlertLifeTests {
    /// One character each minute: `n` normal, `w` warning at score 0.6, `W` at 0.8, `c` critical at 0.6, `h` backlog of `c`, `-` time
    /// alone, `k` acknowledge, `s` silence for three minutes, `u` unsilence, `9` nine hours pass before it.
    ///
    /// Output: `.` nothing, `O` opened, `R` reopened, `+` worsened, `!` reminded, `C` returned, `N` new normal, `K` acknowledged,
    /// `S` silenced, `U` unsilenced.
    private func run(_ input: String, _ policy: AlertPolicy) -> (output: String, life: AlertLife) {
        var life = AlertLife()
        var minute: Int64 = 0
        var output = ""
        for character in input {
            minute += character == "9" ? 540 : 1
            let now = Timestamp(seconds: minute * 60)
            let action =
                switch character {
                case "n": life.observe(.normal, at: now, policy: policy)
                case "w": life.observe(.abnormal(severity: .warning, score: 0.6), at: now, policy: policy)
                case "W": life.observe(.abnormal(severity: .warning, score: 0.8), at: now, policy: policy)
                case "c": life.observe(.abnormal(severity: .critical, score: 0.6), at: now, policy: policy)
                case "h":
                    life.observe(
                        .abnormal(severity: .critical, score: 1),
                        at: now,
                        isHistorical: true,
                        policy: policy
                    )
                case "k": life.apply(.acknowledge(by: "ann"), at: now)
                case "s": life.apply(.silence(by: "ann", until: now + .seconds(180)), at: now)
                case "u": life.apply(.unsilence(by: "ann"), at: now)
                default: life.advance(to: now, policy: policy)
                }
            output.append(AlertLifeTests.letter(action))
        }
        return (output, life)
    }

    private static func letter(_ action: AlertAction) -> Character {
        switch action {
        case .none: "."
        case .opened: "O"
        case .reopened: "R"
        case .worsened: "+"
        case .reminded: "!"
        case .cleared(.returned): "C"
        case .cleared(.newNormal): "N"
        case .acknowledged: "K"
        case .silenced: "S"
        case .unsilenced: "U"
        }
    }

    private static func policy(_ rule: AlertPolicy.AgeRule = .endAsNewNormal) -> AlertPolicy {
        var policy = AlertPolicy(clearCount: 2, ageRule: rule)
        policy.flapWindow = .seconds(5 * 60)
        policy.flapDoublings = 2
        return policy
    }

    @Test(
        "what each input does, in strings of one character a minute",
        arguments: [
            // Quiet: only an abnormal observation or a silence does something.
            ("n-ku", "...."), ("w", "O"), ("c", "O"), ("h", "."), ("s", "S"),
            // Open: one alert however many observations; two normal ones in a row end it.
            ("wwww", "O..."), ("wn", "O."), ("wnn", "O.C"), ("wnwnn", "O...C"), ("wnhn", "O..C"), ("wh", "O."),
            // Worse: another severity, or twice the odds (0.6 is 1.5, 0.8 is 4); each is said once.
            ("wW", "O+"), ("wWW", "O+."), ("wc", "O+"), ("wcc", "O+."), ("cw", "O."), ("Ww", "O."),
            // Acknowledged once; more severe trouble voids it.
            ("wkk", "OK."), ("wkww", "OK.."), ("wkck", "OK+K"), ("wkWk", "OK+."),
            // Silenced: the life goes on; the end comes by time, or by an operator.
            ("s--", "S.."), ("s---", "S..U"), ("s----", "S..U."), ("su", "SU"), ("suu", "SU."), ("sw-", "SO."),
            ("ws", "OS"), ("wsnn-", "OS.CU"), ("ss--", "SS.."), ("ss---", "SS..U"),
            // Flapping: within five minutes of the end it is the same alert, and needs twice as many normal ones each time.
            ("wnnw", "O.CR"), ("wnnnnnnw", "O.C....R"), ("wnnnnnnnw", "O.C.....O"), ("wnnwnn", "O.CR.."),
            ("wnnwnnnn", "O.CR...C"), ("wnnwnnnnwnnnnnnnn", "O.CR...CR.......C"),
            ("wnnwnnnnwnnnnnnnnwnnnnnnnn", "O.CR...CR.......CR.......C"),
            // A day: what goes on is what is normal now.
            ("w99", "O.."), ("w999", "O..N"), ("w999w", "O..NO"), ("w9w9w9", "O....N"),
        ]
    )
    func strings(input: String, expected: String) {
        #expect(self.run(input, AlertLifeTests.policy()).output == expected)
    }

    @Test(
        "limits are reminded of each day and never end by age",
        arguments: [("w999999", "O..!..!"), ("w999nn", "O..!.C")]
    )
    func reminders(input: String, expected: String) {
        #expect(self.run(input, AlertLifeTests.policy(.remind)).output == expected)
    }

    @Test("an alert remembers when it began, its worst, how often it was seen, and who has seen it")
    func memory() throws {
        let alert = try #require(self.run("nwWnwk", AlertLifeTests.policy()).life.open)
        #expect(alert.openedAt == Timestamp(seconds: 120))
        #expect(alert.lastAt == Timestamp(seconds: 300))
        #expect(alert.worstScore == 0.8)
        #expect(alert.count == 3)
        #expect(alert.severity == .warning)
        #expect(alert.acknowledgedBy == "ann")
        #expect(alert.acknowledgedAt == Timestamp(seconds: 360))
    }

    @Test("backlog opens nothing, ends nothing and does not move the clock")
    func backlog() {
        var life = self.run("w", AlertLifeTests.policy()).life
        let before = life
        for observation in [AlertObservation.normal, .abnormal(severity: .critical, score: 1)] {
            let far = Timestamp(seconds: 1_000_000_000)
            let action = life.observe(observation, at: far, isHistorical: true, policy: AlertLifeTests.policy())
            #expect(action == .none)
        }
        #expect(life == before)
    }

    @Test("a time before the latest counts as the latest")
    func backwards() {
        var life = AlertLife()
        let policy = AlertLifeTests.policy()
        _ = life.observe(.normal, at: Timestamp(seconds: 100), policy: policy)
        _ = life.observe(.abnormal(severity: .warning, score: 0.6), at: Timestamp(seconds: 50), policy: policy)
        #expect(life.open?.openedAt == Timestamp(seconds: 100))
    }

    @Test("a silence that has ended already is none")
    func lateSilence() {
        var life = AlertLife()
        let now = Timestamp(seconds: 100)
        #expect(life.apply(.silence(by: "ann", until: now), at: now) == .none)
        #expect(life.apply(.silence(by: "ann", until: now + .milliseconds(1)), at: now) == .silenced)
        #expect(life.isSilenced)
    }

    @Test("the deadline is the earlier of age and the silence's end, and at it something happens")
    func deadlines() {
        let policy = AlertLifeTests.policy()
        #expect(AlertLife().deadline(policy: policy) == nil)
        var life = self.run("ws", policy).life
        #expect(life.deadline(policy: policy) == Timestamp(seconds: 120 + 180))
        #expect(life.advance(to: Timestamp(milliseconds: 299_999), policy: policy) == .none)
        #expect(life.advance(to: Timestamp(seconds: 300), policy: policy) == .unsilenced)
        #expect(life.deadline(policy: policy) == Timestamp(seconds: 60) + policy.ageMax)
    }

    @Test("restored at any point, the life goes on the same; cut short, it is refused")
    func snapshots() throws {
        let input = "nwWnkcsn-nnwnn9w999uw"
        let policy = AlertLifeTests.policy()
        for length in 0...input.count {
            let life = self.run(String(input.prefix(length)), policy).life
            var writer = StateWriter()
            life.snapshot(into: &writer)
            var reader = StateReader(writer.bytes)
            #expect(try AlertLife(restoring: &reader) == life)
            #expect(reader.isAtEnd)
            for cut in 0..<writer.bytes.count {
                var short = StateReader(Array(writer.bytes.prefix(cut)))
                #expect(throws: StateReader.Fault.self) { try AlertLife(restoring: &short) }
            }
        }
    }
}
